"""Whether two models differ: paired tests over users, corrected for their number, and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.bootstrap import mean_intervals

__all__ = [
    "PairedComparison",
    "SeedMean",
    "compare_users",
    "holm",
    "mean_over_seeds",
    "paired_by_user",
    "sign_flip_p_value",
]

FLIPS_PER_CHUNK = 4_000_000
TOLERANCE = 1e-12
"""Means that differ by less count as equal: the order of a sum must not decide a test."""


@dataclass(frozen=True)
class SeedMean:
    """A figure over seeds.

    Attributes:
        mean: over the seeds.
        low: lower end of the 95 % t-interval of the mean; None with one seed.
        high: upper end.
        n_seeds: how many.
    """

    mean: float
    low: float | None
    high: float | None
    n_seeds: int


@dataclass(frozen=True)
class PairedComparison:
    """One model minus another over the same users.

    Attributes:
        difference: mean over users.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
        p_value: of the two-sided sign-flip test.
        n_users: users that both were measured on.
    """

    difference: float
    low: float
    high: float
    p_value: float
    n_users: int


def mean_over_seeds(values: Sequence[float]) -> SeedMean:
    """Mean with its 95 % interval by Student's t over the seeds.

    Raises:
        DataError: there is no value.
    """
    if not values:
        raise DataError("A mean over seeds needs at least one value.")
    column = np.array(values, dtype=np.float64)
    mean = float(column.mean())
    if column.size == 1:
        return SeedMean(mean, None, None, 1)
    error = float(column.std(ddof=1)) / np.sqrt(column.size)
    half = float(stats.t.ppf(0.975, column.size - 1)) * error
    return SeedMean(mean, mean - half, mean + half, int(column.size))


def sign_flip_p_value(
    differences: npt.NDArray[np.float64], rng: np.random.Generator, n_flips: int = 10_000
) -> float:
    """Two-sided p-value of "the differences are symmetric around 0", from 1 / (n_flips + 1).

    Each flip gives every user's difference a random sign; the p-value is the share of flips whose
    mean is at least as far from 0 as the real one, which counts as one of them (Phipson and
    Smyth 2010).

    Args:
        differences: float64 (n_users,), n_users at least 1.
        rng: draws the signs.
        n_flips: how often, from 1.

    Raises:
        ConfigError: `n_flips` is below 1.
        DataError: there is no user.
    """
    if n_flips < 1:
        raise ConfigError(f"'n_flips' must be 1 or larger in 'sign_flip_p_value' (got {n_flips}).")
    if not differences.size:
        raise DataError("Without a user there is nothing to compare.")
    moved = differences[differences != 0.0]  # a difference of 0 has no sign to flip
    real = abs(float(moved.sum()))
    per_chunk = max(1, FLIPS_PER_CHUNK // max(1, moved.size))
    n_as_far = 0
    for start in range(0, n_flips, per_chunk):
        n = min(per_chunk, n_flips - start)
        signs = rng.integers(2, size=(n, moved.size), dtype=np.int8) * 2.0 - 1.0
        n_as_far += int((np.abs(signs @ moved) >= real - TOLERANCE).sum())
    return (n_as_far + 1) / (n_flips + 1)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values that may be read side by side (Holm 1979), in the given order.

    The i-th smallest of m is multiplied by m - i + 1; none falls below a smaller one's, none
    exceeds 1.
    """
    ordered = sorted(p_values, key=lambda name: p_values[name])
    corrected: dict[str, float] = {}
    largest = 0.0
    for position, name in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - position) * p_values[name]))
        corrected[name] = largest
    return {name: corrected[name] for name in p_values}


def compare_users(
    differences: npt.NDArray[np.float64],
    rng: np.random.Generator,
    *,
    n_bootstrap: int = 1000,
    n_flips: int = 10_000,
) -> PairedComparison:
    """Mean, interval and test of differences per user, float64 (n_users,).

    Raises:
        DataError: there is no user.
    """
    p_value = sign_flip_p_value(differences, rng, n_flips)
    low, high = mean_intervals(differences[:, None], rng, n_bootstrap)
    mean = float(differences.mean())
    return PairedComparison(mean, float(low[0]), float(high[0]), p_value, int(differences.size))


def paired_by_user(
    a: Sequence[tuple[IndexArray, FloatArray]], b: Sequence[tuple[IndexArray, FloatArray]]
) -> npt.NDArray[np.float64]:
    """Differences a - b per user, float64 (n_users,); several splits are averaged per user first.

    A user who is measured on several splits is one user, not several: otherwise the intervals
    would be too narrow.

    Args:
        a: per split: user indices int64 (n,) and their values float32 (n,).
        b: the same splits for the other model.

    Raises:
        DataError: the two were measured on different splits or users.
    """
    if len(a) != len(b) or not a:
        raise DataError("Two models can only be compared on the same splits, at least one.")
    for (users, _), (other_users, _) in zip(a, b, strict=True):
        if not np.array_equal(users, other_users):
            raise DataError(
                "The two results are about different users and cannot be compared. "
                "Evaluate both models on the same split."
            )
    owners = np.concatenate([users for users, _ in a])
    differences = np.concatenate(
        [x.astype(np.float64) - y for (_, x), (_, y) in zip(a, b, strict=True)]
    )
    _, position = np.unique(owners, return_inverse=True)
    means: npt.NDArray[np.float64] = np.bincount(position, differences) / np.bincount(position)
    return means
