"""Several content kernels under fixed weights, applied as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import IndexArray
from kgrec_core.recommender.kernels import IncidenceKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel

__all__ = ["LARGEST_SQUARE", "MixedKernel"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

LARGEST_SQUARE = 6_000
"""Items up to which a mixture is kept as a dense square (144 MB)."""
FEWEST_ROWS = 64
"""For fewer rows a square that is not there yet is not worth making."""
DENSE_SPEED = 25.0
"""Products of a dense square are about so many times faster per operation than sparse ones."""


class MixedKernel:
    """sum over m of weight_m * kernel_m; as a dense square where that is faster."""

    def __init__(
        self,
        kernels: Sequence[IncidenceKernel | NeighborKernel],
        weights: Sequence[float],
        n_items: int,
    ) -> None:
        self._kernels = tuple(kernels)
        self._weights = tuple(float(weight) for weight in weights)
        self._n_items = n_items
        self._square: Matrix | None = None

    def is_of(
        self, kernels: Sequence[IncidenceKernel | NeighborKernel], weights: Sequence[float]
    ) -> bool:
        """Whether this is the mixture of these very kernels under these weights."""
        return (
            len(kernels) == len(self._kernels)
            and all(own is other for own, other in zip(self._kernels, kernels, strict=True))
            and self._weights == tuple(weights)
        )

    def apply(self, left: Matrix | sp.csr_array) -> Matrix:
        """Product with the weighted sum of the kernels: float32 (m, n_items) -> (m, n_items)."""
        if self._takes_square(left):
            if self._square is None:
                self._square = self._dense()
            return np.asarray(left @ self._square, dtype=np.float32)
        product = np.zeros(left.shape, dtype=np.float32)
        for kernel, weight in zip(self._kernels, self._weights, strict=True):
            if weight:
                product += np.float32(weight) * kernel.apply(left)
        return product

    def weighed(self, rows: IndexArray, values: Matrix) -> Matrix:
        """Rows of the mixture times values of all items, (n_items, n) -> float32 (n_rows, n)."""
        total = np.zeros((rows.size, values.shape[1]), dtype=np.float32)
        for kernel, weight in zip(self._kernels, self._weights, strict=True):
            if weight:
                total += np.float32(weight) * kernel.weighed(rows, values)
        return total

    def _takes_square(self, left: Matrix | sp.csr_array) -> bool:
        is_small = self._n_items <= LARGEST_SQUARE
        if not is_small or (self._square is None and left.shape[0] < FEWEST_ROWS):
            return False
        if not isinstance(left, np.ndarray):
            return True
        return self._n_items**2 < DENSE_SPEED * self._n_operations

    @property
    def _n_operations(self) -> int:
        """Multiplications per row when each kernel is applied in its factors."""
        return sum(
            2 * kernel.incidence.nnz if isinstance(kernel, IncidenceKernel) else kernel.columns.nnz
            for kernel in self._kernels
        )

    def _dense(self) -> Matrix:
        """The mixture itself, float32 (n_items, n_items)."""
        pairs = [pair for pair in zip(self._kernels, self._weights, strict=True) if pair[1]]
        shared = [(kernel, w) for kernel, w in pairs if isinstance(kernel, IncidenceKernel)]
        square = np.zeros((self._n_items, self._n_items), dtype=np.float32)
        if shared:
            # One product over the entities of all relations at once.
            left = sp.hstack([kernel.incidence for kernel, _ in shared], format="csr")
            scaled = [
                kernel.incidence.multiply((np.float32(weight) * kernel.scale)[:, None])
                for kernel, weight in shared
            ]
            right = sp.csr_array(sp.hstack(scaled, format="csr").T, dtype=np.float32)
            square = np.asarray((left @ right).toarray(), dtype=np.float32)
            np.fill_diagonal(square, 0.0)
        for kernel, weight in pairs:
            if isinstance(kernel, NeighborKernel):
                links = kernel.columns.tocoo()
                targets, sources = links.coords
                square[sources, targets] += np.float32(weight) * links.data
        return square
