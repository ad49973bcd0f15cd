"""Checks of the rows of one table: ids, weights and times, each fault with its line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import RawTable
from kgrec_core.data.values import is_missing, parse_numbers, parse_times

__all__ = [
    "cells_by_id",
    "first_of_id",
    "kept_lines",
    "picked",
    "positive_weights",
    "report_empty",
    "report_rows",
    "times_of",
    "with_ids",
]

_HEAVIEST, _LIGHTEST = 1e30, 1e-30
"""Beyond these a weight is not safe as float32."""


def first_of_id(
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


def with_ids(
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
            report_rows(table, name, keep & missing, f"no {what}: row left out", report)
            keep &= ~missing
    return keep


def positive_weights(
    table: RawTable,
    column: str,
    min_weight: float | None,
    keep: BoolArray,
    report: ProblemReport,
) -> tuple[FloatArray, BoolArray]:
    """Weights of the rows in `keep`, float32 (n_rows,), 1 elsewhere; and which are usable."""
    numbers = np.full(len(table), np.nan)
    numbers[keep] = parse_numbers(
        picked(table.column(column), keep),
        file=table.file,
        column=column,
        lines=kept_lines(table, keep),
        report=report,
        consequence="row left out",
    )
    usable: BoolArray = ~np.isnan(numbers)
    low = usable & (numbers <= 0)
    report_rows(table, column, keep & low, "a weight of 0 or below: row left out", report)
    extreme = usable & ~low & ((numbers > _HEAVIEST) | (numbers < _LIGHTEST))
    report_rows(table, column, keep & extreme, "a weight beyond all measure: row left out", report)
    usable &= ~low & ~extreme
    if min_weight is not None:
        below = usable & (numbers < min_weight)
        reason = f"a weight below the minimum of {min_weight:g} in the mapping: row left out"
        report_rows(table, column, keep & below, reason, report)
        usable &= ~below
    return np.where(usable, numbers, 1.0).astype(np.float32), usable


def times_of(
    table: RawTable, column: str | None, keep: BoolArray, report: ProblemReport
) -> IndexArray:
    """Times of the rows in `keep`, int64 (n_rows,); `NO_TIME` elsewhere or without a column."""
    times = np.full(len(table), NO_TIME, dtype=np.int64)
    if column is None or not keep.any():
        return times
    times[keep] = parse_times(
        picked(table.column(column), keep),
        file=table.file,
        column=column,
        lines=kept_lines(table, keep),
        report=report,
    )
    return times


def report_rows(
    table: RawTable, column: str, mask: BoolArray, reason: str, report: ProblemReport
) -> None:
    """Note every row of `mask` with its cell in `column`."""
    cells = table.column(column)
    for at in np.flatnonzero(mask).tolist():
        report.add(table.file, line=table.lines[at], column=column, reason=reason, value=cells[at])


def report_empty(
    table: RawTable, column: str, keep: BoolArray, reason: str, report: ProblemReport
) -> None:
    """Note the rows of `keep` whose cell in `column` is empty."""
    empty = np.array([not cell for cell in table.column(column)], dtype=bool)
    report_rows(table, column, keep & empty, reason, report)


def cells_by_id(
    table: RawTable, column: str, kept_ids: list[str], keep: BoolArray
) -> dict[str, str]:
    """Id -> cell of the rows in `keep`, empty cells left out."""
    cells = picked(table.column(column), keep)
    return {id_: cell for id_, cell in zip(kept_ids, cells, strict=True) if cell}


def picked(cells: list[str], keep: BoolArray) -> list[str]:
    """The cells at True."""
    if keep.all():
        return cells
    return [cell for cell, kept in zip(cells, keep.tolist(), strict=True) if kept]


def kept_lines(table: RawTable, keep: BoolArray) -> list[int]:
    """Line numbers of the rows at True."""
    return [line for line, kept in zip(table.lines, keep.tolist(), strict=True) if kept]
