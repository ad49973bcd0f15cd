"""What each user is known to have done, looked up without touching the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import UNKNOWN_USER, UserEvidence

__all__ = ["Histories", "shortened"]


class Histories:
    """Evidence of every user from one set of interactions, indexed once."""

    def __init__(self, interactions: Interactions, side: UserSide | None = None) -> None:
        self._interactions = interactions
        self._side = side
        self._positions = interactions.positions_by_user()

    def evidence(self, user_index: int) -> UserEvidence:
        """The history of one user, with friends and attributes; empty for a cold user."""
        found, positions = self._interactions, self._positions[user_index]
        known = UserEvidence(
            found.item_indices[positions],
            found.weights[positions],
            found.times[positions],
            user_index=user_index,
        )
        return known if self._side is None else known.with_side(self._side)

    def all_of(self, user_indices: IndexArray | Sequence[int]) -> list[UserEvidence]:
        """The histories of several users."""
        return [self.evidence(int(index)) for index in user_indices]


def shortened(user: UserEvidence, n_items: int, rng: np.random.Generator) -> UserEvidence:
    """The same user with only `n_items` of the history, drawn at random, and nothing else."""
    kept = rng.permutation(user.item_indices.size)[:n_items]
    return UserEvidence(
        user.item_indices[kept],
        user.item_weights[kept],
        user.item_times[kept],
        user_index=UNKNOWN_USER,
    )
