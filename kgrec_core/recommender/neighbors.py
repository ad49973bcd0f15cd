"""Nearest items by co-occurrence: the one formula behind item-kNN and random walks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.kernels import kept_entries

__all__ = ["Similarity", "nearest_items"]

BLOCK = 1024
"""Target items compared at once; bounds the memory."""
LONGEST_HISTORY = 10_000
"""Choices of one user that are compared with each other: time and memory grow with their square."""


@dataclass(frozen=True)
class Similarity:
    """k(j, i) = t_ji / (d_j ** source_exponent * d_i ** target_exponent + shrinkage).

    t_ji sums n_u ** -user_exponent over the users u of both items; n_u is the length of the history
    of u, d_j and d_i count the users of the items. Exponents 0, 1/2, 1/2 give the cosine (Sarwar et
    al. 2001), alpha, alpha, beta without shrinkage give RP3beta (Paudel et al. 2017).

    Attributes:
        user_exponent: how much less a shared user with a long history counts.
        source_exponent: how much less popular items of the history say.
        target_exponent: how much popular items are held back.
        shrinkage: distrusts what rests on few users.
        n_neighbors: strongest sources kept per target.
    """

    user_exponent: float
    source_exponent: float
    target_exponent: float
    shrinkage: float
    n_neighbors: int


def nearest_items(
    interactions: Interactions, similarity: Similarity, *, on_progress: OnProgress = no_progress
) -> sp.csr_array:
    """The nearest items of each item, float32 (n_items targets, n_items sources), sorted.

    An item is no neighbor of itself. Weights of interactions do not count. A block of targets is
    compared at once, and only pairs that share a user take memory. Of a history longer than
    `LONGEST_HISTORY` the items that most people chose are compared: somebody who chose nearly
    everything says little about what belongs together.
    """
    counts = interactions.item_counts().astype(np.float32)
    users = _most_chosen(interactions.matrix(), counts)
    users.data[:] = 1.0
    n_items = users.shape[1]
    lengths = np.maximum(interactions.user_counts(), 1).astype(np.float32)
    items = sp.csr_array(users.T)
    users.data = np.repeat(lengths**-similarity.user_exponent, np.diff(users.indptr))
    source_scale = counts**similarity.source_exponent
    target_scale = counts**similarity.target_exponent
    blocks = []
    for start in range(0, n_items, BLOCK):
        on_progress(Progress("Comparing items", start, n_items, {}))
        together = sp.csr_array(items[start : start + BLOCK] @ users)
        targets = np.repeat(np.arange(together.shape[0]) + start, np.diff(together.indptr))
        scale = target_scale[targets] * source_scale[together.indices]
        values = together.data / (scale + np.float32(similarity.shrinkage))
        values[targets == together.indices] = 0.0
        block = sp.csr_array((values, together.indices, together.indptr), shape=together.shape)
        blocks.append(_strongest(block, similarity.n_neighbors))
    on_progress(Progress("Comparing items", n_items, n_items, {}))
    return sp.csr_array(sp.vstack(blocks, format="csr"))


def _most_chosen(users: sp.csr_array, counts: FloatArray) -> sp.csr_array:
    """Rows cut to `LONGEST_HISTORY` items, those with the largest counts and of these the first."""
    long = np.flatnonzero(np.diff(users.indptr) > LONGEST_HISTORY)
    keep = np.ones(users.nnz, dtype=bool)
    for row in long:
        own = slice(users.indptr[row], users.indptr[row + 1])
        order = np.argsort(-counts[users.indices[own]], kind="stable")
        keep[own][order[LONGEST_HISTORY:]] = False
    return kept_entries(users, keep) if long.size else users


def _strongest(block: sp.csr_array, n_kept: int) -> sp.csr_array:
    """The `n_kept` largest entries of each row that are above zero, columns sorted."""
    keep = block.data > 0
    for row in np.flatnonzero(np.diff(block.indptr) > n_kept):
        own = slice(block.indptr[row], block.indptr[row + 1])
        weakest = np.argpartition(-block.data[own], n_kept)[n_kept:]
        keep[own][weakest] = False
    indptr = np.concatenate([[0], np.cumsum(keep)])[block.indptr].astype(block.indptr.dtype)
    kept = sp.csr_array((block.data[keep], block.indices[keep], indptr), shape=block.shape)
    kept.sort_indices()
    return kept
