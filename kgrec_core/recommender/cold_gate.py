"""How loud scores of items that nobody touched may be, so that mixed lists rank well.

Some items that users know are treated as unknown: histories lose them, and their scores come from
content alone and from what content carries over from other items. First the balance of these two
is chosen for ranking the hidden items among themselves. Then both are made louder step by step;
the loudest step that costs the lists of the other items no more of their NDCG than is accepted
wins.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.recommender.cold_projection import (
    ColdProjection,
    ContentFeatures,
    choose_landmarks,
)
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.search import MAX_SCORES
from kgrec_core.recommender.validation import LOWEST, mean_ndcg

__all__ = ["GATES", "choose_cold_gates", "with_cold_items", "with_landmarks"]

HIDDEN_SHARE = (0.02, 0.2)
"""As many items are hidden as are cold in the data, within these shares."""
GATES = tuple(float(gate) for gate in np.geomspace(0.05, 10.0, 24))
BALANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of what is carried over; the rest is content alone."""
MAX_USERS = 1000


def with_cold_items(
    model: FusionModel, item_counts: IndexArray, parameters: FitParameters
) -> FusionModel:
    """The model under its cold gates, able to score items that nobody touched."""
    attention = dataclasses.replace(model.attention, parameters=parameters)
    model = dataclasses.replace(model, attention=attention, cold_gate=parameters.cold_gate)
    return with_landmarks(model, choose_landmarks(item_counts, model.is_cold))


def with_landmarks(model: FusionModel, landmarks: IndexArray) -> FusionModel:
    """The model with its cold items tied to given landmarks."""
    gate = model.attention.parameters.carried_gate
    cold = np.flatnonzero(model.is_cold).astype(np.int64)
    projection = None
    if gate and cold.size and landmarks.size:
        projection = ColdProjection(landmarks, cold, content_features(model), gate)
    return dataclasses.replace(model, cold=projection, landmarks=landmarks)


def content_features(model: FusionModel) -> ContentFeatures:
    """The symmetric content kernels of a model, weighted as in its core."""
    links = model.incidence_kernels
    weights = tuple(model.weight_of(kernel.name) for kernel in links)
    text = model.weight_of(model.text.name) if model.text else 0.0
    return ContentFeatures(links, weights, model.text_vectors, text)


def choose_cold_gates(
    data: TrainingData,
    model: FusionModel,
    parameters: FitParameters,
    settings: FusionSettings,
    rng: np.random.Generator,
) -> FitParameters:
    """The loudest gates whose cost to known items is accepted.

    Args:
        data: its validation part judges; `model` is fitted on its training part.
        model: core and channels.
        parameters: get both gates.
        settings: list length and accepted cost.
        rng: draws the hidden items and, on large data, the users.
    """
    if not model.content_kernels:
        return parameters
    hidden = _hidden_items(data, model, rng)
    trial = _Trial.of(data, model, hidden, rng)
    if trial is None:
        return parameters
    k = settings.selection_k
    balance = max(BALANCES, key=lambda share: trial.cold_ndcg(share, k))
    alone = trial.known_ndcg(k)
    for gate in reversed(GATES):
        if trial.mixed_ndcg(balance, gate, k) >= (1.0 - settings.cold_item_cost) * alone:
            break
    scales = trial.gates_of(balance, gate)
    return parameters.model_copy(update={"cold_gate": scales[0], "carried_gate": scales[1]})


def _hidden_items(data: TrainingData, model: FusionModel, rng: np.random.Generator) -> BoolArray:
    warm = np.flatnonzero(~model.is_cold)
    share = float(np.clip(1.0 - warm.size / data.train.n_items, *HIDDEN_SHARE))
    hidden = np.zeros(data.train.n_items, dtype=bool)
    hidden[rng.choice(warm, max(1, int(share * warm.size)), replace=False)] = True
    return hidden


@dataclasses.dataclass(frozen=True)
class _Trial:
    """Scores of known items, and two kinds of scores of hidden ones, for some users.

    Attributes:
        known: seen items and hidden ones lowest, float32 (m, n_items).
        content: of hidden items by content alone, in units of the known scores; 0 elsewhere.
        carried: of hidden items by what is carried over, likewise.
        units: what one unit is, for both.
        hidden: bool (n_items,).
        relevant: bool (m, n_items).
    """

    known: np.ndarray
    content: np.ndarray
    carried: np.ndarray
    units: tuple[float, float]
    hidden: BoolArray
    relevant: np.ndarray

    @classmethod
    def of(
        cls, data: TrainingData, model: FusionModel, hidden: BoolArray, rng: np.random.Generator
    ) -> _Trial | None:
        users = np.flatnonzero(data.train.user_counts() * data.validation.user_counts())
        most = min(MAX_USERS, max(1, MAX_SCORES // max(data.train.n_items, 1)))
        if users.size > most:
            users = np.sort(rng.choice(users, most, replace=False))
        relevant = np.asarray(data.validation.matrix()[users].toarray() > 0)
        evidence = [
            _without(user, hidden) for user in Histories(data.train, data.side).all_of(users)
        ]
        kept = np.array([bool(user.item_indices.size) for user in evidence]) & relevant.any(axis=1)
        if not kept.any() or hidden.all():
            return None
        evidence = [user for user, is_kept in zip(evidence, kept, strict=True) if is_kept]
        users, relevant = users[kept], relevant[kept]
        known = model.score(evidence)
        content = _content(model, evidence) * hidden
        counts = np.where(hidden, 0, data.train.item_counts())
        landmarks = choose_landmarks(counts, hidden | model.is_cold)
        items = np.flatnonzero(hidden).astype(np.int64)
        projection = ColdProjection(landmarks, items, content_features(model), 1.0)
        carried = np.zeros_like(known)
        carried[:, items] = projection.carried(known - model.bias - model.prior_scores(evidence))
        seen = data.train.matrix()[users].nonzero()
        known[:, hidden] = LOWEST
        known[seen] = LOWEST
        unit = float(np.where(known > LOWEST, known, 0.0).std(axis=1).mean()) or 1.0
        units = tuple(
            float(unit / spread) if (spread := part[:, items].std(axis=1).mean()) > 0 else 0.0
            for part in (content, carried)
        )
        content, carried = content * units[0], carried * units[1]
        for part in (content, carried):
            part[seen] = 0.0
        return cls(known, content, carried, (units[0], units[1]), hidden, relevant)

    def told(self, balance: float) -> np.ndarray:
        """Scores of hidden items, float32 (m, n_items)."""
        return (1.0 - balance) * self.content + balance * self.carried

    def cold_ndcg(self, balance: float, k: int) -> float:
        """Hidden items ranked among themselves."""
        relevant = self.relevant & self.hidden
        rows = relevant.any(axis=1)
        if not rows.any():
            return 0.0
        return mean_ndcg(
            self.told(balance)[rows][:, self.hidden], relevant[rows][:, self.hidden], k
        )

    def known_ndcg(self, k: int) -> float:
        """Known items, no hidden item shown."""
        return self._ndcg_of_known(self.known, k)

    def mixed_ndcg(self, balance: float, gate: float, k: int) -> float:
        """Known items in lists in which hidden items take places."""
        mixed = np.where(self.hidden, np.float32(gate) * self.told(balance), self.known)
        return self._ndcg_of_known(mixed, k)

    def _ndcg_of_known(self, scores: np.ndarray, k: int) -> float:
        relevant = self.relevant & ~self.hidden
        rows = relevant.any(axis=1)
        return mean_ndcg(scores[rows], relevant[rows], k) if rows.any() else 0.0

    def gates_of(self, balance: float, gate: float) -> tuple[float, float]:
        """Both gates in the units of the model."""
        return gate * (1.0 - balance) * self.units[0], gate * balance * self.units[1]


def _without(user: UserEvidence, hidden: BoolArray) -> UserEvidence:
    kept = ~hidden[user.item_indices]
    return dataclasses.replace(
        user,
        item_indices=user.item_indices[kept],
        item_weights=user.item_weights[kept],
        item_times=user.item_times[kept],
    )


def _content(model: FusionModel, evidence: list[UserEvidence]) -> np.ndarray:
    """What histories say by content alone, float32 (m, n_items)."""
    alone = dataclasses.replace(
        model, correction=None, channels=(), bias=np.zeros_like(model.bias), cold_gate=1.0
    )
    return alone.score(evidence)
