"""Rankings and the metrics of ranked lists; averaging over users lives in `protocol`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.errors import ConfigError, DataError

__all__ = [
    "METRIC_NAMES",
    "average_precision_at_k",
    "hit_rate_at_k",
    "metrics_of_hits",
    "ndcg_at_k",
    "precision_at_k",
    "recall_at_k",
    "reciprocal_rank",
    "top_k",
]

BLOCK = 64
"""Items whose best score is looked at first when the best of all are wanted."""
METRIC_NAMES = ("recall", "ndcg", "mrr", "hit_rate", "precision", "map")


def top_k(
    scores: npt.NDArray[np.floating[Any]], excluded: Sequence[IndexArray], k: int
) -> IndexArray:
    """The k best items of each row, best first; equal scores are settled by the lower index.

    Args:
        scores: floating (b, n_items), finite.
        excluded: b arrays of item indices that must not be shown.
        k: length of the lists, from 1.

    Returns:
        int64 (b, k); -1 fills up where fewer than k items are left.

    Raises:
        ConfigError: `k` is below 1.
        DataError: a score is NaN or infinite, or `excluded` has not one entry per row.
    """
    _require_k(k, "top_k")
    n_rows, n_items = scores.shape
    if len(excluded) != n_rows:
        raise DataError(f"'excluded' must have one entry per row (got {len(excluded)}).")
    if not np.isfinite(scores.sum()) and not np.isfinite(scores).all():
        raise DataError("The model gave scores that are not finite, so items cannot be ranked.")
    open_scores = scores.copy()
    if n_rows:
        rows = np.repeat(np.arange(n_rows), [items.size for items in excluded])
        open_scores[rows, np.concatenate(excluded)] = -np.inf
    ranked = np.full((n_rows, k), -1, dtype=np.int64)
    if not n_rows or not n_items:
        return ranked
    lowest = np.maximum(_surely_reached(open_scores, k), np.finfo(scores.dtype).min)
    rows, items = np.divmod(np.flatnonzero(open_scores >= lowest[:, None]), n_items)
    order = np.lexsort((items, -open_scores[rows, items], rows))
    rows, items = rows[order], items[order]
    counts = np.bincount(rows, minlength=n_rows)
    ranks = np.arange(rows.size) - np.repeat(np.cumsum(counts) - counts, counts)
    shown = ranks < k
    ranked[rows[shown], ranks[shown]] = items[shown]
    return ranked


def _surely_reached(scores: npt.NDArray[np.floating[Any]], k: int) -> npt.NDArray[np.floating[Any]]:
    """A score that at least k items of each row reach, or all of them; (b,).

    The k-th largest of the maxima of blocks of items: k blocks have an item that is as good.
    Few other items are, so that what is left to sort is short.
    """
    n_rows, n_items = scores.shape
    width = min(BLOCK, n_items // k)
    if width < 2:
        return np.full(n_rows, -np.inf, dtype=scores.dtype)
    n_whole = n_items // width
    whole = scores[:, : n_whole * width].reshape(n_rows, n_whole, width)
    maxima = whole.max(axis=2)
    return np.asarray(np.partition(maxima, n_whole - k, axis=1)[:, n_whole - k])


def metrics_of_hits(
    hits: BoolArray, n_relevant: IndexArray, ks: Sequence[int]
) -> dict[str, FloatArray]:
    """All metrics of many lists at once.

    Args:
        hits: bool (b, n_ranked), True where the item at this rank is relevant.
        n_relevant: int64 (b,), held-out items per user, each at least 1.
        ks: cutoffs, from 1; a cutoff beyond the list finds nothing more.

    Returns:
        "recall@k", "ndcg@k", "mrr@k", "hit_rate@k", "precision@k" and "map@k" for each k,
        float32 (b,).

    Raises:
        ConfigError: a cutoff is below 1.
        DataError: a user has nothing that is relevant.
    """
    for k in ks:
        _require_k(k, "metrics_of_hits")
    if (n_relevant < 1).any():
        raise DataError("A user without held-out items has no metrics; leave him out.")
    width = max([hits.shape[1], *ks])
    padded = np.zeros((hits.shape[0], width), dtype=np.float64)
    padded[:, : hits.shape[1]] = hits
    ranks = np.arange(1, width + 1)
    found = np.cumsum(padded, axis=1)  # (b, width), hits up to and including each rank
    gains = np.cumsum(padded / np.log2(ranks + 1), axis=1)
    ideal = np.cumsum(1.0 / np.log2(ranks + 1))
    precisions = np.cumsum(padded * found / ranks, axis=1)
    first = np.where(padded.any(axis=1), padded.argmax(axis=1) + 1, width + 1)
    values: dict[str, FloatArray] = {}
    for k in ks:
        n_ideal = np.minimum(n_relevant, k)
        by_name = {
            "recall": found[:, k - 1] / n_relevant,
            "ndcg": gains[:, k - 1] / ideal[n_ideal - 1],
            "mrr": np.where(first <= k, 1.0 / first, 0.0),
            "hit_rate": found[:, k - 1] > 0,
            "precision": found[:, k - 1] / k,
            "map": precisions[:, k - 1] / n_ideal,
        }
        values |= {f"{name}@{k}": by_name[name].astype(np.float32) for name in METRIC_NAMES}
    return values


def recall_at_k(ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """Hits among the first `k`, divided by the number of relevant items."""
    return _of_one_list("recall", ranked, relevant, k)


def precision_at_k(ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """Hits among the first `k`, divided by k even when the list is shorter."""
    return _of_one_list("precision", ranked, relevant, k)


def ndcg_at_k(ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """Binary NDCG with log2 discount; the ideal list has min(k, n_relevant) hits."""
    return _of_one_list("ndcg", ranked, relevant, k)


def hit_rate_at_k(ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """1.0 when at least one of the first `k` is relevant, else 0.0."""
    return _of_one_list("hit_rate", ranked, relevant, k)


def average_precision_at_k(ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """Sum of the precision at each hit within `k`, divided by min(k, n_relevant)."""
    return _of_one_list("map", ranked, relevant, k)


def reciprocal_rank(ranked: IndexArray, relevant: IndexArray) -> float:
    """1 / rank of the first hit in the whole list, 0.0 when there is none."""
    return _of_one_list("mrr", ranked, relevant, max(1, ranked.size))


def _of_one_list(name: str, ranked: IndexArray, relevant: IndexArray, k: int) -> float:
    """One metric of one list.

    Args:
        name: one of `METRIC_NAMES`.
        ranked: item indices, best first, without duplicates, int64 (n_ranked,); -1 is padding.
        relevant: held-out items, int64 (n_relevant,).
        k: the cutoff, counted from 1.

    Raises:
        ConfigError: `k` is below 1.
        DataError: `relevant` is empty.
    """
    hits = np.isin(ranked, relevant) & (ranked >= 0)
    n_relevant = np.array([np.unique(relevant).size], dtype=np.int64)
    return float(metrics_of_hits(hits[None, :], n_relevant, (k,))[f"{name}@{k}"][0])


def _require_k(k: int, owner: str) -> None:
    if k < 1:
        raise ConfigError(f"'k' must be a positive integer in '{owner}' (got {k}).")
