"""RecBole's atomic files: tab separated tables whose header carries types ("user_id:token")."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kgrec_core.data.dataset import PART_TEST, PART_TRAIN, PART_VALIDATION
from kgrec_core.data.from_mapping import add_table
from kgrec_core.data.guess_words import link_name, text_likeness
from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.data.pieces import Pieces
from kgrec_core.data.records import text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.role_rows import interaction_rows, link_rows, owner_rows
from kgrec_core.data.tables import RawTable, read_text, table_of
from kgrec_core.errors import DataError

__all__ = ["is_recbole", "read_recbole"]

_PARTS = {"train": PART_TRAIN, "valid": PART_VALIDATION, "test": PART_TEST}
_TIMES = ("timestamp", "time", "date")
_LABELS = ("title", "name", "label")
_MAX_SHARE_OF_DISTINCT = 0.5
"""A column in which most cells differ names rows, not groups: it makes no links."""


def is_recbole(folder: Path) -> bool:
    """True when `folder` holds an interaction file with a typed header."""
    return any(_is_typed(path) for path in folder.glob("*.inter"))


def read_recbole(folder: Path, report: ProblemReport) -> Pieces:
    """Read atomic files; NAME.train.inter and NAME.test.inter become a given split.

    Raises:
        DataError: several data sets lie in the folder, or a header names no user and item.
    """
    name = _dataset_name(folder)
    pieces = Pieces()
    _add_items(folder / f"{name}.item", pieces, report)
    _add_users(folder / f"{name}.user", pieces, report)
    _add_interactions(folder, name, pieces, report)
    if (folder / f"{name}.kg").is_file():
        table, _ = _typed_table(folder / f"{name}.kg", report)
        columns = dict(zip(("head", "relation", "tail"), table.header, strict=False))
        add_table(table, _mapping(table, "triples", columns), pieces, report)
    _add_links(folder, name, pieces, report)
    return pieces


def _is_typed(path: Path) -> bool:
    with path.open("rb") as stream:
        return b":token" in stream.readline()


def _dataset_name(folder: Path) -> str:
    names = {path.name.split(".")[0] for path in folder.glob("*.inter")}
    if len(names) != 1:
        raise DataError(
            f"'{folder.name}' holds the interactions of {len(names)} data sets "
            f"({', '.join(sorted(names)) or 'none'}). Give a folder with one."
        )
    return names.pop()


def _typed_table(path: Path, report: ProblemReport) -> tuple[RawTable, dict[str, str]]:
    """The table under its plain column names, and name -> type."""
    lines = text_lines(read_text(path, report=report))
    separator = "\t" if "\t" in lines[0] else ","
    cut = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, start=1))
    records = ((number, line.split(separator) if line else []) for number, line in cut)
    table = table_of(records, file=path.name, report=report)
    types = {}
    columns = {}
    for typed in table.header:
        name, _, kind = typed.rpartition(":")
        if not name:
            raise DataError(
                f"{path.name}: the column name '{typed}' has no type. RecBole headers read "
                "'NAME:token', 'NAME:token_seq' or 'NAME:float'."
            )
        types[name], columns[name] = kind, table.columns[typed]
    return RawTable(table.file, tuple(columns), columns, table.lines), types


def _mapping(
    table: RawTable, role: str, columns: dict[str, str], links: tuple[LinkColumn, ...] = ()
) -> TableMapping:
    if len(columns) < 2 and role not in ("items", "users"):
        raise DataError(f"{table.file} has too few columns for {role}: {', '.join(table.header)}.")
    return TableMapping.model_validate(
        {"file": table.file, "role": role, "columns": columns, "links": links}
    )


def _add_interactions(folder: Path, name: str, pieces: Pieces, report: ProblemReport) -> None:
    parts = {
        part: path
        for word, part in _PARTS.items()
        if (path := folder / f"{name}.{word}.inter").is_file()
    }
    whole = folder / f"{name}.inter"
    is_split = PART_TRAIN in parts and PART_TEST in parts
    if is_split and whole.is_file():
        reason = "the parts train and test lie beside it: this file was not read"
        report.add(whole.name, line=0, reason=reason)
    paths: list[tuple[int | None, Path]] = [(None, whole), *((None, p) for p in parts.values())]
    if is_split:
        paths = list(parts.items())
    for part, path in paths:
        if path.is_file():
            table, types = _typed_table(path, report)
            mapping = _mapping(table, "interactions", _interaction_columns(table, types))
            pieces.interactions.append(interaction_rows(table, mapping, report, part=part))


def _interaction_columns(table: RawTable, types: dict[str, str]) -> dict[str, str]:
    tokens = [name for name in table.header if types[name] == "token"]
    user = next((name for name in tokens if "user" in name.lower()), "")
    item = next((name for name in tokens if "item" in name.lower()), "")
    rest = [name for name in tokens if name not in (user, item)]
    user = user or (rest.pop(0) if rest else "")
    item = item or (rest.pop(0) if rest else "")
    if not user or not item:
        raise DataError(
            f"{table.file} needs two columns of type token, the user and the item "
            f"(its columns are {', '.join(table.header)})."
        )
    columns = {"user": user, "item": item}
    floats = [name for name in table.header if types[name] == "float"]
    for name in floats:
        is_time = any(word in name.lower() for word in _TIMES)
        columns.setdefault("time" if is_time else "weight", name)
    return columns


def _add_items(path: Path, pieces: Pieces, report: ProblemReport) -> None:
    if not path.is_file():
        return
    table, types = _typed_table(path, report)
    id_column = table.header[0]
    columns = {"item": id_column}
    rest = table.header[1:]
    for name in rest:
        cells = table.columns[name]
        if any(word in name.lower() for word in _LABELS):
            columns.setdefault("label", name)
        elif types[name] == "token_seq" and text_likeness(name, cells) >= 1:
            columns.setdefault("text", name)
    links = tuple(
        link
        for name in rest
        if name not in columns.values() and (link := _link(name, types[name], table.columns[name]))
    )
    mapping = _mapping(table, "items", columns, links)
    keep = owner_rows(table, mapping.columns, id_column, pieces.items, report)
    pieces.links.extend(link_rows(table, links, id_column, "item", keep, report))


def _add_users(path: Path, pieces: Pieces, report: ProblemReport) -> None:
    if not path.is_file():
        return
    table, types = _typed_table(path, report)
    id_column = table.header[0]
    links = tuple(
        link for name in table.header[1:] if (link := _link(name, types[name], table.columns[name]))
    )
    mapping = _mapping(table, "users", {"user": id_column}, links)
    keep = owner_rows(table, mapping.columns, id_column, pieces.users, report)
    pieces.links.extend(link_rows(table, links, id_column, "user", keep, report))


def _link(column: str, kind: str, cells: list[str]) -> LinkColumn | None:
    relation, entity_type, width = link_name(column)
    if width is not None:
        return LinkColumn(column=column, relation=relation, entity_type=entity_type, bin=width)
    if kind not in ("token", "token_seq"):
        return None
    separator = " " if kind == "token_seq" else None
    values = [value for cell in cells for value in (cell.split() if separator else [cell]) if value]
    if not values or len(set(values)) > _MAX_SHARE_OF_DISTINCT * len(values):
        return None
    return LinkColumn(
        column=column, relation=relation, entity_type=entity_type, separator=separator
    )


def _add_links(folder: Path, name: str, pieces: Pieces, report: ProblemReport) -> None:
    path, better = folder / f"{name}.link", folder / f"{name}.link.relinked"
    if better.is_file():
        if path.is_file():
            reason = f"'{better.name}' lies beside it and was used instead"
            report.add(path.name, line=0, reason=reason)
        path = better
    if not path.is_file():
        return
    table, _ = _typed_table(path, report)
    columns = dict(zip(("item", "entity"), table.header, strict=False))
    add_table(table, _mapping(table, "item_links", columns), pieces, report)
    _note_odd_links(path.name, pieces, report)


def _note_odd_links(file: str, pieces: Pieces, report: ProblemReport) -> None:
    """Say so when hardly any linked entity occurs in the triples."""
    known = {id_ for rows in pieces.triples for id_ in (*rows.head_ids, *rows.tail_ids)}
    linked = [id_ for rows in pieces.item_links for id_ in rows.entity_ids]
    share = float(np.mean([id_ in known for id_ in linked])) if linked and known else 1.0
    if share < 0.5:
        reason = f"only {share:.0%} of the linked entities occur in the triples: links kept"
        report.add(file, line=0, reason=reason)
