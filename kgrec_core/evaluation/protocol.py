"""Judges a ranking function on the test part of a split, with intervals over users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrec_core.contracts import (
    BoolArray,
    FloatArray,
    IndexArray,
    OnProgress,
    Progress,
    no_progress,
)
from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.beyond_accuracy import catalog_coverage, novelty
from kgrec_core.evaluation.bootstrap import mean_intervals
from kgrec_core.evaluation.ranking import metrics_of_hits

__all__ = ["EvaluationResult", "SliceResult", "evaluate", "paired_difference"]

USERS_PER_BATCH = 256

Rank = Callable[[IndexArray], IndexArray]


@dataclass(frozen=True)
class SliceResult:
    """The same metrics on a part of the users or of the held-out items.

    Attributes:
        n_users: users who have something held out in this slice.
        n_left_out: evaluated users who have nothing in it.
        metrics: means over the users of the slice; empty when it has none.
        intervals: 95 % bootstrap intervals of the means.
    """

    n_users: int
    n_left_out: int
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class EvaluationResult:
    """What a model reaches on held-out items.

    Attributes:
        split_name: how the test part was chosen.
        n_users: users with at least one test item; the others are not evaluated.
        ks: cutoffs.
        metrics: "recall@20", ... as means over users; also "coverage@k" (share of the catalog)
            and "novelty@k" (bits).
        intervals: 95 % bootstrap intervals over users, of the means only.
        slices: "cold users", "warm users", "cold items", "warm items".
        per_user: one float32 (n_users,) array per metric that is a mean.
        user_indices: int64 (n_users,), who the rows of `per_user` are.
    """

    split_name: str
    n_users: int
    ks: tuple[int, ...]
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    slices: dict[str, SliceResult]
    per_user: dict[str, FloatArray]
    user_indices: IndexArray

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values, ready for `json.dumps`."""
        return {
            "split": self.split_name,
            "n_users": self.n_users,
            "ks": list(self.ks),
            "metrics": self.metrics,
            "intervals": {name: list(pair) for name, pair in self.intervals.items()},
            "slices": {
                name: {
                    "n_users": part.n_users,
                    "n_left_out": part.n_left_out,
                    "metrics": part.metrics,
                    "intervals": {key: list(pair) for key, pair in part.intervals.items()},
                }
                for name, part in self.slices.items()
            },
            "per_user": {name: values.tolist() for name, values in self.per_user.items()},
            "user_indices": self.user_indices.tolist(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> EvaluationResult:
        """The result that `to_json` wrote down."""
        slices = {
            name: SliceResult(
                part["n_users"], part["n_left_out"], part["metrics"], _pairs(part["intervals"])
            )
            for name, part in values["slices"].items()
        }
        return cls(
            split_name=values["split"],
            n_users=values["n_users"],
            ks=tuple(values["ks"]),
            metrics=values["metrics"],
            intervals=_pairs(values["intervals"]),
            slices=slices,
            per_user={
                name: np.array(column, dtype=np.float32)
                for name, column in values["per_user"].items()
            },
            user_indices=np.array(values["user_indices"], dtype=np.int64),
        )


def evaluate(
    rank: Rank,
    split: Split,
    *,
    ks: Sequence[int] = (10, 20),
    rng: np.random.Generator,
    n_bootstrap: int = 1000,
    on_progress: OnProgress = no_progress,
) -> EvaluationResult:
    """Rank all items for every user with test items and compare with what was held out.

    Args:
        rank: user indices int64 (b,) to ranked items int64 (b, max(ks)), best first, seen items
            left out, -1 where a list is shorter.
        split: supplies the test items, and who and what is cold.
        ks: cutoffs, from 1.
        rng: draws the resamples of the intervals.
        n_bootstrap: resamples per interval.
        on_progress: hears about each batch of users.

    Raises:
        ConfigError: `ks` is empty or below 1, or `rank` gives another shape.
        DataError: no user has a test item.
    """
    ks = tuple(sorted(set(ks)))
    if not ks or ks[0] < 1:
        raise ConfigError(f"'ks' must be cutoffs of 1 or more in 'evaluate' (got {ks}).")
    test_counts = split.test.user_counts()
    users = np.flatnonzero(test_counts).astype(np.int64)
    if users.size == 0:
        raise DataError(
            f"The test part of the split '{split.name}' is empty, so nothing can be measured. "
            "Train with a split that holds out a test part."
        )
    ranked = _ranked_lists(rank, users, ks[-1], on_progress)
    hits = _hits(ranked, users, split)
    per_user = metrics_of_hits(hits, test_counts[users], ks)
    metrics, intervals = _summary(per_user, rng, n_bootstrap)
    return EvaluationResult(
        split_name=split.name,
        n_users=int(users.size),
        ks=ks,
        metrics=metrics | _beyond_accuracy(ranked, split, ks),
        intervals=intervals,
        slices={
            **_user_slices(per_user, split.cold_users()[users], rng, n_bootstrap),
            **_item_slices(ranked, hits, users, split, ks, rng, n_bootstrap),
        },
        per_user=per_user,
        user_indices=users,
    )


def paired_difference(
    a: EvaluationResult,
    b: EvaluationResult,
    metric: str,
    rng: np.random.Generator,
    n_bootstrap: int = 1000,
) -> tuple[float, float, float]:
    """Mean of a minus b over the same users, with its 95 % bootstrap interval.

    Raises:
        ConfigError: `metric` is not among the means of both.
        DataError: the two results are about different users.
    """
    if metric not in a.per_user or metric not in b.per_user:
        names = ", ".join(a.per_user)
        raise ConfigError(f"'metric' must be one of {names} in 'paired_difference' (got {metric}).")
    if not np.array_equal(a.user_indices, b.user_indices):
        raise DataError(
            "The two results are about different users and cannot be compared. "
            "Evaluate both models on the same split."
        )
    difference = a.per_user[metric].astype(np.float64) - b.per_user[metric]
    low, high = mean_intervals(difference[:, None], rng, n_bootstrap)
    return float(difference.mean()), float(low[0]), float(high[0])


def _ranked_lists(rank: Rank, users: IndexArray, k: int, on_progress: OnProgress) -> IndexArray:
    """Ranked items of all users, int64 (n_users, k)."""
    ranked = np.empty((users.size, k), dtype=np.int64)
    for start in range(0, users.size, USERS_PER_BATCH):
        batch = users[start : start + USERS_PER_BATCH]
        lists = rank(batch)
        if lists.ndim != 2 or lists.shape[0] != batch.size or lists.shape[1] < k:
            raise ConfigError(
                f"'rank' must give lists of shape ({batch.size}, {k}) in 'evaluate' "
                f"(got {lists.shape})."
            )
        ranked[start : start + batch.size] = lists[:, :k]
        on_progress(Progress("Ranking for test users", start + batch.size, users.size, {}))
    return ranked


def _hits(ranked: IndexArray, users: IndexArray, split: Split) -> BoolArray:
    """True where a shown item is a test item of the user, bool (n_users, k)."""
    test = split.test
    pairs = test.user_indices * test.n_items + test.item_indices
    shown = users[:, None] * test.n_items + ranked
    hits: BoolArray = np.isin(shown, pairs) & (ranked >= 0)
    return hits


def _beyond_accuracy(ranked: IndexArray, split: Split, ks: Sequence[int]) -> dict[str, float]:
    known = split.fitting()
    counts, n_users = known.item_counts(), int((known.user_counts() > 0).sum())
    coverage = {f"coverage@{k}": catalog_coverage(ranked[:, :k], known.n_items) for k in ks}
    return coverage | {f"novelty@{k}": novelty(ranked[:, :k], counts, n_users) for k in ks}


def _user_slices(
    per_user: dict[str, FloatArray], cold: BoolArray, rng: np.random.Generator, n_bootstrap: int
) -> dict[str, SliceResult]:
    return {
        name: _slice_result(
            {metric: values[mask] for metric, values in per_user.items()},
            int((~mask).sum()),
            rng,
            n_bootstrap,
        )
        for name, mask in (("cold users", cold), ("warm users", ~cold))
    }


def _item_slices(
    ranked: IndexArray,
    hits: BoolArray,
    users: IndexArray,
    split: Split,
    ks: Sequence[int],
    rng: np.random.Generator,
    n_bootstrap: int,
) -> dict[str, SliceResult]:
    """Only the cold (warm) test items count as relevant; still all items are ranked."""
    test, cold = split.test, split.cold_items()
    slices = {}
    for name, chosen in (("cold items", cold), ("warm items", ~cold)):
        owners = test.user_indices[chosen[test.item_indices]]
        n_relevant = np.bincount(owners, minlength=test.n_users)[users]
        kept = n_relevant > 0
        slice_hits = hits[kept] & chosen[ranked[kept]]
        values = metrics_of_hits(slice_hits, n_relevant[kept], ks)
        slices[name] = _slice_result(values, int((~kept).sum()), rng, n_bootstrap)
    return slices


def _slice_result(
    per_user: dict[str, FloatArray], n_left_out: int, rng: np.random.Generator, n_bootstrap: int
) -> SliceResult:
    n_users = next(iter(per_user.values())).size
    if n_users == 0:
        return SliceResult(0, n_left_out, {}, {})
    return SliceResult(n_users, n_left_out, *_summary(per_user, rng, n_bootstrap))


def _summary(
    per_user: dict[str, FloatArray], rng: np.random.Generator, n_bootstrap: int
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Means and their intervals, by metric."""
    table = np.column_stack(list(per_user.values())).astype(np.float64)
    means = table.mean(axis=0)
    lows, highs = mean_intervals(table, rng, n_bootstrap)
    names = list(per_user)
    return (
        {name: float(mean) for name, mean in zip(names, means, strict=True)},
        {name: (float(lows[i]), float(highs[i])) for i, name in enumerate(names)},
    )


def _pairs(values: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    return {name: (low, high) for name, (low, high) in values.items()}
