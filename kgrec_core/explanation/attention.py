"""Attention of one pair as a number per unit of evidence, and how far seeds agree about it.

EXPLANATION_METRICS.md, section 5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.recommender.contract import Contribution, EvidenceUnit, PairExplanation

__all__ = ["UnitSpread", "attention_spread", "mean_attention", "unit_attention"]


@dataclass(frozen=True)
class UnitSpread:
    """Attention of one unit under several seeds.

    Attributes:
        mean: over the seeds.
        low: smallest of them.
        high: largest of them.
        n_seeds: how many there are.
    """

    mean: float
    low: float
    high: float
    n_seeds: int


def unit_attention(explanation: PairExplanation) -> dict[EvidenceUnit, float]:
    """Attention per unit; averaged by gate where the modalities differ."""
    cells: dict[EvidenceUnit, list[Contribution]] = defaultdict(list)
    for term in explanation.contributions:
        cells[term.evidence].append(term)
    return {unit: mean_attention(own) for unit, own in cells.items()}


def attention_spread(explanations: Sequence[PairExplanation]) -> dict[EvidenceUnit, UnitSpread]:
    """Mean, smallest and largest attention of each unit, over explanations of the same pair.

    A unit that says nothing about the item under one seed has attention 0 there.

    Args:
        explanations: one per seed.
    """
    told = [unit_attention(explanation) for explanation in explanations]
    units = dict.fromkeys(unit for found in told for unit in found)
    spread = {}
    for unit in units:
        values = [found.get(unit, 0.0) for found in told]
        mean = sum(values) / len(values)
        spread[unit] = UnitSpread(mean, min(values), max(values), len(values))
    return spread


def mean_attention(cells: Sequence[Contribution]) -> float:
    """The attention of one unit; weighted by the gates where the modalities differ."""
    gates = sum(abs(cell.gate) for cell in cells)
    if not gates:
        return sum(cell.attention for cell in cells) / len(cells)
    return sum(abs(cell.gate) * cell.attention for cell in cells) / gates
