"""What behavior says about items, in few numbers: factors of the normalized interactions."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions

__all__ = ["item_factors", "ridge_map"]


def item_factors(
    interactions: Interactions, rank: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Directions of the items in the space that explains most of who met what.

    The right singular vectors of X_ui / sqrt(n_u n_i), times the singular values: the inner
    products of the rows are the best approximation of low rank of the item-item kernel that the
    normalized interactions span. Rows are scaled to length 1, so that popularity does not count.

    Args:
        interactions: histories; how often or how strongly is not looked at.
        rank: numbers per item at most.
        rng: the start of the iteration.

    Returns:
        The directions, float32 (n_items, rank), zero for items that nobody met, and the number of
        interactions of each item, float32 (n_items,).
    """
    matrix = interactions.matrix().astype(np.float64)
    matrix.data = np.ones_like(matrix.data)
    by_user, by_item = (np.asarray(matrix.sum(axis=axis), dtype=np.float64) for axis in (1, 0))
    scales = [1.0 / np.sqrt(np.maximum(counts, 1.0)) for counts in (by_user, by_item)]
    scaled = sp.csr_array(sp.diags_array(scales[0]) @ matrix @ sp.diags_array(scales[1]))
    if rank < min(scaled.shape):
        start = rng.normal(size=min(scaled.shape))
        _, values, directions = svds(scaled, k=rank, v0=start)
    else:
        _, values, directions = np.linalg.svd(scaled.toarray(), full_matrices=False)
    factors = directions.T * values  # (n_items, rank)
    norms = np.linalg.norm(factors, axis=1, keepdims=True)
    factors = np.where(norms > 1e-9, factors / np.maximum(norms, 1e-9), 0.0)
    return factors.astype(np.float32), by_item.astype(np.float32)


def ridge_map(
    inputs: FloatArray, targets: FloatArray, weights: FloatArray, penalties: tuple[float, ...]
) -> list[FloatArray]:
    """Weighted ridge regressions of the same targets at several penalties.

    Minimizes sum_i w_i |y_i - x_i W|^2 + penalty |W|^2; one factorization serves all penalties.

    Args:
        inputs: x, float32 (n, dim).
        targets: y, float32 (n, rank).
        weights: w, float32 (n,), not negative.
        penalties: larger than 0.

    Returns:
        W for each penalty, float32 (dim, rank).
    """
    weighted = inputs.astype(np.float64) * weights[:, None]
    values, vectors = np.linalg.eigh(weighted.T @ inputs)
    rotated = vectors.T @ (weighted.T @ targets)
    values = np.maximum(values, 0.0)[:, None]
    return [(vectors @ (rotated / (values + p))).astype(np.float32) for p in penalties]
