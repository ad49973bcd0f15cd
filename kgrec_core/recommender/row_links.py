"""Links of some rows of an incidence, taken out once and compared with many columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray

__all__ = ["RowLinks"]


@dataclass(frozen=True)
class RowLinks:
    """The stored entries of some rows, row by row.

    Attributes:
        rows: rows that were asked for, int64 (n_rows,).
        places: place in `rows` of each entry, int64 (n_entries,).
        columns: local column of each entry, int64 (n_entries,).
        data: float32 (n_entries,).
        triples: triple behind each entry, int64 (n_entries,).
    """

    rows: IndexArray
    places: IndexArray
    columns: IndexArray
    data: FloatArray
    triples: IndexArray

    @classmethod
    def of(cls, incidence: sp.csr_array, triple_of: IndexArray, rows: IndexArray) -> RowLinks:
        """Take rows out.

        Args:
            incidence: float32 (n_items, n_local).
            triple_of: triple behind each stored entry, int64 (nnz,).
            rows: int64 (n_rows,).
        """
        starts = incidence.indptr[rows].astype(np.int64)
        counts = incidence.indptr[rows + 1].astype(np.int64) - starts
        ends = np.cumsum(counts)
        total = int(ends[-1]) if ends.size else 0
        entries = np.repeat(starts - ends + counts, counts) + np.arange(total)
        return cls(
            rows,
            np.repeat(np.arange(rows.size), counts),
            incidence.indices[entries].astype(np.int64),
            incidence.data[entries],
            triple_of[entries],
        )
