"""Implicit alternating least squares (Hu, Koren and Volinsky 2008), exact per history item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.config import checked
from kgrec_core.contracts import FloatArray, OnProgress, Progress, no_progress
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import (
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.kernel_based import item_contributions
from kgrec_core.recommender.muting import CollaborativeOnly
from kgrec_core.recommender.peers.fold_in import History, LeastSquares
from kgrec_core.recommender.search_space import FloatRange, IntRange, SearchSpace

__all__ = ["AlsRecommender", "AlsSettings"]

STAGE = "Alternating between users and items"


class AlsSettings(BaseModel):
    """Implicit ALS."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    search_space: ClassVar[SearchSpace] = {
        "embedding_dim": IntRange(16, 256, log=True),
        "l2": FloatRange(0.1, 300.0, log=True),
        "alpha": FloatRange(0.1, 100.0, log=True),
        "weight_exponent": FloatRange(0.0, 1.0),
    }

    embedding_dim: int = Field(default=64, ge=1, le=1024, description="Length of the vectors.")
    l2: float = Field(default=20.0, gt=0, description="Ridge; larger means smoother.")
    alpha: float = Field(
        default=1.0,
        gt=0,
        description="How much more an interaction counts than its absence: confidence is 1 + alpha "
        "for an interaction of mean weight.",
    )
    weight_exponent: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="Confidence grows with (weight / mean weight) ** exponent; 0 ignores weights.",
    )
    n_iterations: int = Field(
        default=15, ge=1, le=500, description="Rounds over all users and all items."
    )


class AlsRecommender(CollaborativeOnly):
    """Every user, known or not, gets the vector that solves the half step for his evidence.

    With the item vectors v fixed, u = A_u^-1 sum_j c_uj v_j where
    A_u = V'V + sum_j (c_uj - 1) v_j v_j' + l2 * I, so the score of item i is the sum over the
    history of c_uj v_j' A_u^-1 v_i: one exact contribution per history item.
    """

    name = "als"

    def __init__(self, settings: AlsSettings) -> None:
        self.settings = settings
        self._fold_in: LeastSquares | None = None
        self._mean_weight = 1.0

    @property
    def fold_in(self) -> LeastSquares:
        """Closed form over the fitted item vectors.

        Raises:
            MissingStepError: `fit` was not called.
        """
        if self._fold_in is None:
            raise MissingStepError("The ALS model has to be fitted before it can score.")
        return self._fold_in

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self.fold_in.item_vectors.shape[0])

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Alternate on train and validation, in one thread so that a seed fixes the result."""
        known = data.known()
        self._mean_weight = float(known.weights.mean()) if len(known) else 1.0
        confidences = known.matrix()
        confidences.data = self._confidences(confidences.data).astype(np.float32)
        seed = int(rng.integers(2**31))
        vectors = _item_vectors(confidences, self.settings, seed, on_progress)
        vectors[known.item_counts() == 0] = 0.0
        self._fold_in = LeastSquares.of(vectors, self.settings.l2)
        return {}

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items for each user, float32 (n_users, n_items)."""
        vectors = self.fold_in.vectors([self._history(user) for user in users])
        items = self.fold_in.item_vectors.astype(np.float64)
        return (vectors @ items.T).astype(np.float32)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """One collaborative term per history item."""
        cells = self.fold_in.cells(self._history(user), item_index)
        score = float(self.score([user])[0, item_index])
        return PairExplanation(item_index, score, 0.0, item_contributions(user, cells))

    def state(self) -> RecommenderState:
        """Settings and item vectors; users are folded in anew."""
        settings = {"settings": self.settings.model_dump(), "mean_weight": self._mean_weight}
        return RecommenderState(settings, {"item_vectors": self.fold_in.item_vectors})

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> AlsRecommender:
        """Bring the item vectors back; items that `data` has more get zeros."""
        recommender = cls(checked(AlsSettings, state.settings["settings"]))
        recommender._mean_weight = float(state.settings["mean_weight"])
        vectors = state.arrays["item_vectors"]
        base = LeastSquares.of(vectors, recommender.settings.l2).base
        longer = np.pad(vectors, ((0, data.graph.n_items - len(vectors)), (0, 0)))
        recommender._fold_in = LeastSquares(longer, base)
        return recommender

    def _history(self, user: UserEvidence) -> History:
        confidences = self._confidences(user.item_weights)
        return History(user.item_indices, confidences - 1.0, confidences)

    def _confidences(self, weights: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """1 + alpha * (weight / mean weight) ** exponent, float64 (n,)."""
        ratio = weights.astype(np.float64) / self._mean_weight
        return 1.0 + self.settings.alpha * ratio**self.settings.weight_exponent


def _item_vectors(
    confidences: sp.csr_array, settings: AlsSettings, seed: int, on_progress: OnProgress
) -> FloatArray:
    """Fitted item vectors, float32 (n_items, embedding_dim)."""
    if not confidences.nnz:
        return np.zeros((confidences.shape[1], settings.embedding_dim), dtype=np.float32)
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    def report(iteration: int, seconds: float, loss: float | None) -> None:
        on_progress(Progress(STAGE, iteration + 1, settings.n_iterations, {}))

    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=settings.embedding_dim,
            regularization=settings.l2,
            iterations=settings.n_iterations,
            num_threads=1,
            random_state=seed,
        )
        model.fit(sp.csr_matrix(confidences), show_progress=False, callback=report)
    return np.asarray(model.item_factors, dtype=np.float32)
