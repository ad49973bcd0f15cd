"""What happens to an item when evidence goes, or comes, in one order; and the lead over chance.

EXPLANATION_METRICS.md, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.rescoring import Rescorer

__all__ = ["FidelityName", "Gap", "OrderFidelity", "order_fidelity"]

FidelityName = Literal["deletion", "insertion", "position", "cndcg"]
"""DEL, INS, POS and CNDCG; higher is better for insertion only."""
LOW_PERCENT, HIGH_PERCENT = 2.5, 97.5


@dataclass(frozen=True)
class OrderFidelity:
    """What happens to the item when units go, or come, in one order.

    Attributes:
        removed_scores: score without the first n units, n = 1..K.
        kept_scores: score with the first n units alone, n = 1..K.
        removed_ranks: rank of the item without the first n units, from 1.
        cutoff: length of the list that counts as recommended.
    """

    removed_scores: tuple[float, ...]
    kept_scores: tuple[float, ...]
    removed_ranks: tuple[int, ...]
    cutoff: int

    @property
    def deletion(self) -> float:
        """DEL@K = (1/K) sum over n of s(E without E_1..n); lower is better."""
        return float(np.mean(self.removed_scores))

    @property
    def insertion(self) -> float:
        """INS@K = (1/K) sum over n of s(E_1..n); higher is better."""
        return float(np.mean(self.kept_scores))

    @property
    def position(self) -> float:
        """POS@Kr,K: share of deletions that leave the item in the list; lower is better."""
        return float(np.mean([rank <= self.cutoff for rank in self.removed_ranks]))

    @property
    def cndcg(self) -> float:
        """CNDCG@K = (1/K) sum over n of 1 / log2(1 + rank_n); lower is better."""
        return float(np.mean(1.0 / np.log2(1.0 + np.array(self.removed_ranks))))

    def value(self, name: FidelityName) -> float:
        """One of the four by name."""
        return float(getattr(self, name))


@dataclass(frozen=True)
class Gap:
    """How much better than random orders (or sets); above 0 is better than chance.

    Attributes:
        mean: mean lead over the random ones.
        low: lead that 97.5 % of the random ones are behind by or more.
        high: lead that 97.5 % of them are behind by or less; 95 % lie between both.
        n_beaten: random ones that are really worse.
        n_random: all of them.
    """

    mean: float
    low: float
    high: float
    n_beaten: int
    n_random: int

    @property
    def is_clear(self) -> bool:
        """True when the whole interval lies above 0."""
        return self.low > 0

    @classmethod
    def of(cls, leads: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Gap:
        """The gap from the lead over each random order, float64 (n,)."""
        low, high = np.percentile(leads, [LOW_PERCENT, HIGH_PERCENT])
        beaten = int((leads > 0).sum())
        return cls(float(leads.mean()), float(low), float(high), beaten, int(leads.size))


def order_fidelity(
    rescorer: Rescorer, orders: Sequence[IndexArray], n_steps: int, cutoff: int
) -> list[OrderFidelity]:
    """What happens to the item in each of several orders of the same units.

    Args:
        rescorer: the pair.
        orders: places of units, int64 (n,), at least `n_steps` each.
        n_steps: K.
        cutoff: length of the list that counts as recommended.
    """
    firsts = [[frozenset(o[: n + 1].tolist()) for n in range(n_steps)] for o in orders]
    kept = rescorer.of_all([first for of_order in firsts for first in of_order])
    left = rescorer.of_all([rescorer.whole - first for of_order in firsts for first in of_order])
    found = []
    for start in range(0, len(kept), n_steps):
        own = slice(start, start + n_steps)
        found.append(
            OrderFidelity(
                tuple(part.score for part in left[own]),
                tuple(part.score for part in kept[own]),
                tuple(part.rank for part in left[own]),
                cutoff,
            )
        )
    return found
