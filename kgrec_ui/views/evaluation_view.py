"""Metrics of models on one split, side by side, with intervals and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kgrec_core.evaluation.protocol import EvaluationResult, paired_difference
from kgrec_core.rng import make_rng
from kgrec_ui.views.figures import fixed, signed
from kgrec_ui.views.words import counted

__all__ = [
    "COHORT_ORDER",
    "METRICS",
    "DotRow",
    "DotView",
    "MetricName",
    "axis_title",
    "best_sentence",
    "dot_view",
    "metric_table",
    "slice_view",
    "view_table",
]

SEED = 0
"""Of the intervals; the report takes the same."""
COHORT_ORDER = ("warm items", "cold items", "warm users", "cold users")


@dataclass(frozen=True)
class MetricName:
    """What a metric is called and what it means."""

    label: str
    gloss: str


METRICS: dict[str, MetricName] = {
    "ndcg": MetricName("NDCG", "hits count more the higher they stand; 1 is the ideal list"),
    "recall": MetricName("Recall", "share of a user's held-out items that the list finds"),
    "precision": MetricName("Precision", "share of the list that is a held-out item"),
    "hit_rate": MetricName("Hit rate", "share of users with at least one hit"),
    "mrr": MetricName("MRR", "one over the rank of the first hit; 0 without a hit"),
    "map": MetricName("MAP", "precision at each hit, averaged over the held-out items"),
    "coverage": MetricName("Coverage", "share of the catalog that at least one user gets"),
    "novelty": MetricName("Novelty", "how little known the shown items are, in bits"),
}
"""In the order in which the page offers them; the last two have no interval."""


@dataclass(frozen=True)
class DotRow:
    """One dot: a model (or model and slice) with its mean and interval.

    Attributes:
        label: on the axis.
        series: which color, the model.
        value: mean over the users.
        low: lower end of the 95 % interval; equal to the value when there is none.
        high: upper end.
        detail: for the hover box.
        is_main: the run that the page is about.
    """

    label: str
    series: str
    value: float
    low: float
    high: float
    detail: str
    is_main: bool


@dataclass(frozen=True)
class DotView:
    """Dots of one metric, best first, with the axis title and the plot in words."""

    rows: tuple[DotRow, ...]
    axis_title: str
    sentence: str


def dot_view(results: Mapping[str, EvaluationResult], metric: str, k: int, *, main: str) -> DotView:
    """All models on one metric, best first; `main` is the name of the active run."""
    name = f"{metric}@{k}"
    rows = [
        _row(label, label, result.metrics[name], result.intervals.get(name), label == main)
        for label, result in results.items()
        if name in result.metrics
    ]
    rows.sort(key=lambda row: -row.value)
    sentence = best_sentence(rows, results, metric, k, main=main)
    return DotView(tuple(rows), axis_title(metric, k), sentence)


def slice_view(
    results: Mapping[str, EvaluationResult], metric: str, k: int, *, main: str
) -> DotView:
    """All models on the cold and warm parts; a part without users is left out and named."""
    name = f"{metric}@{k}"
    rows, empty = [], []
    for part in COHORT_ORDER:
        filled = {
            label: result.slices[part]
            for label, result in results.items()
            if part in result.slices and name in result.slices[part].metrics
        }
        if not filled:
            empty.append(part)
        for label, found in filled.items():
            cohort = f"{part} ({counted(found.n_users, 'user')})"
            interval = found.intervals.get(name)
            rows.append(_row(cohort, label, found.metrics[name], interval, label == main))
    sentence = "“Cold” items and users have no interaction in the training data."
    if empty:
        sentence += f" Nobody to measure on: {', '.join(empty)}."
    return DotView(tuple(rows), axis_title(metric, k), sentence)


def metric_table(results: Mapping[str, EvaluationResult], k: int) -> pl.DataFrame:
    """One row per metric at `k`, one column per model: the mean and its interval."""
    measured = [
        metric
        for metric in METRICS
        if any(f"{metric}@{k}" in result.metrics for result in results.values())
    ]
    columns = {"Metric": [f"{METRICS[metric].label}@{k}" for metric in measured]}
    for label, result in results.items():
        columns[label] = [_cell(result, f"{metric}@{k}") for metric in measured]
    return pl.DataFrame(columns)


def view_table(view: DotView) -> pl.DataFrame:
    """The dots of a plot as a table: part, model, mean, ends of the interval."""
    return pl.DataFrame(
        {
            "part": [row.label for row in view.rows],
            "model": [row.series for row in view.rows],
            "mean": [row.value for row in view.rows],
            "low": [row.low for row in view.rows],
            "high": [row.high for row in view.rows],
        },
        schema={
            "part": pl.String,
            "model": pl.String,
            "mean": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
        },
    )


def axis_title(metric: str, k: int) -> str:
    """The metric with its cutoff and meaning."""
    words = METRICS.get(metric, MetricName(metric, ""))
    return f"{words.label}@{k}: {words.gloss}" if words.gloss else f"{words.label}@{k}"


def best_sentence(
    rows: Sequence[DotRow],
    results: Mapping[str, EvaluationResult],
    metric: str,
    k: int,
    *,
    main: str,
) -> str:
    """Who leads, and how the active run stands against the best other model, user by user."""
    if not rows:
        return f"No model was measured on {metric}@{k}."
    name = f"{METRICS.get(metric, MetricName(metric, '')).label}@{k}"
    own = next((row for row in rows if row.is_main), None)
    others = [row for row in rows if not row.is_main]
    if own is None or not others:
        return f"{rows[0].label} reaches {name} {fixed(rows[0].value)}."
    rival = max(others, key=lambda row: row.value)
    gap = own.value - rival.value
    place = "above" if gap > 0 else "below" if gap < 0 else "level with"
    return (
        f"{main} reaches {name} {fixed(own.value)}, {place} the best baseline "
        f"({rival.label}, {fixed(rival.value)}); "
        f"{_lead_words(results[own.label], results[rival.label], f'{metric}@{k}', gap)}"
    )


def _lead_words(own: EvaluationResult, rival: EvaluationResult, name: str, gap: float) -> str:
    """The difference with its interval over the same users, where the metric is one of users."""
    is_paired = name in own.per_user and name in rival.per_user
    if not is_paired or not np.array_equal(own.user_indices, rival.user_indices):
        return f"difference {signed(gap)}."
    lead, low, high = paired_difference(own, rival, name, make_rng(SEED))
    doubt = " It may be chance." if low <= 0 <= high else ""
    return f"user by user {signed(lead)} (95 % interval {signed(low)} to {signed(high)}).{doubt}"


def _row(
    label: str, series: str, value: float, interval: tuple[float, float] | None, is_main: bool
) -> DotRow:
    low, high = interval or (value, value)
    detail = fixed(value)
    if interval:
        detail += f" (95 % interval {fixed(low)} to {fixed(high)})"
    return DotRow(label, series, value, low, high, detail, is_main)


def _cell(result: EvaluationResult, name: str) -> str:
    if name not in result.metrics:
        return "–"
    mean = fixed(result.metrics[name])
    if name not in result.intervals:
        return mean
    low, high = result.intervals[name]
    return f"{mean} ({fixed(low)} to {fixed(high)})"
