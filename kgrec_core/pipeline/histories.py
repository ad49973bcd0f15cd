"""Ranked lists of known users, from what each is known to have done."""

from __future__ import annotations

from collections.abc import Callable

from kgrec_core.contracts import IndexArray
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.recommender.contract import Recommender
from kgrec_core.recommender.evidence import Histories

__all__ = ["Histories", "ranker"]


def ranker(
    recommender: Recommender, histories: Histories, k: int
) -> Callable[[IndexArray], IndexArray]:
    """A function from user indices (b,) to their ranked items (b, k), seen items left out."""

    def rank(user_indices: IndexArray) -> IndexArray:
        users = [histories.evidence(int(index)) for index in user_indices]
        return top_k(recommender.score(users), [user.item_indices for user in users], k)

    return rank
