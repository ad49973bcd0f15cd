"""Pairs of items that one user met, drawn so that popular items do not dominate."""

from __future__ import annotations

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import DataError

__all__ = ["PairSampler"]

POPULARITY_EXPONENT = 0.5
"""A partner with c interactions is drawn in proportion to c to the power of minus this."""


class PairSampler:
    """Draws an item evenly, then one of its users evenly, then another item of that user.

    The other item is drawn in proportion to 1 / sqrt(its interactions).

    Raises:
        DataError: no user met two of the items.
    """

    def __init__(self, interactions: Interactions, usable: BoolArray) -> None:
        chosen = interactions.select(usable[interactions.item_indices])
        chosen = chosen.select(chosen.user_counts()[chosen.user_indices] >= 2)
        if len(chosen) == 0:
            raise DataError(
                "No user met two items that have a text, so nothing can be learned about which "
                "texts go together. Map a text column, or give more interactions."
            )
        by_item = np.argsort(chosen.item_indices, kind="stable")
        self._users_by_item = chosen.user_indices[by_item]
        counts = chosen.item_counts()
        self._items = np.flatnonzero(counts).astype(np.int64)
        self._item_counts = counts
        self._item_starts = np.cumsum(counts) - counts
        by_user = np.argsort(chosen.user_indices, kind="stable")
        self._items_by_user = chosen.item_indices[by_user]
        weights = counts[self._items_by_user].astype(np.float64) ** -POPULARITY_EXPONENT
        self._cumulative = np.concatenate([[0.0], np.cumsum(weights)])
        self._user_ends = np.cumsum(chosen.user_counts())
        self._user_starts = self._user_ends - chosen.user_counts()

    def draw(self, n: int, rng: np.random.Generator) -> tuple[IndexArray, IndexArray]:
        """At most n pairs of different items, int64 (m,) each.

        Args:
            n: draws; those that hit the item itself are left out.
            rng: draws.
        """
        first = rng.choice(self._items, size=n)
        within = (rng.random(n) * self._item_counts[first]).astype(np.int64)
        users = self._users_by_item[self._item_starts[first] + within]
        low, high = self._user_starts[users], self._user_ends[users]
        bottom, top = self._cumulative[low], self._cumulative[high]
        point = bottom + rng.random(n) * (top - bottom)
        positions = np.searchsorted(self._cumulative, point, side="right") - 1
        second = self._items_by_user[np.clip(positions, low, high - 1)]
        differ = first != second
        return first[differ], second[differ]
