"""Two runs side by side: metric by metric over the same users, and what differs in settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from kgrec_core.config import CountedFeedback, checked
from kgrec_core.evaluation.protocol import EvaluationResult, paired_difference
from kgrec_core.recommender.registry import settings_class
from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import format_count, format_seconds, format_share
from kgrec_ui.views.evaluation_view import METRICS
from kgrec_ui.views.feedback_view import feedback_words
from kgrec_ui.views.figures import change_range, fixed, percent, signed
from kgrec_ui.views.labels import model_name, split_name

__all__ = [
    "ComparisonRow",
    "ComparisonView",
    "comparison_sentence",
    "comparison_view",
    "run_label",
    "settings_table",
    "split_conflict",
]


FEWEST_SECONDS = 0.1


@dataclass(frozen=True)
class ComparisonRow:
    """A minus B on one metric, relative to B.

    Attributes:
        label: the metric.
        change: relative to B, with the ends of its 95 % interval.
        verdict: "better" (A), "worse" or "unclear".
        detail: for the hover box.
    """

    label: str
    change: tuple[float, float, float]
    verdict: str
    detail: str


@dataclass(frozen=True)
class ComparisonView:
    """All metrics of two runs.

    Attributes:
        sentence: the asked metric in words.
        rows: metrics whose mean over users is above 0 in B.
        table: all metrics as numbers, those without interval included.
        axis_title: of the changes.
    """

    sentence: str
    rows: tuple[ComparisonRow, ...]
    table: pl.DataFrame
    axis_title: str


def comparison_view(
    a: EvaluationResult,
    b: EvaluationResult,
    names: tuple[str, str],
    metric: str,
    rng: np.random.Generator,
) -> ComparisonView:
    """Every metric at the cutoff of `metric` ("ndcg@20"), paired over the same users.

    Raises:
        DataError: the two were measured on different users.
    """
    k = metric.partition("@")[2]
    sentence, rows, lines = "", [], []
    for name, words in METRICS.items():
        key, label = f"{name}@{k}", f"{words.label}@{k}"
        if key not in a.metrics or key not in b.metrics:
            continue
        line = {
            "Metric": label,
            names[0]: fixed(a.metrics[key]),
            names[1]: fixed(b.metrics[key]),
            "A minus B": signed(a.metrics[key] - b.metrics[key]),
            "95 % interval": "–",
            "In words": "not tested: one number for all lists together",
        }
        if key in a.per_user and key in b.per_user:
            found = paired_difference(a, b, key, rng)
            if key == metric:
                sentence = _sentence(found, a.n_users, names, metric)
            line["95 % interval"] = f"{signed(found[1])} to {signed(found[2])}"
            line["In words"] = _verdict_words(found)
            if b.metrics[key] > 0:
                rows.append(_row(label, found, b.metrics[key]))
        lines.append(line)
    return ComparisonView(sentence, tuple(rows), pl.DataFrame(lines), "A next to B, in percent")


def comparison_sentence(
    a: EvaluationResult,
    b: EvaluationResult,
    names: tuple[str, str],
    metric: str,
    rng: np.random.Generator,
) -> str:
    """Is a better than b on the same users, in words, with the 95 % interval.

    Raises:
        ConfigError: `metric` ("ndcg@10") is not a mean over users in both.
        DataError: the two were measured on different users.
    """
    return _sentence(paired_difference(a, b, metric, rng), a.n_users, names, metric)


def _sentence(
    found: tuple[float, float, float], n_users: int, names: tuple[str, str], metric: str
) -> str:
    difference, low, high = found
    label, _, k = metric.partition("@")
    shown = f"{METRICS[label].label}@{k}" if label in METRICS else metric
    over = f"over the same {format_count(n_users)} users"
    if low <= 0 <= high:
        return (
            f"No clear difference in {shown}: {names[0]} minus {names[1]} is {signed(difference)} "
            f"({signed(low)} to {signed(high)}) {over}."
        )
    winner = names[0] if difference > 0 else names[1]
    near, far = sorted((abs(low), abs(high)))
    return (
        f"{winner} is better in {shown} by {fixed(abs(difference))} "
        f"({fixed(near)} to {fixed(far)}) {over}."
    )


def settings_table(a: RunRecord, b: RunRecord) -> pl.DataFrame:
    """Settings and costs in which two runs differ; defaults that were not named are filled in."""
    own = a.model == b.model  # settings of different models have nothing to do with each other
    left, right = _settings(a, own=own), _settings(b, own=own)
    rows = [
        {"Setting": name, "A": left.get(name, "–"), "B": right.get(name, "–")}
        for name in dict.fromkeys([*left, *right])
        if left.get(name) != right.get(name)
    ]
    costs = ("fit", "Fit took"), ("evaluate", "Measuring took")
    rows += [
        {"Setting": label, "A": _seconds(a, stage), "B": _seconds(b, stage)}
        for stage, label in costs
    ]
    return pl.DataFrame(rows)


def run_label(run: RunRecord) -> str:
    """A run in lists of runs: model, split and id."""
    split = split_name(str(run.settings.get("split", {}).get("name", "random")))
    return f"{model_name(run.model)} · {split} · {run.run_id}"


def split_conflict(a: RunRecord, b: RunRecord) -> str:
    """Why two runs cannot be compared, one sentence; "" when they share their test part."""
    if a.dataset_fingerprint != b.dataset_fingerprint:
        return (
            f"These runs are about different data ({a.dataset_name} and {b.dataset_name}), so a "
            "difference between them would say nothing about the models."
        )
    splits = a.settings.get("split", {}), b.settings.get("split", {})
    if splits[0] != splits[1]:
        return (
            f"These runs were tested on different interactions ({_split_words(splits[0])} and "
            f"{_split_words(splits[1])}). Train both with the same split to compare them."
        )
    return ""


def _row(label: str, found: tuple[float, float, float], base: float) -> ComparisonRow:
    difference, low, high = found
    change = difference / base, low / base, high / base
    verdict = "unclear" if low <= 0 <= high else "better" if difference > 0 else "worse"
    detail = f"{percent(change[0])} {'better' if difference > 0 else 'worse'}"
    return ComparisonRow(label, change, verdict, f"{detail} ({change_range(*change[1:])})")


def _verdict_words(found: tuple[float, float, float]) -> str:
    if found[1] <= 0 <= found[2]:
        return "no clear difference"
    return "A is better" if found[0] > 0 else "B is better"


def _settings(run: RunRecord, *, own: bool) -> dict[str, str]:
    """All settings of a run as text; `own`: those of its model too."""
    values = run.settings
    shown = {
        "Model": model_name(run.model),
        "Text model": str(values.get("text_model", "none")),
        "Seed": str(values.get("seed", 0)),
        "Feedback": feedback_words(checked(CountedFeedback, values.get("feedback", {}))),
    }
    if own:
        fields = settings_class(run.model).model_fields
        given = values.get("model_settings", {})
        shown |= {
            name.replace("_", " ").capitalize(): _text(given.get(name, field.get_default()))
            for name, field in fields.items()
        }
    return shown


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _seconds(run: RunRecord, stage: str) -> str:
    found = run.seconds.get(stage)
    if found is None:
        return "–"
    return format_seconds(found) if found >= FEWEST_SECONDS else "under 0.1 s"


def _split_words(split: Mapping[str, Any]) -> str:
    fraction = format_share(float(split.get("test_fraction", 0.0)))
    name = split_name(str(split.get("name", "random"))).lower()
    return f"“{name}”, {fraction} held out, seed {split.get('seed', 0)}"
