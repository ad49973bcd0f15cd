"""The rows of an interaction, items or users table: the readers that several formats share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import BoolArray
from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.data.pieces import InteractionRows, LinkRows, OwnerTable
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.row_checks import (
    cells_by_id,
    first_of_id,
    picked,
    positive_weights,
    report_empty,
    report_rows,
    times_of,
    with_ids,
)
from kgrec_core.data.tables import RawTable
from kgrec_core.data.values import is_missing

__all__ = ["interaction_rows", "link_rows", "owner_rows"]


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
