"""LightGCN's graph convolution (He et al. 2020): the mean over layers of a normalized walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from kgrec_core.embedding.tensors import sparse_tensor

if TYPE_CHECKING:
    import torch

__all__ = ["Propagation", "normalized_adjacency"]


def normalized_adjacency(histories: sp.csr_array) -> sp.csr_array:
    """D^-1/2 A D^-1/2 of the graph of users and items, users first; float32, symmetric.

    Args:
        histories: 0/1, float32 (n_users, n_items).
    """
    n_users, n_items = histories.shape
    user_scale = np.maximum(histories.sum(axis=1), 1.0) ** -0.5
    item_scale = np.maximum(histories.sum(axis=0), 1.0) ** -0.5
    users = np.repeat(np.arange(n_users), np.diff(histories.indptr))
    items = histories.indices
    values = (histories.data * user_scale[users] * item_scale[items]).astype(np.float32)
    rows = np.concatenate([users, items + n_users])
    columns = np.concatenate([items + n_users, users])
    size = n_users + n_items
    both = (np.concatenate([values, values]), (rows, columns))
    return sp.csr_array(both, shape=(size, size))


class Propagation:
    """The linear map 1 / (L + 1) * (I + A + ... + A^L); the identity without layers.

    It is symmetric, so it also takes the gradient of what comes out back to what went in.
    """

    def __init__(self, histories: sp.csr_array, n_layers: int, device: torch.device) -> None:
        self._n_layers = n_layers
        if n_layers:
            self._adjacency = sparse_tensor(normalized_adjacency(histories), device)

    def __call__(self, vectors: torch.Tensor) -> torch.Tensor:
        """Map vectors of users and items, float32 (n_users + n_items, dim); no gradient."""
        vectors = vectors.detach()
        total, walked = vectors.clone(), vectors
        for _ in range(self._n_layers):
            walked = self._adjacency @ walked
            total += walked
        return total / (self._n_layers + 1)
