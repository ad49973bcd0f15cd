"""How loud scores of items that nobody touched may be, so that mixed lists rank well.

Some items that users know are treated as unknown: histories lose them, and their scores come from
content alone and from what content carries over from other items. First the balance of these two
is chosen for ranking the hidden items among themselves. Then both are made louder step by step;
the loudest step that costs the lists of the other items no more of their NDCG than is accepted
wins.
"""

from __future__ import annotations

import bisect
import dataclasses
import statistics
from collections.abc import Iterable
from typing import Any

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

Matrix = np.ndarray[Any, np.dtype[np.float32]]

HIDDEN_SHARE = (0.02, 0.2)
"""As many items are hidden as are cold in the data, within these shares."""
GATES = tuple(float(gate) for gate in np.geomspace(0.05, 10.0, 24))
BALANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of what is carried over; the rest is content alone."""
EVENNESS = (0.0, 0.5, 1.0)
TEXT_SHARE = 0.3
"""Weight of the texts where all links together weigh 1."""
COUNT_SHARE = 0.3
"""The same of the numbers of links."""
LEAST_GAIN = 0.01
"""Share by which another balance must rank hidden items better than the usual one: they are few."""
USUAL_BALANCE = 0.75
N_DRAWS = 3
"""Times that items are hidden: which ones they are matters as much as what is tried."""
MAX_USERS = 1000


def with_cold_items(
    model: FusionModel, item_counts: IndexArray, parameters: FitParameters
) -> FusionModel:
    """The model under its cold gates, able to score items that nobody touched."""
    attention = dataclasses.replace(model.attention, parameters=parameters)
    model = dataclasses.replace(model, attention=attention, cold_gate=parameters.cold_gate)
    landmarks = choose_landmarks(item_counts, model.is_cold)
    return with_landmarks(model, landmarks, item_counts[landmarks])


def with_landmarks(model: FusionModel, landmarks: IndexArray, counts: IndexArray) -> FusionModel:
    """The model with its cold items tied to given landmarks, of which each has so many choices."""
    parameters = model.attention.parameters
    gate, features = parameters.carried_gate, content_features(model, parameters.cold_evenness)
    cold = np.flatnonzero(model.is_cold).astype(np.int64)
    projection = None
    if gate and cold.size and landmarks.size:
        projection = ColdProjection(landmarks, cold, features, gate, counts)
    return dataclasses.replace(model, cold=projection, landmarks=landmarks, landmark_counts=counts)


def content_features(model: FusionModel, evenness: float) -> ContentFeatures:
    """The symmetric content kernels of a model.

    Args:
        model: its relation weights say what counts for known items.
        evenness: 0 takes these weights as they are, 1 gives all relations the same: what tells
            known items apart beside behavior need not be what tells new ones apart.
    """
    links = model.incidence_kernels
    weights = np.array([model.weight_of(kernel.name) for kernel in links]) ** (1.0 - evenness)
    shares = weights / max(float(weights.sum()), 1e-12)
    text = TEXT_SHARE if model.text is not None else 0.0
    return ContentFeatures(links, tuple(shares.tolist()), model.text_vectors, text, COUNT_SHARE)


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
    tried = EVENNESS if settings.n_rounds else (parameters.cold_evenness,)
    trials = _trials(data, model, tried, N_DRAWS if settings.n_rounds else 1, rng)
    if not trials:
        return parameters
    k = settings.selection_k
    evenness, balance = _best_balance(trials, tried, parameters.cold_evenness, k)
    least = (1.0 - settings.cold_item_cost) * _mean(trial.known_ndcg(k) for trial in trials)

    def is_accepted(gate: float) -> bool:
        found = _mean(trial.mixed_ndcg(evenness, balance, gate, k) for trial in trials)
        return found >= least

    # Louder gates cost more, so the loudest one that is accepted is found by bisection.
    gate = GATES[len(GATES) - 1 - bisect.bisect_left(GATES[:0:-1], True, key=is_accepted)]
    gates = [trial.gates_of(evenness, balance, gate) for trial in trials]
    alone_gate, carried_gate = (_mean(column) for column in zip(*gates, strict=True))
    chosen = {"cold_gate": alone_gate, "carried_gate": carried_gate, "cold_evenness": evenness}
    return parameters.model_copy(update=chosen)


def _trials(
    data: TrainingData,
    model: FusionModel,
    tried: tuple[float, ...],
    n_draws: int,
    rng: np.random.Generator,
) -> list[_Trial]:
    """One trial per draw of hidden items; without those in which nobody can judge."""
    draws = [_hidden_items(data, model, rng) for _ in range(n_draws)]
    trials = [_Trial.of(data, model, hidden, tried, rng) for hidden in draws]
    return [trial for trial in trials if trial is not None]


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def _best_balance(
    trials: list[_Trial], tried: tuple[float, ...], usual: float, k: int
) -> tuple[float, float]:
    """Evenness and balance that rank hidden items best; the usual ones without a clear gain."""
    found = {
        (evenness, balance): _mean(trial.cold_ndcg(evenness, balance, k) for trial in trials)
        for evenness in tried
        for balance in BALANCES
    }
    best = max(found, key=lambda choice: found[choice])
    is_clear = found[best] > (1.0 + LEAST_GAIN) * found[usual, USUAL_BALANCE]
    return best if is_clear else (usual, USUAL_BALANCE)


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
        carried: of hidden items by what is carried over, likewise, by evenness.
        units: what one unit is, of content and, by evenness, of what is carried over.
        hidden: bool (n_items,).
        relevant: bool (m, n_items).
    """

    known: Matrix
    content: Matrix
    carried: dict[float, Matrix]
    units: tuple[float, dict[float, float]]
    hidden: BoolArray
    relevant: BoolArray

    @classmethod
    def of(
        cls,
        data: TrainingData,
        model: FusionModel,
        hidden: BoolArray,
        tried: tuple[float, ...],
        rng: np.random.Generator,
    ) -> _Trial | None:
        found = _judges(data, hidden, rng)
        if found is None:
            return None
        users, evidence = found
        seen = data.train.matrix()[users].nonzero()
        known = model.score(evidence)
        items = np.flatnonzero(hidden).astype(np.int64)
        counts = np.where(hidden, 0, data.train.item_counts())
        landmarks = choose_landmarks(counts, hidden | model.is_cold)
        personal = known - model.bias - model.prior_scores(evidence)
        parts = {-1.0: _content(model, evidence) * hidden}
        for evenness in tried:
            features = content_features(model, evenness)
            parts[evenness] = np.zeros_like(known)
            carrier = ColdProjection(landmarks, items, features, 1.0, counts[landmarks])
            parts[evenness][:, items] = carrier.predicted(personal)
        known[:, hidden] = LOWEST
        known[seen] = LOWEST
        unit = float(np.where(known > LOWEST, known, 0.0).std(axis=1).mean()) or 1.0
        units = {key: _unit(unit, part[:, items]) for key, part in parts.items()}
        for key, part in parts.items():
            part *= np.float32(units[key])
            part[seen] = 0.0
        relevant = np.asarray(data.validation.matrix()[users].toarray() > 0)
        content, unit = parts.pop(-1.0), units.pop(-1.0)
        return cls(known, content, parts, (unit, units), hidden, relevant)

    def told(self, evenness: float, balance: float) -> Matrix:
        """Scores of hidden items, float32 (m, n_items)."""
        mixed = (1.0 - balance) * self.content + balance * self.carried[evenness]
        return np.asarray(mixed, dtype=np.float32)

    def cold_ndcg(self, evenness: float, balance: float, k: int) -> float:
        """Hidden items ranked among themselves."""
        relevant = self.relevant & self.hidden
        rows = relevant.any(axis=1)
        if not rows.any():
            return 0.0
        told = self.told(evenness, balance)[rows][:, self.hidden]
        return mean_ndcg(told, relevant[rows][:, self.hidden], k)

    def known_ndcg(self, k: int) -> float:
        """Known items, no hidden item shown."""
        return self._ndcg_of_known(self.known, k)

    def mixed_ndcg(self, evenness: float, balance: float, gate: float, k: int) -> float:
        """Known items in lists in which hidden items take places."""
        told = np.float32(gate) * self.told(evenness, balance)
        return self._ndcg_of_known(np.where(self.hidden, told, self.known), k)

    def _ndcg_of_known(self, scores: Matrix, k: int) -> float:
        relevant = self.relevant & ~self.hidden
        rows = relevant.any(axis=1)
        return mean_ndcg(scores[rows], relevant[rows], k) if rows.any() else 0.0

    def gates_of(self, evenness: float, balance: float, gate: float) -> tuple[float, float]:
        """Gates of content and of what is carried over, in the units of the model."""
        content, carried = self.units
        return gate * (1.0 - balance) * content, gate * balance * carried[evenness]


def _judges(
    data: TrainingData, hidden: BoolArray, rng: np.random.Generator
) -> tuple[IndexArray, list[UserEvidence]] | None:
    """Users with something held out, and their histories without hidden items."""
    users = np.flatnonzero(data.train.user_counts() * data.validation.user_counts())
    most = min(MAX_USERS, max(1, MAX_SCORES // max(data.train.n_items, 1)))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    histories = Histories(data.train, data.side).all_of(users)
    evidence = [_without(user, hidden) for user in histories]
    kept = np.array([bool(user.item_indices.size) for user in evidence], dtype=bool)
    if not kept.any() or hidden.all():
        return None
    shown = [user for user, is_kept in zip(evidence, kept, strict=True) if is_kept]
    return users[kept].astype(np.int64), shown


def _unit(wanted: float, part: Matrix) -> float:
    """Factor that makes a part spread as widely as wanted; 0 for one that says nothing."""
    spread = float(part.std(axis=1).mean()) or float(np.abs(part).mean())
    return wanted / spread if spread > 0 else 0.0


def _without(user: UserEvidence, hidden: BoolArray) -> UserEvidence:
    kept = ~hidden[user.item_indices]
    return dataclasses.replace(
        user,
        item_indices=user.item_indices[kept],
        item_weights=user.item_weights[kept],
        item_times=user.item_times[kept],
    )


def _content(model: FusionModel, evidence: list[UserEvidence]) -> Matrix:
    """What histories say by content alone, float32 (m, n_items)."""
    alone = dataclasses.replace(
        model, correction=None, channels=(), bias=np.zeros_like(model.bias), cold_gate=1.0
    )
    return alone.score(evidence)
