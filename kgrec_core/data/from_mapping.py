"""Tables and a `Mapping` to a `Dataset`; each role of a table has one reader here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.assembling import assemble
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME
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
from kgrec_core.data.tables import RawTable, read_table
from kgrec_core.data.values import is_missing, parse_numbers, parse_times
from kgrec_core.errors import DataError

__all__ = ["add_table", "dataset_from_tables", "interaction_rows", "link_rows", "owner_rows"]


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
        if not path.is_file():
            there = ", ".join(sorted(other.name for other in folder.iterdir() if other.is_file()))
            raise DataError(
                f"The mapping names the file '{table_mapping.file}', which is not there "
                f"(there are: {there or 'no files'}). Correct the mapping or add the file."
            )
        table = read_table(path, report=report, file=table_mapping.file)
        add_table(table, table_mapping, pieces, report)
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
    keep = _with_ids(table, [columns["user"], columns["item"]], report)
    weights = np.ones(len(table), dtype=np.float32)
    if "weight" in columns:
        weights, usable = _weights(table, columns["weight"], mapping.min_weight, keep, report)
        keep &= usable
    times = _times(table, columns.get("time"), keep, report)
    return InteractionRows(
        file=table.file,
        user_ids=_picked(table.column(columns["user"]), keep),
        item_ids=_picked(table.column(columns["item"]), keep),
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
    keep = _with_ids(table, [id_column], report)
    ids = table.column(id_column)
    keep &= _first_of_id(table, id_column, keep, report)
    label, text = parts.get("label"), parts.get("text")
    kept_ids = _picked(ids, keep)
    for id_ in kept_ids:
        owner.labels.setdefault(id_, "")
    if label:
        owner.labels |= _cells_by_id(table, label, kept_ids, keep)
        _report_empty(table, label, keep, "no label: the id is shown instead", report)
    if text:
        owner.texts |= _cells_by_id(table, text, kept_ids, keep)
    for name in table.header:
        if name not in (id_column, label, text):
            cells = _cells_by_id(table, name, kept_ids, keep)
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
        _reject(table, link.column, keep & blank & named, reason, report)
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
    keep = _with_ids(table, names, report)
    heads, tails = (_picked(table.column(name), keep) for name in names)
    pieces.social.append(PairRows(table.file, heads, tails, _kept_lines(table, keep)))


def _add_tags(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    columns = mapping.columns
    keep = _with_ids(table, [columns["item"]], report)
    tags = table.column(columns["tag"])
    empty = np.array([not tag for tag in tags], dtype=bool)
    _reject(table, columns["tag"], keep & empty, "no tag: row left out", report)
    keep &= ~empty
    times = _times(table, columns.get("time"), keep, report)
    user_ids = [""] * len(table)
    if "user" in columns:
        user_ids = ["" if is_missing(id_) else id_ for id_ in table.column(columns["user"])]
        nobody = np.array([not id_ for id_ in user_ids], dtype=bool)
        reason = "no user id: the tag was kept as nobody's"
        _reject(table, columns["user"], keep & nobody, reason, report)
    pieces.tags.append(
        TagRows(
            file=table.file,
            user_ids=_picked(user_ids, keep),
            item_ids=_picked(table.column(columns["item"]), keep),
            tags=_picked(tags, keep),
            times=times[keep],
            lines=_kept_lines(table, keep),
        )
    )


def _add_triples(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns[part] for part in ("head", "relation", "tail")]
    keep = _with_ids(table, names, report, what="value")
    heads, relations, tails = (_picked(table.column(name), keep) for name in names)
    lines = _kept_lines(table, keep)
    pieces.triples.append(TripleRows(table.file, heads, relations, tails, lines))


def _add_entities(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns["entity"], mapping.columns["label"]]
    keep = _with_ids(table, names[:1], report)
    ids, labels = (_picked(table.column(name), keep) for name in names)
    pieces.entity_labels |= {id_: label for id_, label in zip(ids, labels, strict=True) if label}


def _add_item_links(
    table: RawTable, mapping: TableMapping, pieces: Pieces, report: ProblemReport
) -> None:
    names = [mapping.columns["item"], mapping.columns["entity"]]
    keep = _with_ids(table, names, report)
    item_ids, entity_ids = (_picked(table.column(name), keep) for name in names)
    rows = ItemLinkRows(table.file, item_ids, entity_ids, _kept_lines(table, keep))
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


def _first_of_id(
    table: RawTable, id_column: str, keep: BoolArray, report: ProblemReport
) -> BoolArray:
    """True for the first row of each id; the others are reported with the line of that row."""
    ids = table.column(id_column)
    is_first = np.ones(len(table), dtype=bool)
    first: dict[str, int] = {}
    for position in np.flatnonzero(keep).tolist():
        at = first.setdefault(ids[position], position)
        if at == position:
            continue
        is_first[position] = False
        is_repeat = all(cells[at] == cells[position] for cells in table.columns.values())
        reason = (
            "an exact repeat of an earlier row: left out"
            if is_repeat
            else "the id has another row already: kept the first, this one left out"
        )
        line, value = table.lines[position], f"{ids[position]}, first in line {table.lines[at]}"
        report.add(table.file, line=line, column=id_column, reason=reason, value=value)
    return is_first


def _with_ids(
    table: RawTable, names: Sequence[str], report: ProblemReport, *, what: str = "id"
) -> BoolArray:
    """True for rows in which none of the columns is empty; the others are reported."""
    keep = np.ones(len(table), dtype=bool)
    for name in names:
        cells = table.column(name)
        for at in table.trimmed.get(name, ()):
            if keep[at] and cells[at]:
                reason = f"blanks around the {what}: removed"
                line = table.lines[at]
                report.add(table.file, line=line, column=name, reason=reason, value=cells[at])
        distinct_missing = {cell for cell in set(cells) if is_missing(cell)}
        if distinct_missing:
            missing = np.array([cell in distinct_missing for cell in cells], dtype=bool)
            _reject(table, name, keep & missing, f"no {what}: row left out", report)
            keep &= ~missing
    return keep


def _weights(
    table: RawTable,
    column: str,
    min_weight: float | None,
    keep: BoolArray,
    report: ProblemReport,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], BoolArray]:
    numbers = np.full(len(table), np.nan)
    numbers[keep] = parse_numbers(
        _picked(table.column(column), keep),
        file=table.file,
        column=column,
        lines=_kept_lines(table, keep),
        report=report,
        consequence="row left out",
    )
    usable: BoolArray = ~np.isnan(numbers)
    low = usable & (numbers <= 0)
    _reject(table, column, keep & low, "a weight of 0 or below: row left out", report)
    extreme = usable & ~low & ((numbers > 1e30) | (numbers < 1e-30))
    _reject(table, column, keep & extreme, "a weight beyond all measure: row left out", report)
    usable &= ~low & ~extreme
    if min_weight is not None:
        below = usable & (numbers < min_weight)
        reason = f"a weight below the minimum of {min_weight:g} in the mapping: row left out"
        _reject(table, column, keep & below, reason, report)
        usable &= ~below
    return np.where(usable, numbers, 1.0).astype(np.float32), usable


def _times(
    table: RawTable, column: str | None, keep: BoolArray, report: ProblemReport
) -> IndexArray:
    times = np.full(len(table), NO_TIME, dtype=np.int64)
    if column is None or not keep.any():
        return times
    times[keep] = parse_times(
        _picked(table.column(column), keep),
        file=table.file,
        column=column,
        lines=_kept_lines(table, keep),
        report=report,
    )
    return times


def _reject(
    table: RawTable, column: str, mask: BoolArray, reason: str, report: ProblemReport
) -> None:
    cells = table.column(column)
    for at in np.flatnonzero(mask).tolist():
        report.add(table.file, line=table.lines[at], column=column, reason=reason, value=cells[at])


def _report_empty(
    table: RawTable, column: str, keep: BoolArray, reason: str, report: ProblemReport
) -> None:
    empty = np.array([not cell for cell in table.column(column)], dtype=bool)
    _reject(table, column, keep & empty, reason, report)


def _cells_by_id(
    table: RawTable, column: str, kept_ids: list[str], keep: BoolArray
) -> dict[str, str]:
    cells = _picked(table.column(column), keep)
    return {id_: cell for id_, cell in zip(kept_ids, cells, strict=True) if cell}


def _picked(cells: list[str], keep: BoolArray) -> list[str]:
    if keep.all():
        return cells
    return [cell for cell, kept in zip(cells, keep.tolist(), strict=True) if kept]


def _kept_lines(table: RawTable, keep: BoolArray) -> list[int]:
    return [line for line, kept in zip(table.lines, keep.tolist(), strict=True) if kept]
