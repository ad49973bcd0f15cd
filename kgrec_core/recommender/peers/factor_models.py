"""Models of one vector per user and item: BPR-MF, MF with the full softmax, LightGCN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

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
from kgrec_core.recommender.peers.factor_settings import (
    BprMfSettings,
    FactorSettings,
    LightGcnSettings,
    MfSoftmaxSettings,
)
from kgrec_core.recommender.peers.factor_training import train_factors
from kgrec_core.recommender.peers.fold_in import Float64, UserMap, fit_user_map

__all__ = ["BprMfRecommender", "FactorRecommender", "LightGcnRecommender", "MfSoftmaxRecommender"]


class FactorRecommender(CollaborativeOnly):
    """score(u, i) = u . v_i: known users by their learned vector, all others folded in.

    The vector of a user stands for all that he did at once, so an explanation has one term, the
    profile.
    """

    name: ClassVar[str]
    settings_class: ClassVar[type[FactorSettings]]

    def __init__(self, settings: FactorSettings) -> None:
        self.settings = settings
        self._user_vectors: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._map: UserMap | None = None

    @property
    def user_map(self) -> UserMap:
        """Item vectors, and how histories become vectors.

        Raises:
            MissingStepError: `fit` was not called.
        """
        if self._map is None:
            raise MissingStepError(
                f"The model '{self.name}' has to be fitted before it can be used."
            )
        return self._map

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self.user_map.item_vectors.shape[0])

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Choose the epochs on the validation part, then fit on train and validation."""
        factors, metrics = train_factors(data, self.settings, rng=rng, on_progress=on_progress)
        known = data.known()
        histories = [known.item_indices[own] for own in known.positions_by_user()]
        active = np.flatnonzero(known.user_counts())
        self._user_vectors = factors.user_vectors
        self._map = fit_user_map(
            factors.user_vectors[active],
            factors.item_vectors,
            [histories[user] for user in active],
        )
        return metrics

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Products of vectors, float32 (n_users, n_items)."""
        items = self.user_map.item_vectors.astype(np.float64)
        return (self._vectors(users) @ items.T).astype(np.float32)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """One collaborative term: the whole profile."""
        vector = self._vectors([user])[0]
        value = float(vector @ self.user_map.item_vectors[item_index].astype(np.float64))
        profile = EvidenceUnit("profile", 0)
        term = Contribution("collaborative", profile, value, attention=1.0, gate=1.0, kernel=value)
        score = float(self.score([user])[0, item_index])
        return PairExplanation(item_index, score, 0.0, (term,))

    def _vectors(self, users: Sequence[UserEvidence]) -> Float64:
        """Learned where there is one, else folded in, float64 (n_users, dim)."""
        vectors = self.user_map.vectors([user.item_indices for user in users])
        for row, user in enumerate(users):
            if 0 <= user.user_index < len(self._user_vectors):
                learned = self._user_vectors[user.user_index]
                # Zeros stand for a known user without any interaction in the training.
                if learned.any():
                    vectors[row] = learned
        return vectors

    def state(self) -> RecommenderState:
        """Settings, the vectors of users and items, and the fold-in."""
        arrays: dict[str, np.ndarray[Any, Any]] = {
            "user_vectors": self._user_vectors,
            "item_vectors": self.user_map.item_vectors,
            "fold_in": self.user_map.weights,
        }
        return RecommenderState({"settings": self.settings.model_dump()}, arrays)

    @classmethod
    def from_state(cls, state: RecommenderState, data: TrainingData) -> Self:
        """Bring the vectors back; items that `data` has more get zeros."""
        recommender = cls(checked(cls.settings_class, state.settings["settings"]))
        recommender._user_vectors = state.arrays["user_vectors"]
        vectors = state.arrays["item_vectors"]
        longer = np.pad(vectors, ((0, data.graph.n_items - len(vectors)), (0, 0)))
        recommender._map = UserMap(longer, state.arrays["fold_in"])
        return recommender


class BprMfRecommender(FactorRecommender):
    """Bayesian personalized ranking (Rendle et al. 2009)."""

    name = "bpr-mf"
    settings_class = BprMfSettings


class MfSoftmaxRecommender(FactorRecommender):
    """Matrix factorization under the softmax over all items, on vectors of length 1."""

    name = "mf-softmax"
    settings_class = MfSoftmaxSettings


class LightGcnRecommender(FactorRecommender):
    """LightGCN (He et al. 2020); it propagates while fitting, what is saved is the result."""

    name = "lightgcn"
    settings_class = LightGcnSettings
