"""A kept benchmark: models on one metric, against the reference, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_ui.views.evaluation_view import axis_title
from kgrec_ui.views.figures import fixed, p_words, signed
from kgrec_ui.views.labels import metric_name, model_name
from kgrec_ui.views.words import counted, joined

__all__ = [
    "PROTOCOL_HELP",
    "PROTOCOL_NAMES",
    "BenchmarkRow",
    "BenchmarkView",
    "benchmark_view",
    "compares_models",
    "mean_with_interval",
    "measured_metrics",
    "measured_parts",
    "part_name",
    "report_label",
    "verdict",
]

PROTOCOL_NAMES = {
    "accuracy": "Known users",
    "cold-items": "New items",
    "few-shot": "Newcomers",
}
PROTOCOL_HELP = {
    "accuracy": "a part of each user's interactions is held out",
    "cold-items": "15 % of the items are hidden from training",
    "few-shot": "20 % of the users are hidden, and 1, 3, 5 or 10 of their items are shown",
}
PART_NAMES = {"all": "everything held out", "long tail": "long tail only"}
FEWEST_SEEDS = 3
"""With fewer seeds an interval over seeds says nothing, and one over users is shown."""
LEVEL = 0.05
SHOWN = ("ndcg", "recall", "mrr", "hit_rate", "coverage")
AGAINST = "Against the reference"


@dataclass(frozen=True)
class BenchmarkRow:
    """One model.

    Attributes:
        label: for people.
        mean: of the metric over seeds, with the ends of its interval.
        difference: to the reference, with the ends of its interval; None when it is not tested.
        verdict: "better", "worse", "unclear", "reference" or "untested".
        words: the verdict in words, with its p-value.
    """

    label: str
    mean: tuple[float, float, float]
    difference: tuple[float, float, float] | None
    verdict: str
    words: str


@dataclass(frozen=True)
class BenchmarkView:
    """One metric of a kept benchmark.

    Attributes:
        rows: the best first.
        axis_title: the metric with its meaning.
        difference_title: what the differences are to.
        sentence: who leads, and how sure that is.
        how: what was measured how.
        table: the rows with further metrics and costs.
        failures: models that could not be measured, one sentence each.
    """

    rows: tuple[BenchmarkRow, ...]
    axis_title: str
    difference_title: str
    sentence: str
    how: str
    table: pl.DataFrame
    failures: tuple[str, ...]


def compares_models(report: BenchmarkReport) -> bool:
    """False for an ablation alone: one model, and the same without its parts."""
    return not report.settings["ablation"] or len(report.settings["models"]) > 1


def report_label(report: BenchmarkReport) -> str:
    """A kept benchmark in a list: models, kinds of measurement, seeds, day."""
    settings = report.settings
    names = joined([model_name(model) for model in settings["models"]], limit=3)
    kinds = ", ".join(PROTOCOL_NAMES.get(name, name) for name in settings["protocols"])
    day = str(report.head["created"])[:16].replace("T", " ")
    return f"{day} · {names} · {kinds} · {counted(len(settings['seeds']), 'seed')}"


def measured_parts(report: BenchmarkReport) -> list[tuple[str, str]]:
    """(protocol, part) of everything that can be looked at; slices within parts are left out."""
    found = dict.fromkeys((row["protocol"], row["part"]) for row in report.means)
    return [(protocol, part) for protocol, part in found if ": " not in part]


def part_name(protocol: str, part: str) -> str:
    """A part of a protocol in words."""
    if part.endswith("-shot"):
        return f"{PROTOCOL_NAMES[protocol]}, {counted(int(part[:-5]), 'known item')}"
    name = PROTOCOL_NAMES.get(protocol, protocol)
    return f"{name}, {PART_NAMES.get(part, part)}"


def measured_metrics(report: BenchmarkReport) -> list[str]:
    """Metrics at the longest list, in the order of the page."""
    k = max(report.settings["ks"])
    found = {row["metric"] for row in report.means}
    return [f"{name}@{k}" for name in SHOWN if f"{name}@{k}" in found]


def benchmark_view(report: BenchmarkReport, protocol: str, part: str, metric: str) -> BenchmarkView:
    """All models of a benchmark on one metric ("ndcg@20") of one part."""
    key = {"protocol": protocol, "part": part, "metric": metric}
    labels = [
        row["label"]
        for row in report.means
        if key.items() <= row.items() and row["label"] in report.settings["models"]
    ]
    compared = {row["label"]: row for row in report.comparisons if key.items() <= row.items()}
    reference = str(report.settings["reference"])
    rows = {label: _row(report, label, key, compared.get(label), reference) for label in labels}
    order = sorted(labels, key=lambda label: -rows[label].mean[0])
    name, _, k = metric.partition("@")
    return BenchmarkView(
        rows=tuple(rows[label] for label in order),
        axis_title=axis_title(name, int(k)),
        difference_title=f"{metric_name(metric)} minus that of {model_name(reference)}",
        sentence=_sentence([rows[label] for label in order], metric),
        how=_how(report, protocol),
        table=_table(report, order, rows, key),
        failures=tuple(
            f"{model_name(cell['label'])} (seed {cell['seed']}): {cell['error']}"
            for cell in report.cells
            if cell["error"] and cell["protocol"] == protocol
        ),
    )


def mean_with_interval(
    report: BenchmarkReport, label: str, key: Mapping[str, str]
) -> tuple[float, float, float]:
    """A mean over seeds and the ends of its 95 % interval.

    From three seeds on the interval is over seeds; with fewer it is that over users, averaged
    over the seeds.

    Args:
        report: where it was measured.
        label: of the model.
        key: protocol, part and metric.
    """
    wanted = {**key, "label": label}
    row = next(row for row in report.means if wanted.items() <= row.items())
    if row["n_seeds"] >= FEWEST_SEEDS:
        return row["mean"], row["low"], row["high"]
    ends = [
        cell["parts"][key["part"]]["intervals"][key["metric"]]
        for cell in report.cells
        if (cell["label"], cell["protocol"]) == (label, key["protocol"])
        and key["metric"] in cell["parts"].get(key["part"], {}).get("intervals", {})
    ]
    if not ends:
        return row["mean"], row["mean"], row["mean"]
    return row["mean"], _average([low for low, _ in ends]), _average([high for _, high in ends])


def verdict(difference: float, p_corrected: float) -> str:
    """Either "better", "worse" or "unclear", by the p-value after correction for several models."""
    if p_corrected > LEVEL or difference == 0:
        return "unclear"
    return "better" if difference > 0 else "worse"


def _row(
    report: BenchmarkReport,
    label: str,
    key: Mapping[str, str],
    compared: Mapping[str, Any] | None,
    reference: str,
) -> BenchmarkRow:
    mean = mean_with_interval(report, label, key)
    if label == reference:
        return BenchmarkRow(model_name(label), mean, None, "reference", "the reference")
    if compared is None:
        return BenchmarkRow(model_name(label), mean, None, "untested", "not tested")
    found = verdict(compared["difference"], compared["p_corrected"])
    words = {"better": "clearly better", "worse": "clearly worse"}.get(found, "no clear difference")
    difference = compared["difference"], compared["low"], compared["high"]
    told = f"{words} ({p_words(compared['p_corrected'])})"
    return BenchmarkRow(model_name(label), mean, difference, found, told)


def _sentence(rows: Sequence[BenchmarkRow], metric: str) -> str:
    if not rows:
        return "No model could be measured here."
    best, name = rows[0], metric_name(metric)
    start = f"{best.label} has the highest {name}: {fixed(best.mean[0])}."
    reference = next((row for row in rows if row.verdict == "reference"), None)
    tested = [row for row in rows if row.difference is not None]
    if reference is None or not tested:
        return start
    if best is reference:
        n_worse = sum(row.verdict == "worse" for row in tested)
        if n_worse == len(tested):
            return f"{start} All others are clearly worse."
        level = joined([row.label for row in tested if row.verdict != "worse"], limit=3)
        return f"{start} It cannot be told apart from {level}."
    return (
        f"{start} Next to {reference.label} ({fixed(reference.mean[0])}) that is {best.words}, "
        f"difference {signed(best.difference[0]) if best.difference else '0'}."
    )


def _how(report: BenchmarkReport, protocol: str) -> str:
    seeds = report.settings["seeds"]
    over = "seeds" if len(seeds) >= FEWEST_SEEDS else "users"
    tuning = report.settings["tuning"]
    budget = (
        f"settings chosen on the validation part in {tuning['n_trials']} trials"
        if tuning
        else "settings as given"
    )
    return (
        f"{PROTOCOL_NAMES.get(protocol, protocol)}: {PROTOCOL_HELP.get(protocol, '')}. "
        f"Mean over {counted(len(seeds), 'seed')}, {budget}; whiskers are 95 % intervals over "
        f"{over}. Differences are between the same users; p-values are corrected for the number "
        "of models (Holm)."
    )


def _table(
    report: BenchmarkReport,
    labels: Sequence[str],
    rows: Mapping[str, BenchmarkRow],
    key: Mapping[str, str],
) -> pl.DataFrame:
    """Metrics and costs as numbers, so that the table can be sorted."""
    shown = [key["metric"], *(name for name in measured_metrics(report) if name != key["metric"])]
    columns: dict[str, list[Any]] = {"Model": [rows[label].label for label in labels]}
    for metric in shown:
        own = {"protocol": key["protocol"], "part": key["part"]}
        columns[metric_name(metric)] = [report.mean(label, metric, **own) for label in labels]
    columns[AGAINST] = [rows[label].words for label in labels]
    costs = [_cost(report, label, key["protocol"]) for label in labels]
    columns["Fit (s)"] = [cost[0] for cost in costs]
    columns["Users per s"] = [None if cost[1] is None else _rough(cost[1]) for cost in costs]
    columns["Memory (MB)"] = [cost[2] for cost in costs]
    numbers = {name: pl.Float64 for name in columns if name not in ("Model", AGAINST)}
    texts = {"Model": pl.String, AGAINST: pl.String}
    return pl.DataFrame(columns, schema={name: {**numbers, **texts}[name] for name in columns})


def _cost(
    report: BenchmarkReport, label: str, protocol: str
) -> tuple[float | None, float | None, float | None]:
    """Seconds of a fit, users scored per second, and largest memory of a model."""
    cells = [
        cell
        for cell in report.cells
        if (cell["label"], cell["protocol"]) == (label, protocol) and not cell["error"]
    ]
    if not cells:
        return None, None, None
    return (
        _average([cell["seconds"]["fit"] for cell in cells]),
        _average([cell["users_per_second"] for cell in cells]),
        max(cell["peak_memory_mb"] for cell in cells),
    )


def _rough(speed: float) -> float:
    """A speed without digits that another measurement would not repeat: three count."""
    return float(f"{speed:.3g}")


def _average(values: Sequence[float]) -> float:
    return float(sum(values) / len(values))
