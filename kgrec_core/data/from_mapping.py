"""Tables and a `Mapping` to a `Dataset`; each role of a table has one reader here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from kgrec_core.contracts import BoolArray
from kgrec_core.data.assembling import assemble
from kgrec_core.data.dataset import PART_TEST, PART_TRAIN, PART_VALIDATION, Dataset
from kgrec_core.data.mapping import LinkColumn, Mapping, TableMapping
from kgrec_core.data.pieces import (
    InteractionRows,
    ItemLinkRows,
    LinkRows,
    OwnerTable,
    PairRows,
    Pieces,
    TagRows,
    TripleRows,
)
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.row_checks import (
    cells_by_id,
    first_of_id,
    kept_lines,
    picked,
    positive_weights,
    report_empty,
    report_rows,
    times_of,
    with_ids,
)
from kgrec_core.data.tables import RawTable, read_table
from kgrec_core.data.values import is_missing
from kgrec_core.errors import DataError

__all__ = ["add_table", "dataset_from_tables", "interaction_rows", "link_rows", "owner_rows"]

_PART_WORDS = {
    "train": PART_TRAIN,
    "training": PART_TRAIN,
    "valid": PART_VALIDATION,
    "validation": PART_VALIDATION,
    "val": PART_VALIDATION,
    "test": PART_TEST,
}


def dataset_from_tables(folder: Path, mapping: Mapping, *, report: ProblemReport) -> Dataset:
    """Read the tables that `mapping` names and join them.

    Args:
        folder: where the files of the mapping lie.
        mapping: role and columns of each file.
        report: takes every row that is changed or left out.

    Raises:
        DataError: a file or column is missing, or no interaction is left.
    """
    pieces = Pieces()
    for table_mapping in mapping.tables:
        path = folder / table_mapping.file
        if not path.resolve().is_relative_to(folder.resolve()):
            raise DataError(
                f"The mapping names the file '{table_mapping.file[:80]}', which lies outside of "
                "the data folder. Name files of the folder itself."
            )
        if not path.is_file():
            there = ", ".join(sorted(other.name for other in folder.iterdir() if other.is_file()))
            raise DataError(
                f"The mapping names the file '{table_mapping.file}', which is not there "
                f"(there are: {there or 'no files'}). Correct the mapping or add the file."
            )
        table = read_table(path, report=report, file=table_mapping.file)
        add_table(table, table_mapping, pieces, report)
    _mark_parts(pieces, report)
    return assemble(pieces, name=mapping.name, report=report)


def add_table(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    """Read one table in its role and add what it says to `pieces`.

    Raises:
        DataError: the table lacks a column of the mapping.
    """
    for name in (*mapping.columns.values(), *(link.column for link in mapping.links)):
        table.column(name)
    _READERS[mapping.role](table, mapping, pieces, report)


def interaction_rows(
    table: RawTable, mapping: TableMapping, report: ProblemReport, *, part: int | None = None
) -> InteractionRows:
    """The rows of an interaction table that have both ids and a positive weight.

    Args:
        table: the table.
        mapping: columns "user", "item" and, when there are, "weight" and "time".
        report: takes every row that is changed or left out.
        part: PART_* when the file is one part of a given split.
    """
    columns = mapping.columns
    keep = with_ids(table, [columns["user"], columns["item"]], report)
    weights = np.ones(len(table), dtype=np.float32)
    if "weight" in columns:
        weights, usable = positive_weights(
            table, columns["weight"], mapping.min_weight, keep, report
        )
        keep &= usable
    times = times_of(table, columns.get("time"), keep, report)
    return InteractionRows(
        file=table.file,
        user_ids=picked(table.column(columns["user"]), keep),
        item_ids=picked(table.column(columns["item"]), keep),
        weights=weights[keep],
        times=times[keep],
        lines=np.asarray(table.lines, dtype=np.int64)[keep],
        part=part,
    )


def owner_rows(
    table: RawTable,
    parts: dict[str, str],
    id_column: str,
    owner: OwnerTable,
    report: ProblemReport,
) -> BoolArray:
    """Add the rows of an items or users table to `owner`; the first row of an id counts.

    Args:
        table: the table.
        parts: columns "label" and "text", when there are.
        id_column: column of the ids.
        owner: grows; what it knows of an id already stays, but for label and text.
        report: takes every row that is changed or left out.

    Returns:
        bool (n_rows,), True for the rows that were used.
    """
    keep = with_ids(table, [id_column], report)
    ids = table.column(id_column)
    keep &= first_of_id(table, id_column, keep, report)
    label, text = parts.get("label"), parts.get("text")
    kept_ids = picked(ids, keep)
    for id_ in kept_ids:
        owner.labels.setdefault(id_, "")
    if label:
        owner.labels |= cells_by_id(table, label, kept_ids, keep)
        report_empty(table, label, keep, "no label: the id is shown instead", report)
    if text:
        owner.texts |= cells_by_id(table, text, kept_ids, keep)
    for name in table.header:
        if name not in (id_column, label, text):
            cells = cells_by_id(table, name, kept_ids, keep)
            owner.columns[name] = cells | owner.columns.get(name, {})
    return keep


def link_rows(
    table: RawTable,
    links: Sequence[LinkColumn],
    id_column: str,
    owner: str,
    keep: BoolArray,
    report: ProblemReport,
) -> list[LinkRows]:
    """The link columns of an items or users table, one `LinkRows` each, empty cells left out."""
    ids = table.column(id_column)
    rows = []
    for link in links:
        cells = table.column(link.column)
        blank = np.array([is_missing(cell) for cell in cells], dtype=bool)
        named = np.array([bool(cell) for cell in cells], dtype=bool)
        reason = "a word for 'nothing': the cell makes no link"
        report_rows(table, link.column, keep & blank & named, reason, report)
        at = np.flatnonzero(keep & ~blank).tolist()
        rows.append(
            LinkRows(
                owner=owner,
                link=link,
                file=table.file,
                owner_ids=[ids[n] for n in at],
                values=[cells[n] for n in at],
                lines=[table.lines[n] for n in at],
            )
        )
    return rows


def _mark_parts(pieces: Pieces, report: ProblemReport) -> None:
    """Files called train and test (and valid) are the parts of a split that came with the data."""
    parts = [_part_of(rows.file) for rows in pieces.interactions]
    if None in parts or not {PART_TRAIN, PART_TEST} <= set(parts):
        return
    for at, part in enumerate(parts):
        pieces.interactions[at] = replace(pieces.interactions[at], part=part)
        reason = "its name says which part of a split it is: kept as the given split"
        report.add(pieces.interactions[at].file, line=0, reason=reason)


def _part_of(file: str) -> int | None:
    words = set(re.findall(r"[a-z]+", file.casefold()))
    return next((part for word, part in _PART_WORDS.items() if word in words), None)


def _add_interactions(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    pieces.interactions.append(interaction_rows(table, mapping, report))


def _add_items(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    id_column = mapping.columns["item"]
    keep = owner_rows(table, mapping.columns, id_column, pieces.items, report)
    pieces.links.extend(link_rows(table, mapping.links, id_column, "item", keep, report))


def _add_users(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    id_column = mapping.columns["user"]
    keep = owner_rows(table, mapping.columns, id_column, pieces.users, report)
    pieces.links.extend(link_rows(table, mapping.links, id_column, "user", keep, report))


def _add_social(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns["user"], mapping.columns["friend"]]
    keep = with_ids(table, names, report)
    heads, tails = (picked(table.column(name), keep) for name in names)
    pieces.social.append(PairRows(table.file, heads, tails, kept_lines(table, keep)))


def _add_tags(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    columns = mapping.columns
    keep = with_ids(table, [columns["item"]], report)
    tags = table.column(columns["tag"])
    empty = np.array([not tag for tag in tags], dtype=bool)
    report_rows(table, columns["tag"], keep & empty, "no tag: row left out", report)
    keep &= ~empty
    times = times_of(table, columns.get("time"), keep, report)
    user_ids = [""] * len(table)
    if "user" in columns:
        user_ids = ["" if is_missing(id_) else id_ for id_ in table.column(columns["user"])]
        nobody = np.array([not id_ for id_ in user_ids], dtype=bool)
        reason = "no user id: the tag was kept as nobody's"
        report_rows(table, columns["user"], keep & nobody, reason, report)
    pieces.tags.append(
        TagRows(
            file=table.file,
            user_ids=picked(user_ids, keep),
            item_ids=picked(table.column(columns["item"]), keep),
            tags=picked(tags, keep),
            times=times[keep],
            lines=kept_lines(table, keep),
        )
    )


def _add_triples(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns[part] for part in ("head", "relation", "tail")]
    keep = with_ids(table, names, report, what="value")
    heads, relations, tails = (picked(table.column(name), keep) for name in names)
    lines = kept_lines(table, keep)
    pieces.triples.append(TripleRows(table.file, heads, relations, tails, lines))


def _add_entities(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns["entity"], mapping.columns["label"]]
    keep = with_ids(table, names[:1], report)
    ids, labels = (picked(table.column(name), keep) for name in names)
    pieces.entity_labels |= {id_: label for id_, label in zip(ids, labels, strict=True) if label}


def _add_item_links(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns["item"], mapping.columns["entity"]]
    keep = with_ids(table, names, report)
    item_ids, entity_ids = (picked(table.column(name), keep) for name in names)
    rows = ItemLinkRows(table.file, item_ids, entity_ids, kept_lines(table, keep))
    pieces.item_links.append(rows)


_READERS: dict[str, Callable[[RawTable, TableMapping, Pieces, ProblemReport], None]] = {
    "interactions": _add_interactions,
    "items": _add_items,
    "users": _add_users,
    "social": _add_social,
    "tags": _add_tags,
    "triples": _add_triples,
    "entities": _add_entities,
    "item_links": _add_item_links,
}
