"""The history of one user over time, or by weight where the data has no times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import polars as pl

from kgrec_core.contracts import BoolArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.contract import UserEvidence
from kgrec_ui.theme import format_score
from kgrec_ui.views.words import counted

__all__ = ["TimelineView", "timeline_view"]

MAX_POINTS = 400
"""More choices than this are counted by month: points would lie on top of each other."""
DAY = 86_400

TimelineKind = Literal["points", "months", "weights", "none"]


@dataclass(frozen=True)
class TimelineView:
    """What to draw.

    Attributes:
        kind: one point per choice over time; counts per month; counts per weight where there are
            no times; "none" when there is nothing to see in a chart.
        x: dates as ISO text for "points" and "months", weights as text for "weights".
        y: weights for "points", counts otherwise.
        labels: what each mark stands for, for the hover box.
        sentence: the same in words.
        table: the numbers.
    """

    kind: TimelineKind
    x: tuple[str, ...]
    y: tuple[float, ...]
    labels: tuple[str, ...]
    sentence: str
    table: pl.DataFrame


def timeline_view(evidence: UserEvidence, item_labels: Sequence[str]) -> TimelineView:
    """The history as points over time, as months, or as weights.

    Args:
        evidence: what is known about the user.
        item_labels: labels of all items.
    """
    known = evidence.item_times != NO_TIME
    if known.sum() > 1:
        n_unknown = int((~known).sum())
        if known.sum() <= MAX_POINTS:
            return _points(evidence, known, item_labels, n_unknown)
        return _months(evidence, known, n_unknown)
    weights = evidence.item_weights
    if weights.size > 1 and np.unique(weights).size > 1:
        return _weights(evidence)
    return TimelineView("none", (), (), (), "", pl.DataFrame())


def _points(
    evidence: UserEvidence, known: BoolArray, item_labels: Sequence[str], n_unknown: int
) -> TimelineView:
    order = np.argsort(evidence.item_times[known], kind="stable")
    items = evidence.item_indices[known][order].tolist()
    times = evidence.item_times[known][order].tolist()
    weights = [float(weight) for weight in evidence.item_weights[known][order]]
    dates = [_iso(second) for second in times]
    labels = tuple(item_labels[item] for item in items)
    sentence = f"{_pace(times)}{_weight_words(weights)}{_unknown_words(n_unknown)}"
    table = pl.DataFrame({"date": [date[:10] for date in dates], "item": labels, "weight": weights})
    return TimelineView("points", tuple(dates), tuple(weights), labels, sentence, table)


def _months(evidence: UserEvidence, known: BoolArray, n_unknown: int) -> TimelineView:
    times = np.sort(evidence.item_times[known]).tolist()
    counts = Counter(_iso(second)[:7] for second in times)
    months = sorted(counts)
    values = tuple(float(counts[month]) for month in months)
    labels = tuple(counted(counts[month], "choice") for month in months)
    sentence = f"{_pace(times)} Counted by month.{_unknown_words(n_unknown)}"
    table = pl.DataFrame({"month": months, "choices": [counts[month] for month in months]})
    return TimelineView(
        "months", tuple(f"{month}-01" for month in months), values, labels, sentence, table
    )


def _weights(evidence: UserEvidence) -> TimelineView:
    counts = Counter(float(weight) for weight in evidence.item_weights)
    weights = sorted(counts)
    texts = tuple(format_score(weight) for weight in weights)
    labels = tuple(counted(counts[weight], "choice") for weight in weights)
    most = max(weights, key=lambda weight: counts[weight])
    sentence = (
        f"Most have the weight {format_score(most)} ({counts[most]} of {sum(counts.values())})."
    )
    table = pl.DataFrame({"weight": weights, "choices": [counts[weight] for weight in weights]})
    values = tuple(float(counts[weight]) for weight in weights)
    return TimelineView("weights", texts, values, labels, sentence, table)


def _pace(times: Sequence[int]) -> str:
    """When half of the choices were made: tells a steady user from one who has gone quiet."""
    half = times[len(times) // 2]
    span = times[-1] - times[0]
    if span < DAY:
        return "All choices fall on one day."
    share = (times[-1] - half) / span
    return f"Half of the choices fall in the last {max(1, round(100 * share))} % of the time."


def _weight_words(weights: Sequence[float]) -> str:
    if min(weights) == max(weights):
        return f" All have the weight {format_score(weights[0])}."
    mean = sum(weights) / len(weights)
    return (
        f" Weights go from {format_score(min(weights))} to {format_score(max(weights))}, "
        f"{format_score(mean)} on average."
    )


def _unknown_words(n_unknown: int) -> str:
    return f" {counted(n_unknown, 'choice')} without a date left out." if n_unknown else ""


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
