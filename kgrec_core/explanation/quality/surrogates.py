"""Explanations of models that have none: leave-one-out, and a local linear model (LIME-style)."""

from __future__ import annotations

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.rescoring import Rescorer

__all__ = ["leave_one_out_order", "lime_order"]

N_SAMPLES = 200
WIDTH = 0.25
"""Width of the kernel over the cosine distance to the whole evidence, as in LIME for texts."""
RIDGE = 1.0


def leave_one_out_order(rescorer: Rescorer) -> IndexArray:
    """Places of the units, the one first whose removal lowers the score most."""
    whole = rescorer.whole
    full, *left = rescorer.of_all([whole, *(whole - {place} for place in sorted(whole))])
    drops = np.array([full.score - part.score for part in left])
    return np.argsort(-drops, kind="stable").astype(np.int64)


def lime_order(
    rescorer: Rescorer, rng: np.random.Generator, *, n_samples: int = N_SAMPLES
) -> IndexArray:
    """Places of the units by the weights of a linear model around the whole evidence.

    Random parts of the evidence are scored; a ridge regression of the scores on what was kept,
    near parts weighing more, gives one weight per unit (Ribeiro et al. 2016, equation 2).

    Args:
        rescorer: the pair, with at least one unit.
        rng: draws the parts.
        n_samples: how many; the whole evidence is one more.
    """
    n_units = len(rescorer.whole)
    kept = np.ones((n_samples + 1, n_units), dtype=bool)
    for row in range(1, n_samples + 1):
        n_gone = int(rng.integers(1, n_units + 1))
        kept[row, rng.permutation(n_units)[:n_gone]] = False
    found = rescorer.of_all([frozenset(np.flatnonzero(row).tolist()) for row in kept])
    scores = np.array([part.score for part in found])
    # The cosine of a 0/1 vector to that of all ones is the root of its share.
    distance = 1.0 - np.sqrt(kept.mean(axis=1))
    near = np.exp(-(distance**2) / WIDTH**2)
    weights = _ridge(kept.astype(np.float64), scores, near)
    return np.argsort(-weights, kind="stable").astype(np.int64)


def _ridge(
    kept: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    near: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Weights of a weighted ridge regression with a free intercept, float64 (n_units,)."""
    share = near / near.sum()
    centered = kept - share @ kept
    target = scores - share @ scores
    system = (centered * near[:, None]).T @ centered + RIDGE * np.eye(kept.shape[1])
    return np.asarray(np.linalg.solve(system, (centered * near[:, None]).T @ target))
