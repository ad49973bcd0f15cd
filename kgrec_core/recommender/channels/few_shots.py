"""The channel for short histories: a prior over users, learned from all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.channels.channel import Channel, LowRankKernel
from kgrec_core.recommender.channels.listeners import SurpriseListener

__all__ = ["few_shot_channel"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

LEAST_RANK, LARGEST_RANK = 16, 64
USERS_PER_FACTOR = 24
"""Fewer users than this for each factor, and the last factors are chance."""
LENGTH_EXPONENT = 0.5
"""A short history is more likely one of few choices: users count length ** -exponent."""
UNSEEN_USERS = 5.0
"""As if so many users had contradicted: rarely chosen items are not believed at once."""


def few_shot_channel(known: Interactions) -> Channel | None:
    """A Gaussian prior over users with one noise per item; None when there are too few users.

    Factor analysis of the weighted 0/1 matrix: its mean is the prior, F F' its covariance cut to
    the strongest factors, and the noise of an item the variance that the factors leave unexplained
    (Rasmussen and Williams 2006, section 2.2; Bishop 2006, section 12.2.4).
    """
    users = np.flatnonzero(known.user_counts())
    most = min(LARGEST_RANK, max(LEAST_RANK, users.size // USERS_PER_FACTOR))
    rank = min(most, users.size - 1, known.n_items - 1)
    if rank < 1:
        return None
    matrix = known.matrix()[users].astype(np.float64)
    matrix.data[:] = 1.0
    weights = known.user_counts()[users].astype(np.float64) ** -LENGTH_EXPONENT
    weights /= weights.sum()
    prior = np.asarray(weights @ matrix, dtype=np.float64).ravel()
    factors = _covariance_factors(matrix, weights, prior, rank)
    left_over = prior * (1.0 - prior) - (factors.astype(np.float64) ** 2).sum(axis=1)
    noise = np.maximum(left_over, 0.0) + UNSEEN_USERS * (weights**2).sum()
    listener = SurpriseListener(factors, prior.astype(np.float32), noise.astype(np.float32))
    kernel = LowRankKernel(factors, factors)
    return Channel("few shots", "collaborative", listener, kernel, known.n_items)


def _covariance_factors(
    matrix: sp.csr_array, weights: Vector, mean: Vector, rank: int
) -> FloatArray:
    """F with F F' the weighted covariance cut to `rank`, float32 (n_items, rank).

    The centered matrix is never made dense.

    Args:
        matrix: 0/1, float64 (n_users, n_items).
        weights: of the users, positive, sum 1, float64 (n_users,).
        mean: weighted mean of the rows, float64 (n_items,).
        rank: number of factors, below both sides of the matrix.
    """
    from scipy.sparse.linalg import LinearOperator, svds

    roots = np.sqrt(weights)
    scaled = sp.csr_array(matrix.multiply(roots[:, None]))
    centered = LinearOperator(
        scaled.shape,
        matvec=lambda x: scaled @ x.ravel() - roots * (mean @ x.ravel()),
        rmatvec=lambda y: scaled.T @ y.ravel() - mean * (roots @ y.ravel()),
        dtype=np.float64,
    )
    # Any vector that is not constant will do: a constant one is lost by the centering.
    start = np.cos(np.arange(min(matrix.shape)))
    _, values, rows = svds(centered, k=rank, v0=start)
    return np.ascontiguousarray((rows * values[:, None]).T, dtype=np.float32)
