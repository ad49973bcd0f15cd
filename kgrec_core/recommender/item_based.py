"""Baselines that are one item-item kernel: score(u, i) = sum of k(j, i) over the history."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.config import checked
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import RecommenderState, TrainingData
from kgrec_core.recommender.fusion_settings import FitParameters
from kgrec_core.recommender.kernel_based import KernelRecommender, NeighborRecommender
from kgrec_core.recommender.neighbors import Similarity
from kgrec_core.recommender.posterior import Correction, solve
from kgrec_core.recommender.search_space import FloatRange, IntRange, SearchSpace

__all__ = ["EaseRecommender", "EaseSettings", "ItemKnnRecommender", "ItemKnnSettings"]


class ItemKnnSettings(BaseModel):
    """Item-kNN with shrinkage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {
        "n_neighbors": IntRange(20, 500, log=True),
        "shrinkage": FloatRange(0.0, 50.0),
        "user_exponent": FloatRange(0.0, 1.0),
        "source_exponent": FloatRange(0.2, 0.8),
        "target_exponent": FloatRange(0.2, 0.8),
    }

    n_neighbors: int = Field(default=200, ge=1, description="Most similar items kept per item.")
    shrinkage: float = Field(
        default=10.0, ge=0, description="Distrusts similarities that rest on few users."
    )
    user_exponent: float = Field(
        default=0.5,
        ge=0,
        le=2,
        description="How much less the choices of users with long histories count: each history "
        "of n items is scaled by n ** -exponent; 0 counts all users alike.",
    )
    source_exponent: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How much less a popular item of the history says; 0.5 is the cosine.",
    )
    target_exponent: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How much popular items are held back; 0.5 is the cosine.",
    )


class EaseSettings(BaseModel):
    """EASE: closed-form item-item regression."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {"l2": FloatRange(10.0, 3000.0, log=True)}

    l2: float = Field(default=200.0, gt=0, description="Ridge; larger means smoother.")


class ItemKnnRecommender(NeighborRecommender):
    """Cosine of item columns, shrunk, k nearest (Sarwar et al. 2001)."""

    name = "item-knn"
    settings_class = ItemKnnSettings
    settings: ItemKnnSettings

    def similarity(self) -> Similarity:
        """The settings as they stand."""
        return Similarity(
            user_exponent=self.settings.user_exponent,
            source_exponent=self.settings.source_exponent,
            target_exponent=self.settings.target_exponent,
            shrinkage=self.settings.shrinkage,
            n_neighbors=self.settings.n_neighbors,
        )


class EaseRecommender(KernelRecommender):
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
