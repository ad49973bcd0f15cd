"""Tables and a `Mapping` to a `Dataset`; each role of a table has one reader here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from kgrec_core.data.assembling import assemble
from kgrec_core.data.dataset import PART_TEST, PART_TRAIN, PART_VALIDATION, Dataset
from kgrec_core.data.mapping import Mapping, TableMapping
from kgrec_core.data.pieces import (
    ItemLinkRows,
    PairRows,
    Pieces,
    TagRows,
    TripleRows,
)
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.role_rows import interaction_rows, link_rows, owner_rows
from kgrec_core.data.row_checks import (
    kept_lines,
    picked,
    report_rows,
    times_of,
    with_ids,
)
from kgrec_core.data.tables import RawTable, read_table
from kgrec_core.data.values import is_missing
from kgrec_core.errors import DataError

__all__ = ["add_table", "dataset_from_tables"]

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
        path = folder / table_mapping.file.replace("\0", "?")  # no file name holds a zero
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
