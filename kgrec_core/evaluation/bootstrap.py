"""Bootstrap intervals of means over users."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["mean_intervals"]

MAX_DRAWS_PER_CHUNK = 4_000_000
LOW_PERCENT, HIGH_PERCENT = 2.5, 97.5


def mean_intervals(
    table: npt.NDArray[np.float64], rng: np.random.Generator, n_bootstrap: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """95 % percentile interval of each column's mean when the rows are drawn anew.

    Args:
        table: float64 (n_users, n_metrics), n_users at least 1.
        rng: draws the rows.
        n_bootstrap: how often.

    Returns:
        Lower and upper ends, float64 (n_metrics,) each.
    """
    n_users = table.shape[0]
    per_chunk = max(1, MAX_DRAWS_PER_CHUNK // n_users)
    means = np.empty((n_bootstrap, table.shape[1]))
    for start in range(0, n_bootstrap, per_chunk):
        n_draws = min(per_chunk, n_bootstrap - start)
        drawn = rng.integers(n_users, size=(n_draws, n_users))
        drawn += np.arange(n_draws)[:, None] * n_users
        # How often each row was drawn, so that one matrix product gives all means.
        counts = np.bincount(drawn.ravel(), minlength=n_draws * n_users)
        means[start : start + n_draws] = counts.reshape(n_draws, n_users) @ table / n_users
    low, high = np.percentile(means, [LOW_PERCENT, HIGH_PERCENT], axis=0)
    return low, high
