"""Baselines that are one item-item kernel: score(u, i) = sum of k(j, i) over the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.config import checked
from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion_settings import FitParameters
from kgrec_core.recommender.kernels import NeighborKernel
from kgrec_core.recommender.posterior import Correction, solve
from kgrec_core.recommender.search_space import FloatRange, IntRange, SearchSpace

__all__ = ["EaseRecommender", "EaseSettings", "ItemKnnRecommender", "ItemKnnSettings"]

BLOCK = 1024
EPS = 1e-9


class ItemKnnSettings(BaseModel):
    """Item-kNN with shrinkage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {
        "n_neighbors": IntRange(10, 500, log=True),
        "shrinkage": FloatRange(1.0, 300.0, log=True),
    }

    n_neighbors: int = Field(default=100, ge=1, description="Most similar items kept per item.")
    shrinkage: float = Field(
        default=10.0, ge=0, description="Distrusts similarities that rest on few users."
    )


class EaseSettings(BaseModel):
    """EASE: closed-form item-item regression."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {"l2": FloatRange(10.0, 5000.0, log=True)}

    l2: float = Field(default=200.0, gt=0, description="Ridge; larger means smoother.")


class _ItemBased:
    """What both share: a history is a 0/1 row, the kernel a `Correction` without content."""

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


class ItemKnnRecommender(_ItemBased):
    """Cosine of item columns, shrunk, k nearest (Sarwar et al. 2001)."""

    name = "item-knn"

    def __init__(self, settings: ItemKnnSettings) -> None:
        super().__init__()
        self.settings: ItemKnnSettings = settings

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Similarities of all pairs of items that share a user, a block of items at a time."""
        matrix = sp.csc_array(data.known().matrix())
        matrix.data[:] = 1.0
        n_items = matrix.shape[1]
        blocks = []
        for start in range(0, n_items, BLOCK):
            on_progress(Progress("Comparing items", start, n_items, {}))
            blocks.append(self._nearest(matrix, start, min(start + BLOCK, n_items)))
        self._kernel = _sparse_kernel(sp.csr_array(sp.vstack(blocks, format="csr")))
        on_progress(Progress("Comparing items", n_items, n_items, {}))
        return {}

    def _nearest(self, matrix: sp.csc_array, start: int, stop: int) -> sp.csr_array:
        """The nearest items of a block of targets, sparse (stop - start, n_items)."""
        together = np.asarray((matrix[:, start:stop].T @ matrix).toarray(), dtype=np.float32)
        lengths = np.sqrt(matrix.sum(axis=0)).astype(np.float32)
        cosine = together / (np.outer(lengths[start:stop], lengths) + self.settings.shrinkage + EPS)
        cosine[np.arange(stop - start), np.arange(start, stop)] = 0.0
        n_dropped = cosine.shape[1] - self.settings.n_neighbors
        if n_dropped > 0:
            weakest = np.argpartition(cosine, n_dropped, axis=1)[:, :n_dropped]
            np.put_along_axis(cosine, weakest, 0.0, axis=1)
        return sp.csr_array(cosine)

    def state(self) -> RecommenderState:
        """The kernel, sparse."""
        if not isinstance(self._kernel, NeighborKernel):
            raise MissingStepError("The item-kNN model has to be fitted before it can be saved.")
        columns = self._kernel.columns
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "indptr": columns.indptr.astype(np.int64),
            "indices": columns.indices.astype(np.int32),
            "data": columns.data,
        }
        return RecommenderState({"settings": self.settings.model_dump()}, arrays)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> ItemKnnRecommender:
        """Bring the kernel back; items that `data` has more get zeros."""
        recommender = cls(checked(ItemKnnSettings, state.settings["settings"]))
        arrays, n_items = state.arrays, data.graph.n_items
        extra = n_items + 1 - arrays["indptr"].size
        indptr = np.pad(arrays["indptr"], (0, extra), mode="edge")
        recommender._kernel = _sparse_kernel(
            sp.csr_array((arrays["data"], arrays["indices"], indptr), shape=(n_items, n_items))
        )
        return recommender


def _sparse_kernel(columns: sp.csr_array) -> NeighborKernel:
    columns.sort_indices()
    sums = np.asarray(columns.sum(axis=1), dtype=np.float32)
    return NeighborKernel("item-knn", columns, sums, np.full(columns.nnz, -1, dtype=np.int64))


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

    def state(self) -> RecommenderState:
        """The kernel: a square, or its two factors."""
        kernel = self._kernel
        if not isinstance(kernel, Correction):
            raise MissingStepError("The EASE model has to be fitted before it can be saved.")
        arrays: dict[str, np.ndarray[Any, Any]] = {"left": kernel.left}
        if kernel.right is not None:
            arrays["right"] = kernel.right
        return RecommenderState({"settings": self.settings.model_dump()}, arrays)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> EaseRecommender:
        """Bring the kernel back; items that `data` has more get zeros."""
        recommender = cls(checked(EaseSettings, state.settings["settings"]))
        found = Correction(state.arrays["left"], state.arrays.get("right"))
        recommender._kernel = found.extended(data.graph.n_items)
        return recommender
