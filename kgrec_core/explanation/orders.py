"""Orders of one user's units of evidence: by an explanation, by popularity, by recency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation, UserEvidence

__all__ = [
    "explained_order",
    "is_of_profile",
    "popularity_order",
    "recency_order",
    "unit_values",
]


def unit_values(explanation: PairExplanation) -> dict[EvidenceUnit, float]:
    """What each unit of evidence adds to the score, all modalities together."""
    values: dict[EvidenceUnit, float] = defaultdict(float)
    for term in explanation.contributions:
        values[term.evidence] += term.value
    return dict(values)


def is_of_profile(explanation: PairExplanation) -> bool:
    """True when all that is told is one vector of the whole user: no unit has a part in it."""
    kinds = {term.evidence.kind for term in explanation.contributions}
    return kinds == {"profile"}


def explained_order(explanation: PairExplanation, units: Sequence[EvidenceUnit]) -> IndexArray:
    """Places in `units`: what speaks most for the item first, what speaks against it last.

    Args:
        explanation: of the pair that the order is for.
        units: all units of the user; those without a term add 0.
    """
    values = unit_values(explanation)
    told = np.array([values.get(unit, 0.0) for unit in units], dtype=np.float64)
    return np.argsort(-told, kind="stable").astype(np.int64)


def popularity_order(
    user: UserEvidence, n_units: int, item_counts: IndexArray, rng: np.random.Generator
) -> IndexArray:
    """Places in `units_of`: the items that most people chose first; other units follow.

    Args:
        user: whose units; items come first among them.
        n_units: how many there are.
        item_counts: interactions of each item, int64 (n_items,).
        rng: settles ties.
    """
    counts = np.full(n_units, -1, dtype=np.int64)
    counts[: user.item_indices.size] = item_counts[user.item_indices]
    return _falling(counts, rng)


def recency_order(user: UserEvidence, n_units: int, rng: np.random.Generator) -> IndexArray | None:
    """Places in `units_of`: the latest items first; units without a time follow.

    Returns:
        None when the times tell no two items apart: there is no such order then.
    """
    if np.unique(user.item_times).size < 2:
        return None
    times = np.full(n_units, NO_TIME, dtype=np.int64)
    times[: user.item_indices.size] = user.item_times
    return _falling(times, rng)


def _falling(values: IndexArray, rng: np.random.Generator) -> IndexArray:
    shuffled = rng.permutation(values.size)
    order = shuffled[np.argsort(-values[shuffled].astype(np.float64), kind="stable")]
    return np.asarray(order, dtype=np.int64)
