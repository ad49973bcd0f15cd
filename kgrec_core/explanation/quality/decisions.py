"""Do the shown reasons decide? The item with the reasons taken out, and with them alone.

EXPLANATION_METRICS.md, sections 2 and 3. The decision about a pair is whether the item is among the
first k. With the shown reasons as the removed set, fidelity+ is the PN of counterfactual reasoning
and 1 - fidelity- is its PS, so the characterization score is F_NS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.fidelity import PairFidelity
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import reasons
from kgrec_core.explanation.rescoring import Places, Rescorer
from kgrec_core.explanation.wording import MAX_NAMED
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation

__all__ = [
    "SHARES",
    "Decision",
    "ShareEffects",
    "characterization",
    "decision",
    "named_units",
    "share_effects",
]

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Sizes of reasons as shares of the units, each at least one unit."""
N_SENTENCES = 3


@dataclass(frozen=True)
class Decision:
    """What the named units decide about one pair that is among the first k.

    Attributes:
        leaves_without: the item leaves the first k when they are taken out: they were necessary.
        stays_alone: it stays with them alone: they are sufficient.
        n_named: how many they are.
    """

    leaves_without: bool
    stays_alone: bool
    n_named: int


@dataclass(frozen=True)
class ShareEffects:
    """Means over reasons of 1, 5, 10, 20 and 50 % of the units (DeYoung et al. 2020, ERASER).

    Attributes:
        comprehensiveness: s(x) - s(x without the reasons); higher is better.
        sufficiency: s(x) - s(reasons alone); lower is better.
    """

    comprehensiveness: float
    sufficiency: float


def named_units(explanation: PairExplanation, names: Names) -> tuple[EvidenceUnit, ...]:
    """The units that the shown sentences name and that speak for the item.

    The strongest reasons as in `sentences`, those against the item left out; of a reason that
    rests on many units the first three, which are those that the sentence names.
    """
    told = reasons(explanation, names, most=N_SENTENCES)
    shown = [reason for reason in told if reason.value > 0]
    places = [place for reason in shown for place in reason.positions[:MAX_NAMED]]
    units = (explanation.contributions[place].evidence for place in places)
    return tuple(dict.fromkeys(units))


def decision(fidelity: PairFidelity) -> Decision | None:
    """What the named units decide; None when the item is not among the first k to begin with."""
    named, k = fidelity.named, fidelity.cutoff
    if fidelity.rank > k:
        return None
    return Decision(named.rank_without > k, named.rank_alone <= k, len(named.units))


def characterization(necessary: float | None, sufficient: float | None) -> float | None:
    """Harmonic mean of fid+ and 1 - fid-: the characterization score with equal weights.

    Amara et al. 2022 (GraphFramEx). None when a part is undefined; 0 when both are 0.
    """
    if necessary is None or sufficient is None:
        return None
    total = necessary + sufficient
    return 2.0 * necessary * sufficient / total if total else 0.0


def share_effects(rescorer: Rescorer, orders: Sequence[IndexArray]) -> list[ShareEffects]:
    """Comprehensiveness and sufficiency of the first units of several orders.

    Args:
        rescorer: the pair.
        orders: places of all units, int64 (n_units,) each, n_units at least 1.
    """
    firsts = [_firsts(order) for order in orders]
    all_firsts = [first for found in firsts for first in found]
    whole = rescorer.of(rescorer.whole).score
    left = rescorer.of_all([rescorer.whole - first for first in all_firsts])
    kept = rescorer.of_all(all_firsts)
    n = len(SHARES)
    lost = np.array([whole - part.score for part in left]).reshape(-1, n).mean(axis=1)
    missing = np.array([whole - part.score for part in kept]).reshape(-1, n).mean(axis=1)
    return [ShareEffects(*pair) for pair in zip(lost.tolist(), missing.tolist(), strict=True)]


def _firsts(order: IndexArray) -> list[Places]:
    sizes = [max(1, math.ceil(share * order.size)) for share in SHARES]
    return [frozenset(order[:size].tolist()) for size in sizes]
