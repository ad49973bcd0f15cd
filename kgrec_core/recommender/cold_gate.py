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

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.recommender.cold_projection import ColdProjection, choose_landmarks
from kgrec_core.recommender.cold_trial import Trial, content_features
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings

__all__ = ["GATES", "choose_cold_gates", "with_cold_items", "with_landmarks"]

HIDDEN_SHARE = (0.02, 0.2)
"""As many items are hidden as are cold in the data, within these shares."""
GATES = tuple(float(gate) for gate in np.geomspace(0.05, 10.0, 24))
BALANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of what is carried over; the rest is content alone."""
EVENNESS = (0.0, 0.5, 1.0)
LEAST_GAIN = 0.01
"""Share by which another balance must rank hidden items better than the usual one: they are few."""
USUAL_BALANCE = 0.75
N_DRAWS = 3
"""Times that items are hidden: which ones they are matters as much as what is tried."""
COLD_EXPONENT = 0.4
"""Against known scores content about hidden items grows with the power .3 (its spread) to .5 (its
best) of the length of a history, on MovieLens-100k and latest-small."""


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
    parameters = parameters.model_copy(update={"cold_exponent": COLD_EXPONENT})
    attention = dataclasses.replace(model.attention, parameters=parameters)
    model = dataclasses.replace(model, attention=attention)
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
) -> list[Trial]:
    """One trial per draw of hidden items; without those in which nobody can judge."""
    draws = [_hidden_items(data, model, rng) for _ in range(n_draws)]
    trials = [Trial.of(data, model, hidden, tried, rng) for hidden in draws]
    return [trial for trial in trials if trial is not None]


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def _best_balance(
    trials: list[Trial], tried: tuple[float, ...], usual: float, k: int
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
