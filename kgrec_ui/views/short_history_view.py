"""How good the lists are for people of whom only a few choices are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_ui.views.benchmark_view import mean_with_interval
from kgrec_ui.views.evaluation_view import axis_title
from kgrec_ui.views.figures import fixed
from kgrec_ui.views.labels import metric_name, model_name
from kgrec_ui.views.length_curve import LengthCurve
from kgrec_ui.views.measuring_plans import NEWCOMER_RIVALS
from kgrec_ui.views.words import counted

__all__ = [
    "ShortHistoryView",
    "measured_models",
    "missing_models",
    "short_history_view",
]

PROTOCOL = "few-shot"
PART_END = "-shot"
ABLATED = (" without ", " with ")


@dataclass(frozen=True)
class ShortHistoryView:
    """All models of the newcomers' part of a benchmark; the active model comes first."""

    curves: tuple[LengthCurve, ...]
    axis_title: str
    sentence: str
    how: str
    table: pl.DataFrame


def short_history_view(report: BenchmarkReport, metric: str, *, main: str) -> ShortHistoryView:
    """Curves of one metric ("ndcg@20"); `main` is the registry name of the active model."""
    parts = _parts(report)
    found = dict.fromkeys(row["label"] for row in report.means if row["protocol"] == PROTOCOL)
    # Models with a part switched off belong to the ablation; a dozen curves tell nothing.
    labels = [label for label in found if not any(word in label for word in ABLATED)]
    curves = [_curve(report, label, parts, metric, main) for label in labels]
    curves.sort(key=lambda curve: not curve.is_main)
    name, _, k = metric.partition("@")
    n_users = _n_users(report, parts)
    return ShortHistoryView(
        curves=tuple(curves),
        axis_title=axis_title(name, int(k)).partition(":")[0],
        sentence=_sentence(curves, metric),
        how=(
            f"{counted(n_users, 'user')} were hidden from training. The axis says how many of "
            "their items were shown to the model; the rest had to be found. The users are the same "
            "at every length. Whiskers are 95 % intervals."
        ),
        table=_table(curves),
    )


def measured_models(report: BenchmarkReport) -> set[str]:
    """Models whose lists for newcomers were measured."""
    return {row["label"] for row in report.means if row["protocol"] == PROTOCOL}


def missing_models(report: BenchmarkReport, main: str) -> tuple[str, ...]:
    """The rivals of `main` that the newcomers' part of a benchmark does not hold."""
    there = measured_models(report)
    return tuple(model for model in NEWCOMER_RIVALS if model != main and model not in there)


def _parts(report: BenchmarkReport) -> list[tuple[int, str]]:
    """(known items, name of the part), ascending."""
    found = {row["part"] for row in report.means if row["protocol"] == PROTOCOL}
    shots = [part for part in found if part.endswith(PART_END)]
    return sorted((int(part.removesuffix(PART_END)), part) for part in shots)


def _curve(
    report: BenchmarkReport, label: str, parts: Sequence[tuple[int, str]], metric: str, main: str
) -> LengthCurve:
    points = []
    for k, part in parts:
        if report.mean(label, metric, protocol=PROTOCOL, part=part) is not None:
            key = {"protocol": PROTOCOL, "part": part, "metric": metric}
            points.append((k, *mean_with_interval(report, label, key)))
    return LengthCurve(model_name(label), tuple(points), label == main)


def _n_users(report: BenchmarkReport, parts: Sequence[tuple[int, str]]) -> int:
    names = [part for _, part in parts]
    sizes = [
        cell["parts"][name]["n_users"]
        for cell in report.cells
        for name in names
        if cell["protocol"] == PROTOCOL and name in cell["parts"]
    ]
    return max(sizes, default=0)


def _sentence(curves: Sequence[LengthCurve], metric: str) -> str:
    filled = [curve for curve in curves if curve.points]
    if not filled:
        return "No model could be measured on newcomers."
    own, name = filled[0], metric_name(metric)
    others = [curve for curve in filled if curve is not own]
    told = []
    for place in dict.fromkeys((0, len(own.points) - 1)):
        k, value = own.points[place][:2]
        with_k = f"With {counted(k, 'known item')} {own.label} reaches {name} {fixed(value)}"
        rivals = [
            (point[1], curve.label) for curve in others for point in curve.points if point[0] == k
        ]
        if rivals:
            best, label = max(rivals)
            with_k += f"; the best other model there is {label} with {fixed(best)}"
        told.append(f"{with_k}.")
    return " ".join(told)


def _table(curves: Sequence[LengthCurve]) -> pl.DataFrame:
    rows = []
    for curve in curves:
        row = {"Model": curve.label}
        for k, mean, low, high in curve.points:
            row[counted(k, "known item")] = f"{fixed(mean)} ({fixed(low)} to {fixed(high)})"
        rows.append(row)
    return pl.DataFrame(rows)
