"""What each user is known to have done, looked up without touching the rest."""

from __future__ import annotations

from collections.abc import Callable

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import Recommender, UserEvidence

__all__ = ["Histories", "ranker"]


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


def ranker(
    recommender: Recommender, histories: Histories, k: int
) -> Callable[[IndexArray], IndexArray]:
    """A function from user indices (b,) to their ranked items (b, k), seen items left out."""

    def rank(user_indices: IndexArray) -> IndexArray:
        users = [histories.evidence(int(index)) for index in user_indices]
        return top_k(recommender.score(users), [user.item_indices for user in users], k)

    return rank
