"""Baselines that are one item-item kernel: score(u, i) = sum of k(j, i) over the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.config import checked
from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion_settings import FitParameters
from kgrec_core.recommender.posterior import Correction, solve

__all__ = ["EaseRecommender", "EaseSettings", "ItemKnnRecommender", "ItemKnnSettings"]


class ItemKnnSettings(BaseModel):
    """Item-kNN with shrinkage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_neighbors: int = Field(default=100, ge=1, description="Most similar items kept per item.")
    shrinkage: float = Field(
        default=10.0, ge=0, description="Distrusts similarities that rest on few users."
    )


class EaseSettings(BaseModel):
    """EASE: closed-form item-item regression."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    l2: float = Field(default=200.0, gt=0, description="Ridge; larger means smoother.")


class _ItemBased:
    """What both share: a history is a 0/1 row, the kernel is a `Correction` without content."""

    name: ClassVar[str]
    settings: BaseModel

    def __init__(self) -> None:
        self._kernel = Correction(np.zeros((0, 0), dtype=np.float32), None)

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self._kernel.left.shape[0])

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Sums over histories, float32 (n_users, n_items)."""
        sizes = [user.item_indices.size for user in users]
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        empty = np.zeros(0, dtype=np.int64)
        indices = np.concatenate([empty, *(user.item_indices for user in users)])
        ones = np.ones(indices.size, dtype=np.float32)
        shape = (len(users), self.n_items)
        return self._kernel.apply(sp.csr_array((ones, indices, indptr), shape=shape))

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """One collaborative term per history item."""
        cells = self._kernel.cells(user.item_indices, item_index)
        n_units = max(user.item_indices.size, 1)
        contributions = [
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
        ]
        score = float(self.score([user])[0, item_index])
        return PairExplanation(item_index, score, 0.0, tuple(contributions))

    def state(self) -> RecommenderState:
        """The kernel."""
        arrays: dict[str, np.ndarray[Any, Any]] = {"left": self._kernel.left}
        if self._kernel.right is not None:
            arrays["right"] = self._kernel.right
        return RecommenderState({"settings": self.settings.model_dump()}, arrays)

    def _restore(self, state: RecommenderState, data: TrainingData) -> None:
        found = Correction(state.arrays["left"], state.arrays.get("right"))
        self._kernel = found.extended(data.graph.n_items)


class ItemKnnRecommender(_ItemBased):
    """Cosine of item columns, shrunk, k nearest (Sarwar et al. 2001)."""

    name = "item-knn"

    def __init__(self, settings: ItemKnnSettings) -> None:
        super().__init__()
        self.settings: ItemKnnSettings = settings

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Similarities of all pairs of items that share a user."""
        on_progress(Progress("Comparing items", 0, 1, {}))
        matrix = data.known().matrix()
        matrix.data[:] = 1.0
        together = np.asarray((matrix.T @ matrix).toarray(), dtype=np.float32)
        lengths = np.sqrt(np.diag(together))
        kernel = together / (np.outer(lengths, lengths) + self.settings.shrinkage + 1e-9)
        np.fill_diagonal(kernel, 0.0)
        n_dropped = kernel.shape[0] - self.settings.n_neighbors
        if n_dropped > 0:
            weakest = np.argpartition(kernel, n_dropped, axis=0)[:n_dropped]
            np.put_along_axis(kernel, weakest, 0.0, axis=0)
        self._kernel = Correction(kernel.astype(np.float32), None)
        on_progress(Progress("Comparing items", 1, 1, {}))
        return {}

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> ItemKnnRecommender:
        """Bring the kernel back; items that `data` has more get zeros."""
        recommender = cls(checked(ItemKnnSettings, state.settings["settings"]))
        recommender._restore(state, data)
        return recommender


class EaseRecommender(_ItemBased):
    """Embarrassingly shallow autoencoder (Steck 2019), solved over the smaller side."""

    name = "ease"

    def __init__(self, settings: EaseSettings) -> None:
        super().__init__()
        self.settings: EaseSettings = settings

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Solve once, on train and validation."""
        on_progress(Progress("Solving the regression", 0, 1, {}))
        matrix = data.known().matrix()
        matrix.data[:] = 1.0
        diagonal = matrix.sum(axis=0)
        mean = float(diagonal[diagonal > 0].mean()) if matrix.nnz else 1.0
        plain = FitParameters(denoise=0.0, ridge=self.settings.l2 / mean)
        self._kernel = solve(matrix, plain).correction((), ())
        on_progress(Progress("Solving the regression", 1, 1, {}))
        return {}

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> EaseRecommender:
        """Bring the kernel back; items that `data` has more get zeros."""
        recommender = cls(checked(EaseSettings, state.settings["settings"]))
        recommender._restore(state, data)
        return recommender
