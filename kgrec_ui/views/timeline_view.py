"""The history of one user over time, or by weight where the data has no times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl

from kgrec_core.contracts import BoolArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.contract import UserEvidence
from kgrec_ui.theme import format_score, format_weight
from kgrec_ui.views.words import counted

__all__ = ["TimelineView", "timeline_view"]

MAX_POINTS = 400
"""More choices than this are counted by month or so: points would lie on top of each other."""
DAY = 86_400
UNITS = {"month": 7, "day": 10, "hour": 13, "minute": 16}
"""What choices are counted by, and the letters of a time in ISO form that name it."""
WHOLE_TIME = "2000-01-01T00:00"
"""Its end completes what is cut off for a unit, such as "1998-01"."""
FEWEST_BARS = 3
MAX_WEIGHTS, N_RANGES = 15, 8
"""More different weights than this are counted in ranges, in so many."""
WIDE = 16
"""From this ratio of the largest weight to the smallest on, ranges grow."""

TimelineKind = Literal["points", "counts", "weights", "none"]


@dataclass(frozen=True)
class TimelineView:
    """What to draw.

    Attributes:
        kind: one point per choice over time; counts per month, or per a finer unit of a short
            time; counts per weight where there are no times; "none" when there is nothing to see
            in a chart.
        x: times as ISO text for "points" and "counts", weights as text for "weights".
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
    """The history as points over time, as counts over time, or as weights.

    Args:
        evidence: what is known about the user.
        item_labels: labels of all items.
    """
    known = evidence.item_times != NO_TIME
    if known.sum() > 1:
        n_unknown = int((~known).sum())
        if known.sum() <= MAX_POINTS:
            return _points(evidence, known, item_labels, n_unknown)
        return _counts(evidence, known, n_unknown)
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


def _counts(evidence: UserEvidence, known: BoolArray, n_unknown: int) -> TimelineView:
    times = np.sort(evidence.item_times[known]).tolist()
    unit, counts = _by_unit([_iso(second) for second in times])
    starts, numbers = list(counts), list(counts.values())
    sentence = f"{_pace(times)} Counted by {unit}.{_unknown_words(n_unknown)}"
    table = pl.DataFrame({unit: [start.replace("T", " ") for start in starts], "choices": numbers})
    return TimelineView(
        "counts",
        tuple(start + WHOLE_TIME[len(start) :] for start in starts),
        tuple(float(number) for number in numbers),
        tuple(counted(number, "choice") for number in numbers),
        sentence,
        table,
    )


def _by_unit(times: Sequence[str]) -> tuple[str, Counter[str]]:
    """The coarsest unit that gives a few bars, else the finest; choices in each, in order."""
    by_unit = {unit: Counter(time[:end] for time in times) for unit, end in UNITS.items()}
    few = (unit for unit, counts in by_unit.items() if len(counts) >= FEWEST_BARS)
    unit = next(few, next(reversed(by_unit)))
    return unit, by_unit[unit]


def _weights(evidence: UserEvidence) -> TimelineView:
    if np.unique(evidence.item_weights).size > MAX_WEIGHTS:
        return _weight_ranges(evidence.item_weights.astype(np.float64))
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


def _weight_ranges(weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> TimelineView:
    """Choices per range of weights; ranges grow where a few weights are far above the others."""
    low, high, middle = float(weights.min()), float(weights.max()), float(np.median(weights))
    is_wide = 0 < low * WIDE < high
    space = np.geomspace if is_wide else np.linspace
    numbers, edges = np.histogram(weights, bins=space(low, high, N_RANGES + 1))
    names = [
        f"{format_weight(start)} to {format_weight(end)}" for start, end in pairwise(edges.tolist())
    ]
    sentence = (
        f"Weights go from {format_weight(low)} to {format_weight(high)}; "
        f"half are at most {format_weight(middle)}."
    )
    return TimelineView(
        "weights",
        tuple(names),
        tuple(float(number) for number in numbers),
        tuple(counted(int(number), "choice") for number in numbers),
        sentence,
        pl.DataFrame({"weight": names, "choices": numbers}),
    )


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
