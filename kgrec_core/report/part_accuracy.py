"""The part on accuracy: the model beside others, and what each of its parts brings."""

from __future__ import annotations

from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.figures import (
    change_range,
    fixed,
    format_count,
    format_seconds,
    format_share,
    percent,
    signed,
)
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.report.ablation import ablation
from kgrec_core.report.choices import PARTS
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import figure, missing, note, paragraph, section, table
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.measured import main_metric, mean_with_interval, part_switched
from kgrec_core.report.verdicts import Rival, rivals
from kgrec_core.words import counted, metric_name, model_name, split_name

__all__ = ["part_accuracy"]

METRICS = {
    "ndcg": "how high the hits stand; 1 is the ideal list",
    "recall": "share of a user's hidden choices that the list finds",
    "hit_rate": "share of users with at least one hit",
    "precision": "share of the list that is a hidden choice",
    "mrr": "1 divided by the place of the first hit in the list",
    "coverage": "share of the catalog that at least one test user is shown",
    "novelty": "how little known the shown items are, in bits; more is less known",
}
INTERVALS = (
    "An interval says how far the figure could move by chance: if other users like these had been "
    "tested, it would cover the true mean in about 95 of 100 cases."
)


def part_accuracy(findings: Findings, number: int) -> Markup:
    """How good the lists are, next to simple models, and which part of the model does it."""
    return section(
        "accuracy",
        number,
        PARTS["accuracy"],
        _how(findings),
        _own(findings),
        tag("h3", "Beside other models"),
        _others(findings),
        tag("h3", "What each part of the model brings", id="parts"),
        ablation(findings),
    )


def _how(findings: Findings) -> list[Child]:
    split, settings = findings.split, findings.settings.split
    if findings.evaluation is None:
        return [
            missing("accuracy; this run holds nothing out", "Train with a split such as “random”.")
        ]
    return [
        paragraph(
            f"{format_count(split.test)} of "
            f"{format_count(split.train + split.validation + split.test)} interactions were hidden "
            f"from the model (split “{split_name(settings.name)}”). It then made a list for each "
            f"of {format_count(findings.evaluation.n_users)} users, and a suggestion counts as a "
            "hit when the user had really chosen it. Good suggestions that nobody has tried yet "
            "count as misses, so the figures are on the low side; they are made to compare models."
        ),
        paragraph(INTERVALS),
    ]


def _own(findings: Findings) -> Markup | None:
    result = findings.evaluation
    if result is None:
        return None
    rows = []
    for name, gloss in METRICS.items():
        for k in result.ks:
            key = f"{name}@{k}"
            if key in result.metrics:
                low, high = result.intervals.get(key, (None, None))
                span = f"{_value(name, low)} to {_value(name, high)}" if low is not None else "–"
                rows.append([metric_name(key), gloss, _value(name, result.metrics[key]), span])
    return table(
        ["Measure", "Meaning", "Value", "95 % interval"],
        rows,
        caption=f"{model_name(findings.record.model)} on the hidden choices; @k is the length of "
        "the list",
        n_words=2,
    )


def _value(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in ("hit_rate", "coverage"):
        return format_share(value)
    return f"{value:.2f}" if name == "novelty" else fixed(value)


def _others(findings: Findings) -> list[Child]:
    found, result = rivals(findings), findings.evaluation
    if not found or result is None:
        command = benchmark_command(findings)
        return [missing("simple models on the same hidden choices", command), _foreign(findings)]
    name, own = metric_name(findings.metric), model_name(findings.record.model)
    value, low, high = _own_mean(findings, result)
    rows = [Dot(own, value, low, high, fixed(value), "main")]
    rows += [Dot(r.label, r.value, r.low, r.high, fixed(r.value)) for r in found]
    rows.sort(key=lambda row: -row.value)
    drawing = dot_chart(
        rows,
        title=f"{name} of {own} and other models",
        description="; ".join(f"{row.label} {row.text}" for row in rows) + ".",
        axis=f"{name}: {METRICS['ndcg']}",
        tick=fixed,
    )
    twin = table(
        ["Model", name, "95 % interval", f"{own} minus it", "95 % interval", "In words"],
        [
            [own, fixed(value), f"{fixed(low)} to {fixed(high)}", "–", "–", "this model"],
            *(_rival_row(rival) for rival in found),
        ],
        caption=f"{name}: {_where(findings, result)}",
    )  # fmt: skip
    return [
        paragraph(_rival_words(own, found[0], name)),
        figure(
            drawing,
            f"Dots are means over users, lines their 95 % intervals; {_where(findings, result)}.",
            twin,
        ),
        note(
            "Differences are taken user by user, so their intervals are narrower than those of "
            "the means: overlapping lines in the drawing do not mean that two models are equal. "
            "In words a model is better or worse only where the difference is beyond chance"
            + (
                ", after a correction for the number of models (Holm)."
                if findings.benchmarks.accuracy and not findings.baselines
                else "."
            )
        ),
        _benchmark_table(findings),
        _foreign(findings),
    ]


def _own_mean(findings: Findings, result: EvaluationResult) -> tuple[float, float, float]:
    """The model on the splits that the others were measured on."""
    report = findings.benchmarks.accuracy
    if report is not None and not findings.baselines:
        reference = str(report.settings["reference"])
        found = mean_with_interval(report, reference, "accuracy", "all", main_metric(report))
        if found is not None:
            return found
    metric = findings.metric
    return result.metrics[metric], *result.intervals[metric]


def _where(findings: Findings, result: EvaluationResult) -> str:
    """On whom the models were compared."""
    report = findings.benchmarks.accuracy
    splits = counted(len(report.settings["seeds"]), "split") if report else ""
    if report is None:
        return f"all on the same {counted(result.n_users, 'test user')}"
    if not findings.baselines:
        return f"means over {splits} of the benchmark"
    return f"on the split of this run, or else means over {splits} of the benchmark"


def _rival_row(rival: Rival) -> list[str]:
    lead, low, high = rival.lead
    words = "better" if lead > 0 else "worse"
    return [
        rival.label,
        fixed(rival.value),
        f"{fixed(rival.low)} to {fixed(rival.high)}",
        signed(lead),
        f"{signed(low)} to {signed(high)}",
        f"this model is {words}" if rival.is_clear else "no clear difference",
    ]


def _rival_words(own: str, best: Rival, name: str) -> str:
    lead, low, high = best.lead
    if not best.value:
        return f"No other model reaches anything in {name}."
    if not best.is_clear:
        span = change_range(low / best.value, high / best.value)
        return f"{own} cannot be told apart from {best.label}, the best other model ({span})."
    word = "better" if lead > 0 else "worse"
    span = change_range(low / best.value, high / best.value).removesuffix(f" {word}")
    return (
        f"{own} is {percent(lead / best.value)} {word} ({span}) in {name} than {best.label}, the "
        "best other model."
    )


def _benchmark_table(findings: Findings) -> Markup | None:
    report = findings.benchmarks.accuracy
    if report is None:
        return None
    k = max(report.settings["ks"])
    names = [f"{name}@{k}" for name in ("ndcg", "recall", "hit_rate", "mrr", "coverage", "gini")]
    own = {"protocol": "accuracy", "part": "all"}
    labels = dict.fromkeys(
        row["label"]
        for row in report.means
        if own.items() <= row.items() and part_switched(report, row["label"]) is None
    )
    rows = []
    for label in labels:
        means = [report.mean(label, name) for name in names]
        cost = _costs(report, label)
        rows.append([model_name(label), *(_mean(value) for value in means), *cost])
    seeds = counted(len(report.settings["seeds"]), "split")
    return table(
        ["Model", *(_short_name(name) for name in names), "Fit", "Memory"],
        rows,
        caption=f"All models of the benchmark of {str(report.head['created'])[:10]} "
        f"({seeds}), lists of {k}: other measures, time of a fit, largest memory. Gini: 0 when all "
        "items are shown equally often, near 1 when few take all places",
    )


def _short_name(metric: str) -> str:
    return metric_name(metric).partition("@")[0].replace("gini", "Gini")


def _mean(value: float | None) -> str:
    return "–" if value is None else fixed(value)


def _costs(report: BenchmarkReport, label: str) -> tuple[str, str]:
    cells = [c for c in report.cells if c["label"] == label and c["protocol"] == "accuracy"]
    done = [cell for cell in cells if not cell["error"]]
    if not done:
        return "failed", "–"
    seconds = sum(cell["seconds"]["fit"] for cell in done) / len(done)
    time = format_seconds(seconds) if seconds >= 0.1 else "under 0.1 s"
    return time, f"{max(cell['peak_memory_mb'] for cell in done):,.0f} MB"


def _foreign(findings: Findings) -> Markup | None:
    n = findings.benchmarks.n_foreign
    if not n:
        return None
    return note(
        f"{counted(n, 'benchmark')} of this data {'was' if n == 1 else 'were'} made with other "
        "settings than this run and left out here."
    )
