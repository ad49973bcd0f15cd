"""A model whose score is a plain sum of fixed weights: everything about it is known by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    RecommenderState,
    TrainingData,
    UserEvidence,
)


class Additive:
    """score(u, i) = sum over the history of weights[j, i]; nothing is renormalized."""

    name = "additive"

    def __init__(self, weights: Sequence[Sequence[float]]) -> None:
        self.weights = np.array(weights, dtype=np.float64)

    @property
    def n_items(self) -> int:
        return self.weights.shape[1]

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        return {}

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        rows = [self.weights[user.item_indices].sum(axis=0) for user in users]
        return np.array(rows, dtype=np.float32).reshape(len(users), self.n_items)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        terms = [
            Contribution("collaborative", EvidenceUnit("item", int(j)), value, 1.0, 1.0, value)
            for j in user.item_indices
            if (value := float(self.weights[j, item_index]))
        ]
        terms.sort(key=lambda term: -abs(term.value))
        score = float(self.score([user])[0, item_index])
        return PairExplanation(item_index, score, 0.0, tuple(terms))

    def state(self) -> RecommenderState:
        return RecommenderState({}, {"weights": self.weights})


class OfProfile(Additive):
    """The same scores, told as one term of the whole user."""

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        score = float(self.score([user])[0, item_index])
        profile = EvidenceUnit("profile", 0)
        term = Contribution("collaborative", profile, score, 1.0, 1.0, score)
        return PairExplanation(item_index, score, 0.0, (term,))


def history(items: Sequence[int], times: Sequence[int] | None = None) -> UserEvidence:
    """A user of the data, user 0, with weights of 1."""
    n = len(items)
    return UserEvidence(
        np.array(items, dtype=np.int64),
        np.ones(n, dtype=np.float32),
        np.array(times if times is not None else [NO_TIME] * n, dtype=np.int64),
        user_index=0,
    )
