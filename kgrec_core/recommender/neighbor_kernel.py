"""The content kernel that is stored entry by entry: direct links, or the nearest texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.recommender.kernels import CellPaths, kept_entries, no_paths

__all__ = ["NeighborKernel"]

FloatMatrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class NeighborKernel:
    """An explicit sparse kernel: direct links between items, or the nearest texts.

    Attributes:
        name: relation id, or "text".
        columns: kernel transposed, float32 (n_items targets, n_items sources), rows sum to 1.
        sums: row sums before scaling, float32 (n_items,).
        triple_of: triple behind each stored entry of `columns`, int64 (nnz,); -1 for texts.
    """

    name: str
    columns: sp.csr_array
    sums: FloatArray
    triple_of: IndexArray

    def without(self, is_muted: BoolArray) -> NeighborKernel:
        """The same kernel without some links; those that are left keep their values.

        Args:
            is_muted: bool (n_triples,), by row of the triples.
        """
        kept = ~is_muted[self.triple_of]
        if kept.all():
            return self
        columns = kept_entries(self.columns, kept)
        return replace(self, columns=columns, triple_of=self.triple_of[kept])

    def apply(self, left: FloatMatrix | sp.csr_array) -> FloatMatrix:
        """Product with the kernel: float32 (m, n_items) -> (m, n_items)."""
        product = left @ self.columns.T
        if not isinstance(product, np.ndarray):
            product = product.toarray()
        return np.ascontiguousarray(product, dtype=np.float32)

    def weighed(self, rows: IndexArray, values: FloatMatrix) -> FloatMatrix:
        """Rows of the kernel times values of all items, (n_items, n) -> float32 (n_rows, n)."""
        return np.asarray((self.columns.T @ values)[rows], dtype=np.float32)

    def dense(self) -> FloatMatrix:
        """The kernel itself, float32 (n_items, n_items)."""
        return np.ascontiguousarray(self.columns.toarray().T, dtype=np.float32)

    def cells(self, rows: IndexArray, column: int) -> CellPaths:
        """Direct links row -> column."""
        own = slice(self.columns.indptr[column], self.columns.indptr[column + 1])
        sources, values = self.columns.indices[own], self.columns.data[own]
        if not sources.size or not rows.size:
            return no_paths()
        place = np.minimum(np.searchsorted(sources, rows), sources.size - 1)
        keep = np.flatnonzero(sources[place] == rows)
        found = place[keep]
        first = self.triple_of[own][found]
        triples = np.stack([first, np.full_like(first, -1)], axis=1)
        no_entity = np.full(keep.size, -1, dtype=np.int64)
        return CellPaths(
            keep.astype(np.int64), no_entity, triples, values[found].astype(np.float64)
        )
