"""Choosing exponents, ridge and kernel weights on the validation part, by coordinate search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.kernels import IncidenceKernel, Spreading
from kgrec_core.recommender.mixed_kernel import MixedKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.posterior import Features, solve
from kgrec_core.recommender.validation import Candidates, popularity

Matrix = np.ndarray[Any, np.dtype[np.float32]]
ItemKernel = IncidenceKernel | NeighborKernel

__all__ = [
    "MAX_SCORES",
    "SearchResult",
    "default_parameters",
    "has_regression",
    "is_better_text",
    "search",
]

MAX_SCORES = 16_000_000
"""Scores ranked in each comparison: bounds the users drawn; more only cost time."""
MIN_USERS = 200
LARGEST_REGRESSION = 8_000
"""Users or items, whichever are fewer; a search solves the regression about fifteen times."""
LARGEST_OBLONG = 200_000_000
"""Users times items, where users are fewer: a correction has five such arrays (4 GB)."""
START_CONTENT = 1.0
FACTORS = (0.25, 0.5, 2.0, 4.0)
LOWEST_SHARE = 0.25
"""No kernel falls below this part of its start: a newcomer, or a user with a rare taste, may have
no other evidence, while a validation part of many users hardly notices."""
SCALES = (0.25, 0.5, 2.0, 4.0)
BIAS_WEIGHTS = (1e-4, 0.01, 0.03, 0.1, 0.3)
LEAST_GAIN = 2e-4
"""A change must pay more than this: small gains on one validation part do not last."""
LEAST_TEXT_GAIN = 5e-4
"""The same for texts that are adapted to behavior: two whole ways of comparing them differ more."""
OUTER: tuple[tuple[str, tuple[float | None, ...]], ...] = (
    ("ridge", (30.0, 3.0)),
    ("user_exponent", (0.0, 0.5)),
    ("item_exponent", (0.0, 0.3)),
    ("denoise", (0.3, 0.1)),
    ("weight_exponent", (0.5, 1.0)),
)

ONLY_SOLVED = ("ridge", "user_exponent", "denoise")
"""Parameters that change nothing without a regression."""
OF_ATTENTION = ("item_exponent", "weight_exponent", "half_life")


@dataclass(frozen=True)
class SearchResult:
    """What won, and how good it was on the validation part."""

    parameters: FitParameters
    metrics: dict[str, float]


@dataclass
class _Bench:
    """One validation problem: which users, what they have seen, what they should get."""

    data: TrainingData
    settings: FusionSettings
    kernels: Sequence[ItemKernel]
    users: IndexArray
    popularity: FloatArray
    on_progress: OnProgress
    n_steps: int
    step: int = field(default=0)
    candidates: Candidates | None = field(default=None)

    def features(self, parameters: FitParameters, kernels: Sequence[Spreading]) -> Features:
        """Linear features of the candidates of the validation users under `parameters`."""
        attention = Attention.of(parameters, self.data.train)
        matrix = attention.matrix(self.data.train)
        if self.settings.use_collaborative and has_regression(self.data.train):
            raw = solve(matrix, parameters).features(self.users, kernels)
        else:
            part = np.ascontiguousarray(matrix[self.users].toarray(), dtype=np.float32)
            content = tuple(kernel.apply(part) for kernel in kernels)
            raw = Features(np.zeros_like(part), content)
        scale = 1.0 / attention.item_scale
        base, parts = raw.base * scale, [part * scale for part in raw.content]
        if self.candidates is None:
            self.candidates = self._candidates(base, parts)
        chosen = self.candidates
        return Features(
            chosen.of_scores(base), tuple(chosen.of_scores(part, 0.0) for part in parts)
        )

    def _candidates(self, base: Matrix, content: Sequence[Matrix]) -> Candidates:
        """The best items by behavior and content together, by content alone, and popular ones."""
        mixed = sum(content, start=np.zeros_like(base)) * np.float32(1 / max(len(content), 1))
        popular = np.broadcast_to(self.popularity, base.shape)
        seen, held_out = self.data.train.matrix(), self.data.validation.matrix()
        return Candidates.of((base + mixed, mixed, popular), self.users, seen, held_out)

    def ndcg(self, scores: Matrix, bias_weight: float) -> float:
        """What a candidate setting is judged by; see `Candidates.ndcg`.

        Args:
            scores: without bias, float32 (m, n_candidates).
            bias_weight: of the popularity bias, in units of the typical largest score.
        """
        if self.candidates is None:
            return 0.0
        unit = float(scores.max(axis=1).clip(min=0.0).mean())
        biased = scores + np.float32(bias_weight * unit) * self.popularity[self.candidates.items]
        return self.candidates.ndcg(biased, self.settings.selection_k)

    def report(self, best: float) -> None:
        """Tell the listener how far the search is."""
        self.step += 1
        done = min(self.step, self.n_steps)
        metrics = {"validation ndcg": best}
        self.on_progress(Progress("Choosing settings", done, self.n_steps, metrics))


def default_parameters(kernels: Sequence[ItemKernel]) -> FitParameters:
    """Where the search starts, and what is used without a validation part."""
    share = START_CONTENT / max(len(kernels), 1)
    return FitParameters(relation_weights={kernel.name: share for kernel in kernels})


def search(
    data: TrainingData,
    settings: FusionSettings,
    kernels: Sequence[ItemKernel],
    *,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> SearchResult:
    """Fit on `data.train` and compare on `data.validation`; the test part is not reachable."""
    start = default_parameters(kernels)
    if not settings.use_attention:
        start = start.model_copy(update={"item_exponent": 0.0})
    has_core = bool(kernels) or (settings.use_collaborative and has_regression(data.train))
    if settings.n_rounds == 0 or len(data.validation) == 0 or not has_core:
        return SearchResult(start, {})
    bench = _bench(data, settings, kernels, rng, on_progress)
    features = bench.features(start, kernels)
    best, parameters = _choose_weights(bench, features, start, n_rounds=1)
    is_solved = settings.use_collaborative and has_regression(data.train)
    candidates = [(n, v) for n, v in OUTER if is_solved or n not in ONLY_SOLVED]
    candidates.append(_half_lives(data.train))
    if not settings.use_attention:
        candidates = [(n, v) for n, v in candidates if n not in OF_ATTENTION]
    weights, bias = _weights_of(parameters, kernels)
    mixture = (MixedKernel(kernels, weights.tolist(), data.train.n_items),) if kernels else ()
    one = np.ones(len(mixture), dtype=np.float32)
    for name, values in candidates:
        for value in values:
            trial = parameters.model_copy(update={name: value})
            score = bench.ndcg(_weighted(bench.features(trial, mixture), one), bias)
            bench.report(max(best, score))
            if score > best + LEAST_GAIN:
                best, parameters = score, trial
    features = bench.features(parameters, kernels)
    best, parameters = _choose_weights(bench, features, parameters, n_rounds=settings.n_rounds)
    return SearchResult(parameters, {"validation ndcg": best})


def is_better_text(
    data: TrainingData,
    settings: FusionSettings,
    graph: Sequence[ItemKernel],
    texts: tuple[ItemKernel, ItemKernel],
    *,
    rng: np.random.Generator,
) -> bool:
    """Whether the second of two text kernels ranks clearly better beside the graph, once weighed.

    Both are weighed on the validation part in one solve.
    """
    kernels = (*graph, *texts)
    bench = _bench(data, settings, kernels, rng, no_progress)
    features = bench.features(default_parameters(kernels[:-1]), kernels)
    values = []
    for text, content in zip(texts, features.content[-2:], strict=True):
        own = (*graph, text)
        part = Features(features.base, (*features.content[:-2], content))
        weighing = replace(bench, kernels=own)
        values.append(_choose_weights(weighing, part, default_parameters(own), n_rounds=1)[0])
    return values[1] > values[0] + LEAST_TEXT_GAIN


def has_regression(known: Interactions) -> bool:
    """False where one solve takes minutes and gigabytes: there neighbors stand in for it."""
    if known.n_items <= known.n_users:
        return known.n_items <= LARGEST_REGRESSION
    is_small = known.n_users * known.n_items <= LARGEST_OBLONG
    return is_small and known.n_users <= LARGEST_REGRESSION


def _half_lives(train: Interactions) -> tuple[str, tuple[float | None, ...]]:
    """A quarter of the time span, when there are times at all."""
    if not train.has_times:
        return "half_life", ()
    span = float(train.times.max() - train.times.min())
    return "half_life", (span / 4,) if span > 0 else ()


def _bench(
    data: TrainingData,
    settings: FusionSettings,
    kernels: Sequence[ItemKernel],
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> _Bench:
    counts = data.validation.user_counts()
    users = np.flatnonzero((counts > 0) & (data.train.user_counts() > 0)).astype(np.int64)
    most = max(MIN_USERS, MAX_SCORES // max(data.train.n_items, 1))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    n_outer = sum(len(values) for _, values in OUTER)
    n_steps = n_outer + (1 + settings.n_rounds) * (len(SCALES) + len(kernels) * len(FACTORS))
    return _Bench(data, settings, kernels, users, popularity(data.train), on_progress, n_steps)


def _weights_of(
    parameters: FitParameters, kernels: Sequence[ItemKernel]
) -> tuple[FloatArray, float]:
    weights = [parameters.relation_weights.get(kernel.name, 0.0) for kernel in kernels]
    return np.asarray(weights, dtype=np.float32), parameters.bias_weight


def _weighted(features: Features, weights: FloatArray) -> Matrix:
    """Base plus weighted content, float32 (m, n_candidates)."""
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
