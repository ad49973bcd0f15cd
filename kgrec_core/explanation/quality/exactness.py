"""Is the explanation the score? Residuals, paths that add up, and what a deletion really does.

EXPLANATION_METRICS.md, section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.explanation.masking import only_at, units_of
from kgrec_core.explanation.orders import unit_values
from kgrec_core.explanation.rescoring import MAX_SCORES, MAX_USERS
from kgrec_core.recommender.contract import PairExplanation, Recommender, UserEvidence
from kgrec_core.recommender.fixed_weights import fixed_weights
from kgrec_core.recommender.fusion import FusionRecommender

__all__ = [
    "direct_effects",
    "kendall_tau",
    "largest_path_gap",
    "leave_one_out",
    "told_effects",
]

Float64 = np.ndarray[tuple[int], np.dtype[np.float64]]


def largest_path_gap(explanation: PairExplanation) -> float | None:
    """Path identity: largest |value - sum of its paths| / max(1, |value|) over the graph terms.

    A graph term without a path is off by all that it says. None where no term is of the graph.
    """
    gaps = [
        abs(term.value - sum(path.value for path in term.paths)) / max(1.0, abs(term.value))
        for term in explanation.contributions
        if term.modality == "graph"
    ]
    return max(gaps, default=None)


def told_effects(explanation: PairExplanation, user: UserEvidence) -> Float64:
    """What each unit of `units_of(user)` is said to add to the score, float64 (n_units,)."""
    values = unit_values(explanation)
    return np.array([values.get(unit, 0.0) for unit in units_of(user)], dtype=np.float64)


def leave_one_out(
    recommender: Recommender, user: UserEvidence, items: Sequence[int]
) -> dict[int, Float64]:
    """Total effects of taking out each unit, for some items: everything is scored again.

    Args:
        recommender: fitted.
        user: all that is known.
        items: item indices.

    Returns:
        By item: s(u,i) - s(u without j,i) of each unit j in `units_of`, float64 (n_units,).
    """
    return _effects(recommender.score, recommender.n_items, user, items)


def direct_effects(
    recommender: Recommender, user: UserEvidence, items: Sequence[int]
) -> dict[int, Float64] | None:
    """The same with the weights of the other units held fixed; None where a model has no such way.

    These scores come from the model's matrix products, not from its explanations.
    """
    if not isinstance(recommender, FusionRecommender) or user.texts:
        return None
    fixed = fixed_weights(recommender.model, user)
    return _effects(fixed.score, recommender.n_items, user, items)


def kendall_tau(first: Float64, second: Float64) -> float | None:
    """Kendall's tau-b of two lists; None when one of them has no two different values."""
    from scipy.stats import kendalltau

    if np.unique(first).size < 2 or np.unique(second).size < 2:
        return None
    return float(kendalltau(first, second).statistic)


def _effects(
    score: Callable[[Sequence[UserEvidence]], FloatArray],
    n_items: int,
    user: UserEvidence,
    items: Sequence[int],
) -> dict[int, Float64]:
    n_units, columns = len(units_of(user)), list(items)
    everything = np.ones((n_units + 1, n_units), dtype=bool)
    everything[np.arange(1, n_units + 1), np.arange(n_units)] = False
    at_once = max(1, min(MAX_USERS, MAX_SCORES // max(n_items, 1)))
    parts = [
        score([only_at(user, kept) for kept in everything[start : start + at_once]])[:, columns]
        for start in range(0, n_units + 1, at_once)
    ]
    scores = np.concatenate(parts).astype(np.float64)
    return {item: scores[0, at] - scores[1:, at] for at, item in enumerate(columns)}
