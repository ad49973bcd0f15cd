"""The part beyond accuracy: newcomers, new items, rare items, explanations, cost."""

from __future__ import annotations

from kgrec_core.figures import (
    fixed,
    format_count,
    format_seconds,
    format_share,
)
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.report.choices import PARTS
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import (
    device_words,
    facts,
    figure,
    missing,
    note,
    paragraph,
    section,
    table,
    tiny,
)
from kgrec_core.report.line_chart import Curve, line_chart
from kgrec_core.report.long_tail import long_tail
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.measured import (
    cell_words,
    main_metric,
    mean_with_interval,
    whole_models,
)
from kgrec_core.report.quality import quality_rows
from kgrec_core.report.summary import few_shot_parts
from kgrec_core.report.waterfall import RESIDUAL_LIMIT
from kgrec_core.words import counted, metric_name, model_name

__all__ = ["part_beyond"]

STAGES = {
    "read": "Reading the data",
    "graph": "Building the graph",
    "text": "Reading texts",
    "fit": "Fitting",
    "evaluate": "Measuring",
}
EXPLAINED = "how good the explanations are"


def part_beyond(findings: Findings, number: int) -> Markup:
    """What else was measured; what was not is named with the command that does it."""
    return section(
        "cold",
        number,
        PARTS["beyond"],
        tag("h3", "Somebody new, of whom little is known"),
        _few_shot(findings),
        tag("h3", "Items that nobody has chosen yet"),
        _cold_items(findings),
        tag("h3", "Rare items"),
        long_tail(findings),
        tag("h3", "Quality of the explanations"),
        _quality(findings),
        tag("h3", "Cost"),
        _cost(findings),
    )


def _few_shot(findings: Findings) -> list[Child]:
    report, parts = findings.benchmarks.few_shot, few_shot_parts(findings)
    command = benchmark_command(findings, "--protocol", "few-shot")
    if report is None or not parts:
        return [missing("newcomers", command)]
    metric, reference = main_metric(report), str(report.settings["reference"])
    name = metric_name(metric)
    labels = whole_models(report, "few-shot", first=reference)
    curves, rows = [], []
    for label in labels:
        means = [mean_with_interval(report, label, "few-shot", part, metric) for _, part in parts]
        points = [(float(place), *mean) for place, mean in enumerate(means) if mean is not None]
        if points:
            curves.append(Curve(model_name(label), tuple(points), label == reference))
        rows.append([model_name(label), *(cell_words(mean) for mean in means)])
    if not curves:
        return [missing("newcomers", command)]
    drawing = line_chart(
        curves,
        [(float(place), str(k)) for place, (k, _) in enumerate(parts)],
        title=f"{name} for newcomers",
        description="; ".join(f"{c.label} {fixed(c.points[0][1])} to {fixed(c.points[-1][1])}"
                              for c in curves) + ".",
        axis="known items of the newcomer",
        tick=lambda value: f"{value:.2f}",
    )  # fmt: skip
    twin = table(
        ["Model", *(counted(k, "known item") for k, _ in parts)],
        rows,
        caption=f"{name} for newcomers, with 95 % intervals",
    )
    n = max(_n_users(report, part) for _, part in parts)
    return [
        paragraph(
            f"{counted(n, 'user')} were hidden from training altogether. Of each, a few items were "
            "shown to the finished model, and the rest had to be found. Nothing is trained again."
        ),
        figure(drawing, f"{name} by number of known items; lines are 95 % intervals.", twin),
        note(
            "These figures cannot be compared with those of known users: far more of each "
            "newcomer's choices are hidden, so hits are easier."
        ),
    ]


def _n_users(report: BenchmarkReport, part: str) -> int:
    sizes = [cell["parts"][part]["n_users"] for cell in report.cells if part in cell["parts"]]
    return max(sizes, default=0)


def _cold_items(findings: Findings) -> list[Child]:
    report = findings.benchmarks.cold_items
    part = "cold items only"
    if report is None:
        command = benchmark_command(findings, "--protocol", "cold-items")
        return [missing("new items", command)]
    metric = main_metric(report)
    reference = str(report.settings["reference"])
    rows = [
        [
            model_name(label),
            cell_words(mean_with_interval(report, label, "cold-items", part, metric)),
            cell_words(mean_with_interval(report, label, "cold-items", "all", metric)),
        ]
        for label in whole_models(report, "cold-items", first=reference)
    ]
    name = metric_name(metric)
    share = format_share(float(report.settings["cold_fraction"]))
    return [
        paragraph(f"{share} of the items were hidden from training, with all their interactions."),
        table(
            ["Model", "Among new items only", "In the whole catalog"],
            rows,
            caption=f"{name} with 95 % intervals",
        ),
    ]


def _quality(findings: Findings) -> list[Child]:
    residual = _benchmark_residual(findings)
    quality = findings.quality
    if quality is None:
        command = f"kgrec explain-quality {findings.record.run_id}"
        return [missing(EXPLAINED, command), residual]
    return [*quality_rows(quality), residual]


def _benchmark_residual(findings: Findings) -> Markup | None:
    report = findings.benchmarks.accuracy or findings.benchmarks.ablation
    if report is None:
        return None
    own = [
        cell
        for cell in report.cells
        if cell["label"] == report.settings["reference"] and cell.get("max_residual") is not None
    ]
    n = int(report.settings["n_explained"]) * len(own)
    if not own or not n:
        return None
    largest = max(float(cell["max_residual"]) for cell in own)
    return note(
        f"Exactness: over {format_count(n)} pairs of user and item drawn at random, the largest "
        f"difference between a score and the sum of its parts was {tiny(largest)} (limit "
        f"{tiny(RESIDUAL_LIMIT)})."
    )


def _cost(findings: Findings) -> list[Child]:
    record = findings.record
    seconds = [(STAGES.get(stage, stage), value) for stage, value in record.seconds.items()]
    shown = [(name, value) for name, value in seconds if value > 0]
    total = sum(value for _, value in shown)
    boxes = [
        ("to train this run", format_seconds(total)),
        ("of memory at most", f"{record.peak_memory_mb:,.0f} MB"),
        ("trained on", device_words(findings.device)),
    ]
    drawing = None
    if shown:
        dots = [Dot(name, value, 0.0, value, _seconds(value), "good") for name, value in shown]
        drawing = figure(
            dot_chart(
                dots,
                title="Time by stage",
                description="; ".join(f"{name} {_seconds(value)}" for name, value in shown) + ".",
                axis="seconds",
                tick=lambda value: f"{value:g}",
                zero=True,
            ),
            "Wall-clock time of each stage of this run; a later run on the same data finds graph "
            "and text vectors ready.",
        )
    return [facts(boxes), drawing]


def _seconds(value: float) -> str:
    return format_seconds(value) if value >= 0.1 else "under 0.1 s"
