"""The text kernel: each item listens to the items whose texts are nearest."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.recommender.kernels import inverse_sums
from kgrec_core.recommender.neighbor_kernel import NeighborKernel

__all__ = ["TEXT_KERNEL", "extended_text_kernel", "similarity", "text_kernel"]

TEXT_KERNEL = "(text)"
SHARPNESS = 2.0
"""Power of the cosine; chosen on MovieLens validation parts, 1 to 3 differ little."""
BLOCK = 512


def similarity(cosine: FloatArray) -> FloatArray:
    """What a cosine is worth: negative ones nothing, the rest sharpened; same shape."""
    return np.asarray(np.maximum(cosine, 0.0) ** SHARPNESS, dtype=np.float32)


def text_kernel(vectors: FloatArray, n_neighbors: int) -> NeighborKernel:
    """Nearest-text kernel; items without text neither speak nor listen.

    Args:
        vectors: unit vectors or zero rows, float32 (n_items, dim).
        n_neighbors: sources kept per item.
    """
    return _kernel_of(*_columns(vectors, 0, n_neighbors))


def extended_text_kernel(
    kernel: NeighborKernel, vectors: FloatArray, n_neighbors: int
) -> NeighborKernel:
    """The same kernel with columns for the items that `vectors` has more.

    Old items keep what they listen to, so that their scores do not move.
    """
    n_old, n_items = kernel.columns.shape[0], vectors.shape[0]
    if n_old == n_items:
        return kernel
    fresh, sums = _columns(vectors, n_old, n_neighbors)
    old = kernel.columns
    padded = sp.csr_array((old.data, old.indices, old.indptr), shape=(n_old, n_items))
    columns = sp.csr_array(sp.vstack([padded, fresh], format="csr"))
    return _kernel_of(columns, np.concatenate([kernel.sums, sums]))


def _kernel_of(columns: sp.csr_array, sums: FloatArray) -> NeighborKernel:
    return NeighborKernel(TEXT_KERNEL, columns, sums, np.full(columns.nnz, -1, dtype=np.int64))


def _columns(vectors: FloatArray, start: int, n_neighbors: int) -> tuple[sp.csr_array, FloatArray]:
    """Scaled sources of the targets from `start` on, (n_targets, n_items), and their sums."""
    n_items = vectors.shape[0]
    has_text = np.abs(vectors).sum(axis=1) > 0
    n_kept = min(n_neighbors, max(n_items - 1, 1))
    blocks = [
        _nearest(vectors, has_text, np.arange(first, min(first + BLOCK, n_items)), n_kept)
        for first in range(start, n_items, BLOCK)
    ]
    sources = np.concatenate([block[0] for block in blocks])  # (n_targets, n_kept)
    values = np.concatenate([block[1] for block in blocks]).astype(np.float32)
    sums = values.sum(axis=1)
    scaled = values * inverse_sums(sums)[:, None]
    indptr = np.arange(n_items - start + 1, dtype=np.int64) * n_kept
    shape = (n_items - start, n_items)
    columns = sp.csr_array((scaled.ravel(), sources.ravel(), indptr), shape=shape)
    columns.eliminate_zeros()
    columns.sort_indices()
    return columns, sums


def _nearest(
    vectors: FloatArray,
    has_text: BoolArray,
    targets: IndexArray,
    n_kept: int,
) -> tuple[IndexArray, FloatArray]:
    """Sources and similarities of a block of targets, both (n_targets, n_kept)."""
    cosine = vectors[targets] @ vectors.T  # (n_targets, n_items)
    cosine[np.arange(targets.size), targets] = -1.0
    cosine[:, ~has_text] = -1.0
    cosine[~has_text[targets]] = -1.0
    if n_kept < cosine.shape[1]:
        sources = np.argpartition(-cosine, n_kept - 1, axis=1)[:, :n_kept]
    else:
        sources = np.tile(np.arange(cosine.shape[1]), (targets.size, 1))
    found = np.take_along_axis(cosine, sources, axis=1)
    return sources.astype(np.int64), similarity(found)
