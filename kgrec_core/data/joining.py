"""Interaction tables to one: each (user, item) pair is kept once, and in one part of a split."""

from __future__ import annotations

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.pieces import InteractionRows
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.vocabulary import Vocabulary

__all__ = ["joined_interactions"]

_Parts = np.ndarray[tuple[int], np.dtype[np.uint8]]


def joined_interactions(
    all_rows: list[InteractionRows], users: Vocabulary, items: Vocabulary, report: ProblemReport
) -> tuple[Interactions, _Parts | None]:
    """All interaction tables as one, each pair once.

    Args:
        all_rows: the tables, at least one row in all.
        users: the ids of all users.
        items: the ids of all items.
        report: takes every row that repeats a pair.

    Returns:
        The interactions, and PART_* of each, uint8 (n,), or None without a given split.
    """
    user_indices = _concatenated([users.indices_of(r.user_ids, missing="mask") for r in all_rows])
    item_indices = _concatenated([items.indices_of(r.item_ids, missing="mask") for r in all_rows])
    weights = np.concatenate([rows.weights for rows in all_rows]).astype(np.float32)
    times = _concatenated([rows.times for rows in all_rows])
    parts = np.concatenate(
        [np.full(len(rows.user_ids), rows.part or 0, dtype=np.uint8) for rows in all_rows]
    )
    keys = user_indices * len(items) + item_indices
    kept = _latest(keys, times, parts)
    if kept.size < keys.size:
        _report_duplicates(all_rows, keys, parts, kept, report)
    interactions = Interactions(
        user_indices[kept], item_indices[kept], weights[kept], times[kept], len(users), len(items)
    )
    is_given = any(rows.part is not None for rows in all_rows)
    return interactions, parts[kept] if is_given else None


def _latest(keys: IndexArray, times: IndexArray, parts: _Parts) -> IndexArray:
    """Positions to keep, ascending: per pair the first part and in it the latest row."""
    order = np.lexsort((np.arange(keys.size), times, -parts.astype(np.int64), keys))
    sorted_keys = keys[order]
    is_last = np.append(sorted_keys[1:] != sorted_keys[:-1], True)
    return np.sort(order[is_last]).astype(np.int64)


def _report_duplicates(
    all_rows: list[InteractionRows],
    keys: IndexArray,
    parts: _Parts,
    kept: IndexArray,
    report: ProblemReport,
) -> None:
    kept_part = dict(zip(keys[kept].tolist(), parts[kept].tolist(), strict=True))
    is_kept = np.zeros(keys.size, dtype=bool)
    is_kept[kept] = True
    starts = np.cumsum([0, *(len(rows.user_ids) for rows in all_rows)])
    for position in np.flatnonzero(~is_kept).tolist():
        at = int(np.searchsorted(starts, position, side="right")) - 1
        rows, offset = all_rows[at], position - int(starts[at])
        same_part = kept_part[int(keys[position])] == parts[position]
        reason = (
            "duplicate (user, item) pair: kept the latest"
            if same_part
            else "the (user, item) pair is in an earlier part of the split too: left out here"
        )
        value = f"{rows.user_ids[offset]}, {rows.item_ids[offset]}"
        report.add(rows.file, line=int(rows.lines[offset]), reason=reason, value=value)


def _concatenated(arrays: list[IndexArray]) -> IndexArray:
    return np.concatenate(arrays).astype(np.int64) if arrays else np.zeros(0, dtype=np.int64)
