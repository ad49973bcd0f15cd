"""A ranking problem on held-out items that is judged thousands of times while settings are chosen.

Only the strongest items of each user are looked at, which changes no list that matters and makes
one comparison cost milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.interactions import Interactions

__all__ = ["LOWEST", "Candidates", "mean_ndcg", "ndcg_of_ranks", "popularity"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

N_CANDIDATES = 400
DEPTH = 5
LOWEST = np.float32(-1e30)


@dataclass(frozen=True)
class Candidates:
    """The strongest unseen items of some users, and which of them are held out.

    Attributes:
        users: user indices, int64 (m,).
        items: candidates of each user, int64 (m, n_candidates).
        owners: row of each held-out item, int64 (n_relevant,), ascending.
        places: its column in `items`, int64 (n_relevant,).
        n_relevant: held-out items per row, int64 (m,), each at least 1.
    """

    users: IndexArray
    items: IndexArray
    owners: IndexArray
    places: IndexArray
    n_relevant: IndexArray

    @classmethod
    def of(
        cls,
        scores: Sequence[Matrix],
        users: IndexArray,
        seen: sp.csr_array,
        held_out: sp.csr_array,
        n_candidates: int = N_CANDIDATES,
    ) -> Candidates:
        """The best items of each user by any of several scores, and all held-out ones.

        Args:
            scores: float32 (m, n_items) each.
            users: int64 (m,); each has something held out.
            seen: interactions fitted on, (n_users, n_items): never candidates.
            held_out: interactions to be found, (n_users, n_items).
            n_candidates: candidates per user, shared evenly among the scores.
        """
        n_items = seen.shape[1]
        relevant, known = held_out[users], seen[users]
        n_relevant = np.diff(relevant.indptr).astype(np.int64)
        per_score = max(1, min(n_candidates, n_items) // len(scores))
        marked = np.zeros((users.size, n_items), dtype=bool)
        for part in scores:
            open_scores = -part
            open_scores[known.nonzero()] = -LOWEST
            best = np.argpartition(open_scores, per_score - 1, axis=1)[:, :per_score]
            np.put_along_axis(marked, best, values=True, axis=1)
        marked[known.nonzero()] = False
        marked[relevant.nonzero()] = True
        items = _padded(marked)
        owners = np.repeat(np.arange(users.size), n_relevant)
        places = np.array(
            [
                np.searchsorted(items[row], relevant.indices[start:stop])
                for row, (start, stop) in enumerate(
                    zip(relevant.indptr[:-1], relevant.indptr[1:], strict=True)
                )
            ],
            dtype=object,
        )
        flat = np.concatenate([*places, np.zeros(0)]).astype(np.int64)
        return cls(users, items, owners, flat, n_relevant)

    def of_scores(self, scores: Matrix, padding: np.float32 | float = LOWEST) -> Matrix:
        """Scores of the candidates, float32 (m, n_candidates), from all scores (m, n_items).

        A padding column repeats the row's last item; it gets the value of `padding`.
        """
        found = np.take_along_axis(scores, self.items, axis=1)
        found[:, 1:][self.items[:, 1:] == self.items[:, :-1]] = padding
        return np.asarray(found, dtype=np.float32)

    def ndcg(self, scores: Matrix, k: int) -> float:
        """Mean NDCG at k and at DEPTH * k of candidate scores, float32 (m, n_candidates).

        The longer list is there for its smaller noise. Equal scores share their mean rank.
        """
        own = scores[self.owners, self.places]
        ordered = np.sort(scores, axis=1)
        n_lower = _places_of(own, ordered, self.owners, np.less)
        n_not_higher = _places_of(own, ordered, self.owners, np.less_equal)
        ranks = scores.shape[1] - 0.5 * (n_lower + n_not_higher - 1)
        return ndcg_of_ranks(ranks, self.owners, self.n_relevant, k)


def _places_of(values: Matrix, ordered: Matrix, rows: IndexArray, before: np.ufunc) -> IndexArray:
    """How many entries of a row come before each value, by bisection of all at once, int64 (n,).

    Args:
        values: float32 (n,).
        ordered: rows ascending, float32 (m, width).
        rows: row in which each value is looked up, int64 (n,).
        before: `np.less` or `np.less_equal`.
    """
    width, flat = ordered.shape[1], ordered.ravel()
    start = rows * width
    low, high = np.zeros(values.size, dtype=np.int64), np.full(values.size, width, dtype=np.int64)
    for _ in range(width.bit_length()):
        middle = (low + high) // 2
        is_before = before(flat[start + np.minimum(middle, width - 1)], values) & (middle < width)
        low, high = np.where(is_before, middle + 1, low), np.where(is_before, high, middle)
    return low


def mean_ndcg(scores: Matrix, relevant: np.ndarray[Any, np.dtype[np.bool_]], k: int) -> float:
    """As `Candidates.ndcg`, over all items.

    Args:
        scores: float32 (m, n_items), very low where an item must not be shown.
        relevant: bool (m, n_items), at least one True per row.
        k: shorter cutoff.
    """
    owners, places = np.nonzero(relevant)
    n_relevant = relevant.sum(axis=1).astype(np.int64)
    indices = np.arange(scores.shape[1])
    items = np.broadcast_to(indices, scores.shape)
    everything = Candidates(np.arange(scores.shape[0]), items, owners, places, n_relevant)
    return everything.ndcg(scores, k)


def ndcg_of_ranks(
    ranks: np.ndarray[Any, np.dtype[np.float64]],
    owners: IndexArray,
    n_relevant: IndexArray,
    k: int,
) -> float:
    """Mean over users of NDCG at k and at DEPTH * k, from the ranks of their relevant items."""
    ideal = np.cumsum(1.0 / np.log2(np.arange(2, DEPTH * k + 2)))
    gains = 1.0 / np.log2(ranks + 1.0)
    parts = []
    for cutoff in (k, DEPTH * k):
        found = np.bincount(owners, gains * (ranks <= cutoff), minlength=n_relevant.size)
        parts.append(found / ideal[np.minimum(n_relevant, cutoff) - 1])
    return float(np.mean(parts))


def popularity(interactions: Interactions) -> FloatArray:
    """log(1 + count) scaled to [0, 1], float32 (n_items,)."""
    counts = np.log1p(interactions.item_counts().astype(np.float64))
    return (counts / max(float(counts.max(initial=0.0)), 1e-12)).astype(np.float32)


def _padded(marked: np.ndarray[Any, np.dtype[np.bool_]]) -> IndexArray:
    """Marked columns of each row, ascending; shorter rows repeat their last one."""
    counts = marked.sum(axis=1)
    width = int(counts.max(initial=1))
    columns = np.nonzero(marked)[1]
    starts = np.cumsum(counts) - counts
    within = np.minimum(np.arange(width)[None, :], np.maximum(counts - 1, 0)[:, None])
    return np.asarray(columns[starts[:, None] + within], dtype=np.int64)
