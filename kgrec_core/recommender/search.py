"""Choosing exponents, ridge and kernel weights on the validation part, by coordinate search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.kernels import ContentKernel
from kgrec_core.recommender.posterior import Features, solve

Matrix = np.ndarray[Any, np.dtype[np.float32]]

__all__ = [
    "HIDDEN",
    "MAX_SCORES",
    "SearchResult",
    "default_parameters",
    "is_searchable",
    "mean_ndcg",
    "popularity",
    "search",
]

MAX_SCORES = 5_000_000
"""Scores ranked in each comparison: bounds the users drawn; more only cost time."""
MIN_USERS = 200
LARGEST_SEARCHED = 8_000
"""Users or items, whichever are fewer; a search solves the regression about fifteen times."""
HIDDEN = np.float32(-1e30)
START_CONTENT = 1.0
FACTORS = (0.25, 0.5, 2.0, 4.0)
LOWEST_SHARE = 0.25
"""No kernel falls below this part of its start: a newcomer, or a user with a rare taste, may have
no other evidence, while a validation part of many users hardly notices."""
SCALES = (0.25, 0.5, 2.0, 4.0)
BIAS_WEIGHTS = (1e-4, 0.01, 0.03, 0.1, 0.3)
DEPTH = 5
LEAST_GAIN = 2e-4
"""A change must pay more than this: small gains on one validation part do not last."""
OUTER: tuple[tuple[str, tuple[float | None, ...]], ...] = (
    ("ridge", (30.0, 3.0)),
    ("user_exponent", (0.0, 0.5)),
    ("item_exponent", (0.0, 0.3)),
    ("denoise", (0.3, 0.1)),
    ("weight_exponent", (0.5, 1.0)),
)


@dataclass(frozen=True)
class SearchResult:
    """What won, and how good it was on the validation part."""

    parameters: FitParameters
    metrics: dict[str, float]


def mean_ndcg(scores: Matrix, relevant: np.ndarray[Any, np.dtype[np.bool_]], k: int) -> float:
    """Mean NDCG at k and at DEPTH * k; the longer list for its smaller noise.

    Ties at the border of the list are settled by chance of the sort: the value compares settings,
    it is never reported as a result.

    Args:
        scores: float32 (m, n_items), very low where an item must not be shown.
        relevant: bool (m, n_items), at least one True per row.
        k: shorter cutoff.
    """
    cost = -scores
    longest = min(DEPTH * k, cost.shape[1])
    ranked = np.argpartition(cost, longest - 1, axis=1)[:, :longest]
    order = np.argsort(np.take_along_axis(cost, ranked, axis=1), axis=1, kind="stable")
    hits = np.take_along_axis(relevant, np.take_along_axis(ranked, order, 1), axis=1)
    discount = 1.0 / np.log2(np.arange(2, longest + 2))
    gains = np.cumsum(hits * discount, axis=1)
    ideal = np.cumsum(discount)
    n_relevant = relevant.sum(axis=1)
    cutoffs = (min(k, longest), longest)
    parts = [gains[:, cut - 1] / ideal[np.minimum(n_relevant, cut) - 1] for cut in cutoffs]
    return float(np.mean(parts))


class _Mixture:
    """Several kernels under fixed weights as one, which remembers its last product."""

    name = "mixture"

    def __init__(self, kernels: Sequence[ContentKernel], weights: FloatArray) -> None:
        self._parts = list(zip(kernels, weights, strict=True))
        self._last: tuple[Matrix, Matrix] | None = None

    def apply(self, left: Matrix) -> Matrix:
        """Product with the weighted sum of the kernels: (m, n_items) -> (m, n_items)."""
        if self._last is not None and np.array_equal(self._last[0], left):
            return self._last[1]
        product = np.zeros_like(left)
        for kernel, weight in self._parts:
            product += weight * kernel.apply(left)
        self._last = (left, product)
        return product


@dataclass
class _Bench:
    """One validation problem: which users, what they have seen, what they should get."""

    data: TrainingData
    settings: FusionSettings
    kernels: Sequence[ContentKernel]
    users: IndexArray
    seen: list[IndexArray]
    relevant: np.ndarray[Any, np.dtype[np.bool_]]
    popularity: FloatArray
    on_progress: OnProgress
    n_steps: int
    step: int = field(default=0)

    def features(self, parameters: FitParameters, kernels: Sequence[ContentKernel]) -> Features:
        """Linear features of the validation users under `parameters`."""
        attention = Attention.of(parameters, self.data.train)
        matrix = attention.matrix(self.data.train)
        if self.settings.use_collaborative:
            raw = solve(matrix, parameters).features(self.users, kernels)
        else:
            part = np.ascontiguousarray(matrix[self.users].toarray(), dtype=np.float32)
            content = tuple(kernel.apply(part) for kernel in kernels)
            raw = Features(np.zeros_like(part), content)
        scale = 1.0 / attention.item_scale
        base = raw.base * scale
        for row, items in enumerate(self.seen):
            base[row, items] = HIDDEN
        return Features(base, tuple(part * scale for part in raw.content))

    def ndcg(self, scores: Matrix, bias_weight: float) -> float:
        """What a candidate is judged by; see `mean_ndcg`.

        Args:
            scores: without bias, float32 (m, n_items); `HIDDEN` or less at seen items.
            bias_weight: of the popularity bias, in units of the typical largest score.
        """
        unit = float(scores.max(axis=1).clip(min=0.0).mean())
        biased = scores + np.float32(bias_weight * unit) * self.popularity
        return mean_ndcg(biased, self.relevant, self.settings.selection_k)

    def report(self, best: float) -> None:
        """Tell the listener how far the search is."""
        self.step += 1
        done = min(self.step, self.n_steps)
        metrics = {"validation ndcg": best}
        self.on_progress(Progress("Choosing settings", done, self.n_steps, metrics))


def popularity(interactions: Interactions) -> FloatArray:
    """log(1 + count) scaled to [0, 1], float32 (n_items,)."""
    counts = np.log1p(interactions.item_counts().astype(np.float64))
    return (counts / max(float(counts.max(initial=0.0)), 1e-12)).astype(np.float32)


def default_parameters(kernels: Sequence[ContentKernel]) -> FitParameters:
    """Where the search starts, and what is used without a validation part."""
    share = START_CONTENT / max(len(kernels), 1)
    return FitParameters(relation_weights={kernel.name: share for kernel in kernels})


def search(
    data: TrainingData,
    settings: FusionSettings,
    kernels: Sequence[ContentKernel],
    *,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> SearchResult:
    """Fit on `data.train` and compare on `data.validation`; the test part is not reachable."""
    start = default_parameters(kernels)
    if settings.n_rounds == 0 or len(data.validation) == 0 or not is_searchable(data, settings):
        return SearchResult(start, {})
    bench = _bench(data, settings, kernels, rng, on_progress)
    features = bench.features(start, kernels)
    best, parameters = _choose_weights(bench, features, start, n_rounds=1)
    candidates = OUTER if settings.use_collaborative else OUTER[2:3] + OUTER[4:]
    weights, bias = _weights_of(parameters, kernels)
    mixture = (_Mixture(kernels, weights),) if kernels else ()
    one = np.ones(len(mixture), dtype=np.float32)
    for name, values in (*candidates, _half_lives(data.train)):
        for value in values:
            trial = parameters.model_copy(update={name: value})
            score = bench.ndcg(_weighted(bench.features(trial, mixture), one), bias)
            bench.report(max(best, score))
            if score > best + LEAST_GAIN:
                best, parameters = score, trial
    features = bench.features(parameters, kernels)
    best, parameters = _choose_weights(bench, features, parameters, n_rounds=settings.n_rounds)
    return SearchResult(parameters, {"validation ndcg": best})


def is_searchable(data: TrainingData, settings: FusionSettings) -> bool:
    """False where one solve takes minutes: there the defaults are used."""
    size = min(data.train.n_users, data.train.n_items)
    return size <= LARGEST_SEARCHED or not settings.use_collaborative


def _half_lives(train: Interactions) -> tuple[str, tuple[float | None, ...]]:
    """A quarter of the time span, when there are times at all."""
    if not train.has_times:
        return "half_life", ()
    span = float(train.times.max() - train.times.min())
    return "half_life", (span / 4,) if span > 0 else ()


def _bench(
    data: TrainingData,
    settings: FusionSettings,
    kernels: Sequence[ContentKernel],
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> _Bench:
    counts = data.validation.user_counts()
    users = np.flatnonzero((counts > 0) & (data.train.user_counts() > 0)).astype(np.int64)
    most = max(MIN_USERS, MAX_SCORES // max(data.train.n_items, 1))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    seen_positions = data.train.positions_by_user()
    seen = [data.train.item_indices[seen_positions[user]] for user in users]
    held_out: sp.csr_array = data.validation.matrix()
    relevant = np.asarray(held_out[users].toarray() > 0)
    n_outer = sum(len(values) for _, values in OUTER)
    n_steps = n_outer + (1 + settings.n_rounds) * (len(SCALES) + len(kernels) * len(FACTORS))
    return _Bench(
        data, settings, kernels, users, seen, relevant, popularity(data.train), on_progress, n_steps
    )


def _weights_of(
    parameters: FitParameters, kernels: Sequence[ContentKernel]
) -> tuple[FloatArray, float]:
    weights = [parameters.relation_weights.get(kernel.name, 0.0) for kernel in kernels]
    return np.asarray(weights, dtype=np.float32), parameters.bias_weight


def _weighted(features: Features, weights: FloatArray) -> Matrix:
    """Base plus weighted content, float32 (m, n_items)."""
    scores = features.base.copy()
    for part, weight in zip(features.content, weights, strict=True):
        if weight:
            scores += np.float32(weight) * part
    return scores


def _choose_weights(
    bench: _Bench, features: Features, parameters: FitParameters, *, n_rounds: int
) -> tuple[float, FitParameters]:
    """Coordinate search over kernel weights and bias; all in one solve's features."""
    weights, bias = _weights_of(parameters, bench.kernels)
    lowest = LOWEST_SHARE * START_CONTENT / max(weights.size, 1)
    current = _weighted(features, weights)
    best = bench.ndcg(current, bias)
    for _ in range(n_rounds):
        for scale in SCALES:
            candidate = np.maximum(weights * np.float32(scale), lowest)
            scores = _weighted(features, candidate)
            value = bench.ndcg(scores, bias)
            bench.report(max(best, value))
            if value > best + LEAST_GAIN:
                best, weights, current = value, candidate, scores
        for position, base in enumerate(weights.tolist()):
            for factor in FACTORS:
                candidate = weights.copy()
                candidate[position] = max(base * factor, lowest)
                change = candidate[position] - weights[position]
                scores = current + change * features.content[position]
                value = bench.ndcg(scores, bias)
                bench.report(max(best, value))
                if value > best + LEAST_GAIN:
                    best, weights, current = value, candidate, scores
    found = {value: bench.ndcg(current, value) for value in BIAS_WEIGHTS}
    bias = max(found, key=lambda value: found[value])
    names = [kernel.name for kernel in bench.kernels]
    chosen = dict(zip(names, (float(weight) for weight in weights), strict=True))
    update = {"relation_weights": chosen, "bias_weight": bias}
    return found[bias], parameters.model_copy(update=update)
