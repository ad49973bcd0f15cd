"""A channel: one more additive part of the score, with attention and kernel of its own.

    channel(u, i) = sum over j of strength(u, j) * kernel(j, i)

The fusion model adds channels to its core (content and its correction by behavior), each times a
gate that depends on the user alone. All kernels are sparse or of low rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.recommender.contract import EvidenceKind, Modality, UserEvidence

__all__ = [
    "Arrays",
    "Channel",
    "ChannelKernel",
    "Listener",
    "LowRankKernel",
    "SparseKernel",
    "Voices",
]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Voices:
    """The evidence of one user that a channel listens to.

    Attributes:
        kind: what `indices` count.
        indices: int64 (n,).
        strengths: float32 (n,); may be negative where an earlier voice already said it.
    """

    kind: EvidenceKind
    indices: IndexArray
    strengths: FloatArray


class Listener(Protocol):
    """Decides how loud each unit of evidence is."""

    def voices(self, user: UserEvidence) -> Voices:
        """What counts of one user, and how much."""
        ...

    def arrays(self) -> Arrays:
        """What has to be saved."""
        ...


class ChannelKernel(Protocol):
    """What sources (items, users, attributes) say about items."""

    def spread(self, strengths: sp.csr_array) -> Matrix:
        """Strengths times kernel: (m, n_sources) -> float32 (m, n_items)."""
        ...

    def weighed(self, sources: IndexArray, values: Matrix) -> Matrix:
        """Rows of the kernel times values of all items, (n_items, n) -> float32 (n_sources, n)."""
        ...

    def cells(self, sources: IndexArray, item_index: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The entries at (sources, item), float64 (n,)."""
        ...

    def extended(self, n_items: int) -> ChannelKernel:
        """The same kernel over a longer list of items; it says nothing about new ones."""
        ...

    def arrays(self) -> Arrays:
        """What has to be saved."""
        ...


@dataclass(frozen=True)
class LowRankKernel:
    """kernel(j, i) = <source_j, target_i>.

    Attributes:
        source: float32 (n_sources, rank).
        target: float32 (n_items, rank); zero rows for items it says nothing about.
    """

    source: Matrix
    target: Matrix

    def spread(self, strengths: sp.csr_array) -> Matrix:
        """(m, n_sources) -> float32 (m, n_items)."""
        return np.asarray((strengths @ self.source) @ self.target.T, dtype=np.float32)

    def weighed(self, sources: IndexArray, values: Matrix) -> Matrix:
        """Rows of the kernel times values of all items, (n_items, n) -> float32 (n_sources, n)."""
        return np.asarray(self.source[sources] @ (self.target.T @ values), dtype=np.float32)

    def cells(self, sources: IndexArray, item_index: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The entries at (sources, item), float64 (n,)."""
        target = self.target[item_index].astype(np.float64)
        return np.asarray(self.source[sources].astype(np.float64) @ target)

    def extended(self, n_items: int) -> LowRankKernel:
        """Zero rows for new items, on both sides where the sources are items."""
        extra = n_items - self.target.shape[0]
        is_square = self.source.shape[0] == self.target.shape[0]
        source = np.pad(self.source, ((0, extra), (0, 0))) if is_square else self.source
        return LowRankKernel(source, np.pad(self.target, ((0, extra), (0, 0))))

    def arrays(self) -> Arrays:
        """Both sides."""
        return {"source": self.source, "target": self.target}


@dataclass(frozen=True)
class SparseKernel:
    """A kernel stored entry by entry.

    Attributes:
        entries: float32 (n_sources, n_items).
    """

    entries: sp.csr_array

    def spread(self, strengths: sp.csr_array) -> Matrix:
        """(m, n_sources) -> float32 (m, n_items)."""
        return np.asarray((strengths @ self.entries).toarray(), dtype=np.float32)

    def weighed(self, sources: IndexArray, values: Matrix) -> Matrix:
        """Rows of the kernel times values of all items, (n_items, n) -> float32 (n_sources, n)."""
        return np.asarray(self.entries[sources] @ values, dtype=np.float32)

    def cells(self, sources: IndexArray, item_index: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The entries at (sources, item), float64 (n,)."""
        column = self.entries[sources][:, [item_index]]
        return np.asarray(column.toarray(), dtype=np.float64).ravel()

    def extended(self, n_items: int) -> SparseKernel:
        """Empty columns for new items, and empty rows where the sources are items."""
        old = self.entries
        is_square = old.shape[0] == old.shape[1]
        n_rows = n_items if is_square else old.shape[0]
        indptr = np.pad(old.indptr, (0, n_rows - old.shape[0]), mode="edge")
        longer = sp.csr_array((old.data, old.indices, indptr), shape=(n_rows, n_items))
        return SparseKernel(longer)

    def arrays(self) -> Arrays:
        """The parts of the sparse matrix."""
        return {
            "indptr": self.entries.indptr.astype(np.int64),
            "indices": self.entries.indices.astype(np.int32),
            "data": self.entries.data.astype(np.float32),
            "shape": np.array(self.entries.shape, dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> SparseKernel:
        """What `arrays` gave."""
        n_rows, n_columns = (int(size) for size in arrays["shape"])
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        return cls(sp.csr_array(parts, shape=(n_rows, n_columns)))


@dataclass(frozen=True)
class Channel:
    """A listener and a kernel under a name.

    Attributes:
        name: key among the channels of a model.
        modality: which view speaks.
        listener: how loud each unit of evidence is.
        kernel: what it says.
        n_sources: size of what `Voices.indices` count.
    """

    name: str
    modality: Modality
    listener: Listener
    kernel: ChannelKernel
    n_sources: int

    def scores(self, users: Sequence[UserEvidence]) -> Matrix:
        """Scores of all items, float32 (n_users, n_items)."""
        return self.kernel.spread(self.strengths(users))

    def strengths(self, users: Sequence[UserEvidence]) -> sp.csr_array:
        """Strength of each source for each user, sparse float32 (n_users, n_sources)."""
        voices = [self.listener.voices(user) for user in users]
        indptr = np.concatenate([[0], np.cumsum([voice.indices.size for voice in voices])])
        empty = np.zeros(0, dtype=np.int64)
        indices = np.concatenate([empty, *(voice.indices for voice in voices)])
        data = np.concatenate([empty, *(voice.strengths for voice in voices)]).astype(np.float32)
        shape = (len(users), self.n_sources)
        return sp.csr_array((data, indices, indptr.astype(np.int64)), shape=shape)

    def extended(self, n_items: int) -> Channel:
        """The same channel over a longer list of items."""
        kernel = self.kernel.extended(n_items)
        is_of_items = self.listener.voices(UserEvidence()).kind == "item"
        return Channel(
            self.name,
            self.modality,
            self.listener,
            kernel,
            n_items if is_of_items else self.n_sources,
        )

    def arrays(self) -> Arrays:
        """What has to be saved of listener and kernel."""
        listened = {f"listener.{key}": array for key, array in self.listener.arrays().items()}
        return listened | {f"kernel.{key}": array for key, array in self.kernel.arrays().items()}
