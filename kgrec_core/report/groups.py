"""Who is served how well: the values of single test users, put together by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.evaluation.bootstrap import mean_intervals
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.graph.user_side import UserSide
from kgrec_core.rng import make_rng
from kgrec_core.words import counted

__all__ = ["FEWEST", "Group", "GroupTable", "activity_edges", "user_groups"]

FEWEST = 20
"""Smaller groups say too little; they are counted, not shown."""
MOST_ATTRIBUTES = 30
LEVEL = 0.05
SEED, N_BOOTSTRAP = 0, 1000
"""Of the intervals; fixed, so that the same results give the same report."""


@dataclass(frozen=True)
class Group:
    """Test users who have something in common.

    Attributes:
        label: what.
        kind: "activity" or "attribute".
        n_users: how many.
        mean: of the metric.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
        verdict: "worse", "better" or "unclear" than for all other test users, by the difference
            of the means with its normal interval, corrected for the number of groups (Bonferroni).
        share_without_hit: users without a single hit in the list, in [0, 1].
    """

    label: str
    kind: str
    n_users: int
    mean: float
    low: float
    high: float
    verdict: str
    share_without_hit: float


@dataclass(frozen=True)
class GroupTable:
    """All groups on one metric.

    Attributes:
        metric: "ndcg@20".
        overall: mean over all test users.
        span: its 95 % interval.
        groups: quarters of activity first, then attributes.
        n_small: attribute groups that are not shown: with fewer than `FEWEST` test users, or
            smaller than the first `MOST_ATTRIBUTES`.
        share_without_hit: of all test users.
        n_without_hit: the same as a count.
    """

    metric: str
    overall: float
    span: tuple[float, float]
    groups: tuple[Group, ...]
    n_small: int
    share_without_hit: float
    n_without_hit: int


def activity_edges(counts: IndexArray) -> tuple[tuple[int, int], ...]:
    """Quarters of users by number of known choices, as (from, to), both included.

    Users with the same number stay together, so there may be fewer than four.

    Args:
        counts: int64 (n_users,), n_users at least 1.
    """
    cuts = np.unique(np.quantile(counts, [0.25, 0.5, 0.75], method="inverted_cdf"))
    inside = [int(cut) for cut in cuts if cut < counts.max()]
    lows = [int(counts.min()), *(cut + 1 for cut in inside)]
    return tuple(zip(lows, [*inside, int(counts.max())], strict=True))


def user_groups(
    result: EvaluationResult, known_counts: IndexArray, side: UserSide | None, metric: str
) -> GroupTable:
    """Groups by activity and by stated attributes.

    Args:
        result: with the values of single users.
        known_counts: choices that the model knew, int64 (n_users of the data,).
        side: attributes of users; None when there are none.
        metric: key of `result.per_user`.
    """
    values = result.per_user[metric].astype(np.float64)
    hits = result.per_user[f"hit_rate@{metric.partition('@')[2]}"]
    counts = known_counts[result.user_indices]
    chosen: list[tuple[str, str, BoolArray]] = [
        (_activity_label(low, high), "activity", (counts >= low) & (counts <= high))
        for low, high in activity_edges(counts)
    ]
    attributes = _attribute_groups(side, result.user_indices)
    large = [group for group in attributes if group[2].sum() >= FEWEST][:MOST_ATTRIBUTES]
    chosen += sorted(large, key=lambda group: group[0])  # values of one attribute side by side
    return GroupTable(
        metric=metric,
        overall=float(values.mean()),
        span=result.intervals[metric],
        groups=tuple(
            _group(label, kind, mask, values, hits, len(chosen)) for label, kind, mask in chosen
        ),
        n_small=len(attributes) - len(large),
        share_without_hit=float((hits == 0).mean()),
        n_without_hit=int((hits == 0).sum()),
    )


def _activity_label(low: int, high: int) -> str:
    return f"{low} to {high} known choices" if low != high else counted(low, "known choice")


def _attribute_groups(side: UserSide | None, users: IndexArray) -> list[tuple[str, str, BoolArray]]:
    if side is None or not side.attribute_labels:
        return []
    table = side.attributes[users].tocsc()
    found = []
    for column, label in enumerate(side.attribute_labels):
        mask = np.zeros(users.size, dtype=bool)
        mask[table.indices[table.indptr[column] : table.indptr[column + 1]]] = True
        if mask.any():
            found.append((label, "attribute", mask))
    return sorted(found, key=lambda group: (-int(group[2].sum()), group[0]))


def _group(
    label: str,
    kind: str,
    mask: BoolArray,
    values: npt.NDArray[np.float64],
    hits: npt.NDArray[np.float32],
    n_groups: int,
) -> Group:
    own = values[mask]
    low, high = mean_intervals(own[:, None], make_rng(SEED), N_BOOTSTRAP)
    return Group(
        label,
        kind,
        int(mask.sum()),
        float(own.mean()),
        float(low[0]),
        float(high[0]),
        _verdict(own, values[~mask], n_groups),
        float((hits[mask] == 0).mean()),
    )


def _verdict(own: npt.NDArray[np.float64], others: npt.NDArray[np.float64], n_groups: int) -> str:
    if min(own.size, others.size) < 2:
        return "unclear"
    error = np.sqrt(own.var(ddof=1) / own.size + others.var(ddof=1) / others.size)
    half = float(stats.norm.ppf(1 - LEVEL / (2 * n_groups))) * float(error)
    difference = float(own.mean() - others.mean())
    if abs(difference) <= half:
        return "unclear"
    return "worse" if difference < 0 else "better"
