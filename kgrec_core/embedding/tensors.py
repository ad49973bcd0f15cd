"""Arrays as tensors on a device."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import torch

__all__ = ["sparse_tensor"]


def sparse_tensor(matrix: sp.csr_array, device: torch.device) -> torch.Tensor:
    """The same matrix in compressed rows on `device`."""
    import torch

    with warnings.catch_warnings():
        # Compressed rows are several times faster here than coordinates, and said to be in beta.
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data),
            size=matrix.shape,
            device=device,
            check_invariants=False,
        )
