"""Which of the kept benchmarks speak about a run, and their rows by what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kgrec_core.config import TrainSettings, checked
from kgrec_core.figures import fixed
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.inputs import text_model_of
from kgrec_core.recommender.registry import settings_class

__all__ = [
    "ABLATION_WORDS",
    "Benchmarks",
    "cell_words",
    "chosen_benchmarks",
    "comparison_rows",
    "main_metric",
    "mean_with_interval",
    "part_switched",
    "whole_models",
]

FEWEST_SEEDS = 3
"""From here on intervals are over seeds; with fewer seeds they are over users."""
ABLATION_WORDS = (" without ", " with ")
SPLIT_KEYS = ("name", "test_fraction", "validation_fraction")


@dataclass(frozen=True)
class Benchmarks:
    """The latest benchmark for each question; None where none was made.

    Attributes:
        accuracy: the model of the run beside other models on held-out choices.
        ablation: the model with each part switched off.
        few_shot: users who were hidden from training.
        cold_items: items that were hidden from training.
        n_foreign: benchmarks of the same data that were made with other settings than the run.
    """

    accuracy: BenchmarkReport | None = None
    ablation: BenchmarkReport | None = None
    few_shot: BenchmarkReport | None = None
    cold_items: BenchmarkReport | None = None
    n_foreign: int = 0


def chosen_benchmarks(reports: Sequence[BenchmarkReport], settings: TrainSettings) -> Benchmarks:
    """Benchmarks with the settings of the run: others measured another model, and are counted."""
    own = [report for report in reports if _speaks_about(report, settings)]
    own.sort(key=lambda report: str(report.head.get("created", "")), reverse=True)

    def first(fits: Callable[[BenchmarkReport], bool]) -> BenchmarkReport | None:
        return next((report for report in own if fits(report)), None)

    def has(protocol: str) -> Callable[[BenchmarkReport], bool]:
        return lambda report: any(row["protocol"] == protocol for row in report.means)

    def has_others(report: BenchmarkReport) -> bool:
        rows = comparison_rows(report, "accuracy", "all", main_metric(report))
        return any(part_switched(report, row["label"]) is None for row in rows)

    def has_parts(report: BenchmarkReport) -> bool:
        rows = comparison_rows(report, "accuracy", "all", main_metric(report))
        return any(part_switched(report, row["label"]) is not None for row in rows)

    return Benchmarks(
        first(has_others),
        first(has_parts),
        first(has("few-shot")),
        first(has("cold-items")),
        len(reports) - len(own),
    )


def main_metric(report: BenchmarkReport) -> str:
    """NDCG of the longest list."""
    return f"ndcg@{max(report.settings['ks'])}"


def comparison_rows(
    report: BenchmarkReport, protocol: str, part: str, metric: str
) -> list[dict[str, Any]]:
    """Paired tests of other models (or of the model without a part) against the reference."""
    key = {"protocol": protocol, "part": part, "metric": metric}
    return [row for row in report.comparisons if key.items() <= row.items()]


def part_switched(report: BenchmarkReport, label: str) -> tuple[str, str] | None:
    """("without", "graph") for "fusion without graph"; None for a model of its own."""
    rest = label.removeprefix(f"{report.settings['reference']} ")
    word, _, part = rest.partition(" ")
    return (word, part) if rest != label and word in ("without", "with") and part else None


def mean_with_interval(
    report: BenchmarkReport, label: str, protocol: str, part: str, metric: str
) -> tuple[float, float, float] | None:
    """A mean over seeds with its 95 % interval: over seeds from three on, else over users."""
    wanted = {"label": label, "protocol": protocol, "part": part, "metric": metric}
    row = next((row for row in report.means if wanted.items() <= row.items()), None)
    if row is None:
        return None
    mean = float(row["mean"])
    if row["n_seeds"] >= FEWEST_SEEDS and row["low"] is not None:
        return mean, float(row["low"]), float(row["high"])
    ends = [
        cell["parts"][part]["intervals"][metric]
        for cell in report.cells
        if (cell["label"], cell["protocol"]) == (label, protocol)
        and metric in cell["parts"].get(part, {}).get("intervals", {})
    ]
    if not ends:
        return mean, mean, mean
    return (
        mean,
        sum(float(low) for low, _ in ends) / len(ends),
        sum(float(high) for _, high in ends) / len(ends),
    )


def cell_words(mean: tuple[float, float, float] | None) -> str:
    """A mean with its interval for a table; a dash where there is none."""
    return f"{fixed(mean[0])} ({fixed(mean[1])}–{fixed(mean[2])})" if mean else "–"


def whole_models(report: BenchmarkReport, protocol: str, *, first: str) -> list[str]:
    """Models without those that have a part switched off; the reference first."""
    found = dict.fromkeys(
        str(row["label"])
        for row in report.means
        if row["protocol"] == protocol and part_switched(report, str(row["label"])) is None
    )
    return sorted(found, key=lambda label: label != first)


def _speaks_about(report: BenchmarkReport, settings: TrainSettings) -> bool:
    asked = report.settings
    if settings.model not in asked["models"] or asked["reference"] != settings.model:
        return False
    if asked.get("tuning"):
        return False
    given = asked["model_settings"].get(settings.model, {})
    theirs = settings.model_copy(update={"text_model": asked["text_model"]})
    own = settings.split.model_dump(mode="json")
    return (
        _filled(settings.model, given) == _filled(settings.model, settings.model_settings)
        and text_model_of(theirs) == text_model_of(settings)
        and all(asked["split"][key] == own[key] for key in SPLIT_KEYS)
    )


def _filled(model: str, values: dict[str, Any]) -> dict[str, Any]:
    """Settings with the defaults filled in, so that naming a default changes nothing."""
    return checked(settings_class(model), values).model_dump(mode="json")
