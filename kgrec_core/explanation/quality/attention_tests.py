"""What attention weights say about a score: agreement with deletions, and shuffled weights.

EXPLANATION_METRICS.md, section 5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kgrec_core.explanation.attention import unit_attention
from kgrec_core.explanation.quality.exactness import Float64, kendall_tau
from kgrec_core.recommender.contract import EvidenceUnit, Modality, PairExplanation

__all__ = ["attention_agreement", "attention_change", "shuffle_effect"]

N_SHUFFLES = 100


def attention_agreement(
    explanation: PairExplanation, units: Sequence[EvidenceUnit], effects: Float64
) -> float | None:
    """Kendall's tau of attention and leave-one-out effects, over the units that say something.

    Args:
        explanation: of the pair.
        units: all units of the user.
        effects: what the removal of each takes off the score, float64 (n_units,).
    """
    weights = unit_attention(explanation)
    told = [at for at, unit in enumerate(units) if unit in weights]
    attention = np.array([weights[units[at]] for at in told], dtype=np.float64)
    return kendall_tau(attention, effects[told])


def shuffle_effect(
    explanation: PairExplanation, rng: np.random.Generator, n_shuffles: int = N_SHUFFLES
) -> float | None:
    """Median |change of the score| when the weights change hands, over sum |contributions|.

    In each modality the attention weights are dealt out anew among the units that speak there;
    gates and kernels stay. 0 means that it does not matter who has which weight.

    Returns:
        None when no modality has two units.
    """
    by_modality: dict[Modality, list[tuple[float, float]]] = defaultdict(list)
    for term in explanation.contributions:
        by_modality[term.modality].append((term.attention, term.gate * term.kernel))
    size = sum(abs(term.value) for term in explanation.contributions)
    if not size or max(len(found) for found in by_modality.values()) < 2:
        return None
    changes = np.zeros(n_shuffles)
    for found in by_modality.values():
        attention, said = np.array(found, dtype=np.float64).T
        for shuffle in range(n_shuffles):
            changes[shuffle] += (rng.permutation(attention) - attention) @ said
    return float(np.median(np.abs(changes)) / size)


def attention_change(explanations: Sequence[PairExplanation]) -> float | None:
    """How far attention of the same unit moves from item to item of one user.

    The mean over units of (largest - smallest) / mean. At 0 a weight belongs to the user's
    evidence alone and has to be called global.

    Args:
        explanations: of several items for one user.

    Returns:
        None with fewer than two items or no unit that speaks for two of them.
    """
    told: dict[EvidenceUnit, list[float]] = defaultdict(list)
    for explanation in explanations:
        for unit, weight in unit_attention(explanation).items():
            told[unit].append(weight)
    spreads = [
        (max(weights) - min(weights)) / (sum(weights) / len(weights))
        for weights in told.values()
        if len(weights) > 1 and sum(weights) > 0
    ]
    return sum(spreads) / len(spreads) if spreads else None
