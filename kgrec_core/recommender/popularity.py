"""Popularity: the same list for everybody; all of the score is bias."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.recommender.contract import (
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.muting import Muted

__all__ = ["PopularityRecommender", "PopularitySettings"]


class PopularitySettings(BaseModel):
    """Nothing to choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PopularityRecommender:
    """score(u, i) = number of users who interacted with i."""

    name = "popularity"

    def __init__(self, settings: PopularitySettings) -> None:
        self.settings = settings
        self._counts: FloatArray = np.zeros(0, dtype=np.float32)

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self._counts.size)

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Count."""
        self._counts = data.known().item_counts().astype(np.float32)
        return {}

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """The counts, once per user, float32 (n_users, n_items)."""
        return np.tile(self._counts, (len(users), 1))

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """Only bias."""
        score = float(self._counts[item_index])
        return PairExplanation(item_index, score, score, ())

    def muted(self, muted: Muted) -> PopularityRecommender:
        """The same: bias belongs to no view."""
        return self

    def state(self) -> RecommenderState:
        """The counts."""
        return RecommenderState({"settings": {}}, {"counts": self._counts})

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> PopularityRecommender:
        """Bring the counts back; items that `data` has more count 0."""
        recommender = cls(PopularitySettings())
        counts = state.arrays["counts"]
        recommender._counts = np.pad(counts, (0, data.graph.n_items - counts.size))
        return recommender
