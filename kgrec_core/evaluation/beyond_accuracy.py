"""What ranked lists are like apart from their hits: how much of the catalog, how well known."""

from __future__ import annotations

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import DataError

__all__ = ["catalog_coverage", "gini_index", "novelty", "self_information"]


def catalog_coverage(ranked: IndexArray, n_items: int) -> float:
    """Share of the catalog that is shown to at least one user.

    Args:
        ranked: int64 (n_users, k), -1 where a list is shorter.
        n_items: size of the catalog, from 1.

    Raises:
        DataError: the catalog is empty.
    """
    if n_items < 1:
        raise DataError("A catalog without items has no coverage.")
    shown = np.unique(ranked)
    return float((shown >= 0).sum() / n_items)


def gini_index(ranked: IndexArray, n_items: int) -> float:
    """How unevenly the shown places go to the items: 0 for evenly, near 1 for all to one item.

    Args:
        ranked: int64 (n_users, k), -1 where a list is shorter.
        n_items: size of the catalog, from 1; items that are never shown count as 0.

    Raises:
        DataError: the catalog is empty, or nothing is shown.
    """
    shown = ranked[ranked >= 0]
    if n_items < 1 or shown.size == 0:
        raise DataError("The Gini index needs a catalog and at least one shown item.")
    counts = np.sort(np.bincount(shown, minlength=n_items))
    ranks = np.arange(1, n_items + 1)
    return float((2 * ranks - n_items - 1) @ counts / (n_items * counts.sum()))


def self_information(
    item_counts: IndexArray, n_users: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How surprising each item is: -log2 of the share of users who know it, in bits.

    One imaginary user who knows every item keeps new items finite: an item that all users know
    has 0 bits, a new one log2(n_users + 1).

    Args:
        item_counts: int64 (n_items,), users who have the item in training.
        n_users: users with anything in training.
    """
    bits: np.ndarray[tuple[int], np.dtype[np.float64]] = np.log2(n_users + 1) - np.log2(
        item_counts + 1
    )
    return bits


def novelty(ranked: IndexArray, item_counts: IndexArray, n_users: int) -> float:
    """Mean `self_information` over all shown places, in bits; 0.0 when nothing is shown.

    Args:
        ranked: int64 (n_users, k), -1 where a list is shorter.
        item_counts: int64 (n_items,), users who have the item in training.
        n_users: users with anything in training.
    """
    shown = ranked[ranked >= 0]
    if shown.size == 0:
        return 0.0
    return float(self_information(item_counts, n_users)[shown].mean())
