"""Explanations of several items of one user, without scoring the user for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kgrec_core.recommender.contract import PairExplanation, Recommender, UserEvidence

__all__ = ["CanExplainMany", "explain_items"]


@runtime_checkable
class CanExplainMany(Protocol):
    """A model that shares work between the items of a list."""

    def explain_many(
        self, user: UserEvidence, item_indices: Sequence[int]
    ) -> list[PairExplanation]:
        """The same as `explain` item by item."""
        ...


def explain_items(
    recommender: Recommender, user: UserEvidence, item_indices: Sequence[int]
) -> list[PairExplanation]:
    """Explanations of several items, in their order."""
    items = [int(item) for item in item_indices]
    if isinstance(recommender, CanExplainMany):
        return recommender.explain_many(user, items)
    return [recommender.explain(user, item) for item in items]
