"""Models that are one item-item kernel: score(u, i) = sum of k(j, i) over the history."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from pydantic import BaseModel

from kgrec_core.config import checked
from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.muting import CollaborativeOnly
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.neighbors import Similarity, nearest_items
from kgrec_core.recommender.posterior import Correction

__all__ = ["KernelRecommender", "NeighborRecommender", "item_contributions"]


def item_contributions(
    user: UserEvidence, cells: np.ndarray[Any, np.dtype[np.float64]]
) -> tuple[Contribution, ...]:
    """One collaborative term per history item that says something, strongest first.

    Args:
        user: whose history it is.
        cells: what each history item adds to the score, float64 (n_history,).
    """
    n_units = max(user.item_indices.size, 1)
    return tuple(
        Contribution(
            "collaborative",
            EvidenceUnit("item", int(user.item_indices[position])),
            value=float(cells[position]),
            attention=1.0 / n_units,
            gate=float(n_units),
            kernel=float(cells[position]),
        )
        for position in np.argsort(-np.abs(cells), kind="stable")
        if cells[position]
    )


class KernelRecommender(CollaborativeOnly):
    """A history is a 0/1 row, the kernel sparse or a `Correction` without content."""

    name: ClassVar[str]
    settings: BaseModel

    def __init__(self) -> None:
        self._kernel: Correction | NeighborKernel = Correction(
            np.zeros((0, 0), dtype=np.float32), None
        )

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        kernel = self._kernel
        return int((kernel.left if isinstance(kernel, Correction) else kernel.columns).shape[0])

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Sums over histories, float32 (n_users, n_items)."""
        sizes = [user.item_indices.size for user in users]
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        empty = np.zeros(0, dtype=np.int64)
        indices = np.concatenate([empty, *(user.item_indices for user in users)])
        ones = np.ones(indices.size, dtype=np.float32)
        histories = sp.csr_array((ones, indices, indptr), shape=(len(users), self.n_items))
        if isinstance(self._kernel, Correction):
            return self._kernel.apply(histories)
        return self._kernel.apply(histories.toarray())

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """One collaborative term per history item."""
        cells = np.zeros(user.item_indices.size)
        if isinstance(self._kernel, Correction):
            cells = self._kernel.cells(user.item_indices, item_index)
        else:
            found = self._kernel.cells(user.item_indices, item_index)
            cells[found.rows] = found.values
        score = float(self.score([user])[0, item_index])
        return PairExplanation(item_index, score, 0.0, item_contributions(user, cells))


class NeighborRecommender(KernelRecommender, ABC):
    """The kernel holds the nearest items of each item."""

    settings_class: ClassVar[type[BaseModel]]

    def __init__(self, settings: BaseModel) -> None:
        super().__init__()
        self.settings = settings

    @abstractmethod
    def similarity(self) -> Similarity:
        """How items are compared under the settings."""

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Compare all pairs of items that share a user, on train and validation."""
        found = nearest_items(data.known(), self.similarity(), on_progress=on_progress)
        self._kernel = _sparse_kernel(self.name, found)
        return {}

    def state(self) -> RecommenderState:
        """The kernel, sparse."""
        if not isinstance(self._kernel, NeighborKernel):
            raise MissingStepError(
                f"The model '{self.name}' has to be fitted before it can be saved."
            )
        columns = self._kernel.columns
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "indptr": columns.indptr.astype(np.int64),
            "indices": columns.indices.astype(np.int32),
            "data": columns.data,
        }
        return RecommenderState({"settings": self.settings.model_dump()}, arrays)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> Self:
        """Bring the kernel back; items that `data` has more get zeros."""
        recommender = cls(checked(cls.settings_class, state.settings["settings"]))
        arrays, n_items = state.arrays, data.graph.n_items
        extra = n_items + 1 - arrays["indptr"].size
        indptr = np.pad(arrays["indptr"], (0, extra), mode="edge")
        columns = sp.csr_array(
            (arrays["data"], arrays["indices"], indptr), shape=(n_items, n_items)
        )
        recommender._kernel = _sparse_kernel(cls.name, columns)
        return recommender


def _sparse_kernel(name: str, columns: sp.csr_array) -> NeighborKernel:
    columns.sort_indices()
    sums = np.asarray(columns.sum(axis=1), dtype=np.float32)
    return NeighborKernel(name, columns, sums, np.full(columns.nnz, -1, dtype=np.int64))
