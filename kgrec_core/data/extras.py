"""Files beside a known layout that add texts, people and a named graph to its items."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kgrec_core.data.from_mapping import add_table
from kgrec_core.data.guess_words import find_separator, is_item_word, link_name, text_likeness
from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.data.pieces import ItemLinkRows, Pieces
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.role_rows import link_rows
from kgrec_core.data.tables import RawTable, read_table

__all__ = ["Extras", "read_extras"]

_TABLES = ("items.tsv", "item_text.tsv")
_GRAPH = "kg.tsv"
_GRAPH_HEADERS = (("h", "r", "t"), ("head", "relation", "tail"))
_PEOPLE = frozenset({"directed_by", "starring", "written_by"})


@dataclass(frozen=True)
class Extras:
    """Extra tables as they were found; None for what is not there.

    Attributes:
        items: one row per item, the first column is its id.
        graph: head (an item id), relation, tail ("type:name").
    """

    items: RawTable | None = None
    graph: RawTable | None = None

    @property
    def has_graph(self) -> bool:
        """True when a named graph states genres and people already."""
        return self.graph is not None

    def add_to(self, pieces: Pieces, report: ProblemReport) -> None:
        """Add texts, further columns, people and triples of items that `pieces` knows."""
        if self.items is not None:
            _add_items(self.items, pieces, report, with_links=not self.has_graph)
        if self.graph is not None:
            _add_graph(self.graph, pieces, report)


def read_extras(folder: Path, report: ProblemReport) -> Extras:
    """Find items.tsv, item_text.tsv and kg.tsv in, below or beside `folder`."""
    items = graph = None
    for place in (folder, folder / "derived", folder.parent / "derived"):
        path = next((place / name for name in _TABLES if (place / name).is_file()), None)
        if path is not None and items is None:
            table = read_table(path, report=report)
            items = table if is_item_word(table.header[0]) else None
        if (place / _GRAPH).is_file() and graph is None:
            table = read_table(place / _GRAPH, report=report)
            graph = table if table.header[:3] in _GRAPH_HEADERS else None
    return Extras(items, graph)


def _add_items(table: RawTable, pieces: Pieces, report: ProblemReport, *, with_links: bool) -> None:
    ids = table.columns[table.header[0]]
    known = np.array([id_ in pieces.items.labels for id_ in ids], dtype=bool)
    for at in np.flatnonzero(~known).tolist():
        reason = "the item is not in the main table: row left out"
        report.add(table.file, line=table.lines[at], reason=reason, value=ids[at])
    text = _text_column(table)
    for name in table.header[1:]:
        cells = zip(ids, table.columns[name], known.tolist(), strict=True)
        found = {id_: cell for id_, cell, is_known in cells if is_known and cell}
        if name == text:
            pieces.items.texts = found | pieces.items.texts
        elif name not in pieces.items.columns and name != "title":
            pieces.items.columns[name] = found
    if with_links:
        links = [link for name in table.header[1:] if (link := _people_link(name, table))]
        rows = link_rows(table, links, table.header[0], "item", known, report)
        pieces.links.extend(rows)


def _text_column(table: RawTable) -> str | None:
    likeness = {name: text_likeness(name, table.columns[name]) for name in table.header[1:]}
    likeness = {name: value for name, value in likeness.items() if value >= 1}
    if not likeness:
        return None
    return "text" if "text" in likeness else max(likeness, key=lambda name: likeness[name])


def _people_link(column: str, table: RawTable) -> LinkColumn | None:
    relation, entity_type, _ = link_name(column)
    if relation not in _PEOPLE:
        return None
    separator = find_separator(table.columns[column])
    return LinkColumn(
        column=column, relation=relation, entity_type=entity_type, separator=separator
    )


def _add_graph(table: RawTable, pieces: Pieces, report: ProblemReport) -> None:
    columns = dict(zip(("head", "relation", "tail"), table.header, strict=False))
    mapping = TableMapping.model_validate(
        {"file": table.file, "role": "triples", "columns": columns}
    )
    add_table(table, mapping, pieces, report)
    heads = list(dict.fromkeys(pieces.triples[-1].head_ids))
    first = dict(zip(reversed(table.columns[table.header[0]]), reversed(table.lines), strict=True))
    pieces.item_links.append(
        ItemLinkRows(table.file, heads, heads, [first.get(head, 0) for head in heads])
    )
