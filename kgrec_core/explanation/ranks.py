"""Ranks among what a user does not know, settled like the lists that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.errors import UnknownIdError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.recommender.contract import Recommender, UserEvidence

__all__ = ["RankedItems", "known_items", "rank_items", "rank_of", "require_item"]


@dataclass(frozen=True)
class RankedItems:
    """All items of the catalog for one user, what they know left out of the ranks.

    Attributes:
        item_indices: the k best, best first, int64 (n,), n <= k.
        scores: of all items, float32 (n_items,).
        known: items that are not ranked, int64 (n_known,).
    """

    item_indices: IndexArray
    scores: FloatArray
    known: IndexArray

    def rank(self, item_index: int) -> int | None:
        """Rank of an item from 1; None for one that the user knows."""
        return rank_of(self.scores, self.known, item_index)

    def score(self, item_index: int) -> float:
        """Score of an item, also of one that the user knows."""
        return float(self.scores[item_index])


def rank_items(scores: FloatArray, known: IndexArray, k: int) -> RankedItems:
    """The k best of one user's scores.

    Args:
        scores: float32 (n_items,).
        known: items that are not shown, int64 (n_known,).
        k: length of the list.

    Raises:
        ConfigError: `k` is below 1.
        DataError: a score is not finite.
    """
    found = top_k(scores[None, :], [known], k)[0]
    return RankedItems(found[found >= 0], scores, known)


def rank_of(scores: FloatArray, known: IndexArray, item_index: int) -> int | None:
    """Rank from 1 among what is not known; equal scores are settled by the lower index.

    None when the item itself is known.
    """
    if (known == item_index).any():
        return None
    own = scores[item_index]
    before: BoolArray = scores > own
    before[:item_index] |= scores[:item_index] == own
    before[known] = False
    return int(before.sum()) + 1


def known_items(users: Sequence[UserEvidence]) -> IndexArray:
    """Items that are in any of these histories, int64 (n,), ascending."""
    empty = np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([empty, *(user.item_indices for user in users)]))


def require_item(recommender: Recommender, item_index: int) -> None:
    """Refuse an item that the model does not know.

    Raises:
        UnknownIdError: there is no item at `item_index`.
    """
    if not 0 <= item_index < recommender.n_items:
        raise UnknownIdError(
            f"There is no item at position {item_index}: the model knows {recommender.n_items:,}, "
            "counted from 0."
        )
