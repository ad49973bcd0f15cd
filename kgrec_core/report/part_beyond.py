"""The part beyond accuracy: newcomers, new items, rare items, explanations, cost."""

from __future__ import annotations

from kgrec_core.figures import (
    change_range,
    fixed,
    format_count,
    format_seconds,
    format_share,
    signed,
)
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.long_tail import LongTailCurve, LongTailPoint
from kgrec_core.report.choices import PARTS
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import facts, figure, missing, note, paragraph, section, table, tiny
from kgrec_core.report.line_chart import Curve, line_chart
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.measured import main_metric, mean_with_interval, part_switched
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
        _long_tail(findings),
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
    labels = _whole_models(report, "few-shot", first=reference)
    curves, rows = [], []
    for label in labels:
        means = [mean_with_interval(report, label, "few-shot", part, metric) for _, part in parts]
        points = [(float(place), *mean) for place, mean in enumerate(means) if mean is not None]
        if points:
            curves.append(Curve(model_name(label), tuple(points), label == reference))
        rows.append([model_name(label), *(_cell(mean) for mean in means)])
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


def _cell(mean: tuple[float, float, float] | None) -> str:
    return f"{fixed(mean[0])} ({fixed(mean[1])}–{fixed(mean[2])})" if mean else "–"


def _n_users(report: BenchmarkReport, part: str) -> int:
    sizes = [cell["parts"][part]["n_users"] for cell in report.cells if part in cell["parts"]]
    return max(sizes, default=0)


def _whole_models(report: BenchmarkReport, protocol: str, *, first: str) -> list[str]:
    """Models without those that have a part switched off; the reference first."""
    found = dict.fromkeys(
        str(row["label"])
        for row in report.means
        if row["protocol"] == protocol and part_switched(report, str(row["label"])) is None
    )
    return sorted(found, key=lambda label: label != first)


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
            _cell(mean_with_interval(report, label, "cold-items", part, metric)),
            _cell(mean_with_interval(report, label, "cold-items", "all", metric)),
        ]
        for label in _whole_models(report, "cold-items", first=reference)
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


def _long_tail(findings: Findings) -> list[Child]:
    found: list[Child] = [_tail_part(findings)]
    curve = findings.long_tail
    if curve is None:
        if findings.record.model == "fusion":
            return [*found, missing("what holding popular items back costs and brings",
                                    "Page Evaluate of the app, section “Long tail”.")]  # fmt: skip
        return [*found, note("This model has no setting that holds popular items back.")]
    return [*found, *_trade_off(curve)]


def _tail_part(findings: Findings) -> Markup | None:
    """The benchmark's long tail: the least popular items, that hold a fifth of the choices."""
    report = findings.benchmarks.accuracy
    if report is None:
        return None
    metric = f"recall@{max(report.settings['ks'])}"
    rows = [
        [model_name(label), _cell(mean)]
        for label in _whole_models(report, "accuracy", first=str(report.settings["reference"]))
        if (mean := mean_with_interval(report, label, "accuracy", "long tail", metric))
    ]
    if not rows:
        return None
    return table(
        ["Model", "Share of hidden rare choices that are found"],
        rows,
        caption=f"{metric_name(metric)} on rare items: the least popular ones, which together "
        "hold a fifth of all interactions; with 95 % intervals",
    )


def _trade_off(curve: LongTailCurve) -> list[Child]:
    points = curve.points
    places = [(point.strength, f"{point.strength:g}") for point in points][:: _every(len(points))]
    k = curve.k
    tail = [(p.strength, *p.tail_recall) for p in points if p.tail_recall is not None]
    curves = [Curve(f"NDCG@{k}, all items", tuple((p.strength, *p.ndcg) for p in points), True)]
    if tail:
        curves.append(Curve(f"Recall@{k}, rare items", tuple(tail)))
    drawing = line_chart(
        curves,
        places,
        title="Holding popular items back",
        description=_trade_words(curve),
        axis="how much popular items are held back (0: not at all)",
        tick=lambda value: f"{value:.2f}",
    )
    twin = table(
        ["Held back", f"NDCG@{k}", "Change, 95 % interval", f"Recall@{k} of rare items",
         "Catalog shown"],
        [_trade_row(point) for point in points],
        caption=f"The run measured at {counted(len(points), 'strength')}",
    )  # fmt: skip
    return [
        paragraph(_trade_words(curve)),
        figure(drawing, "Means over test users; lines are 95 % intervals.", twin),
        note(
            "The strengths were measured on the test part. Whoever picks one by this curve has "
            "used the test part to choose."
        ),
    ]


def _every(n: int) -> int:
    """Every so many marks are named, so that no more than eleven stand on the axis."""
    return max(1, -(-(n - 1) // 10))


def _trade_words(curve: LongTailCurve) -> str:
    """The strongest setting that costs no clear accuracy."""
    start = curve.points[0]
    free = [point for point in curve.points if point.loss[2] >= 0]
    point = free[-1]
    shares = f"{format_share(start.coverage)} to {format_share(point.coverage)}"
    if point.strength == 0 or not start.ndcg[0]:
        return (
            "Every strength that was measured costs accuracy clearly; without it the lists show "
            f"{format_share(start.coverage)} of the catalog."
        )
    loss = tuple(value / start.ndcg[0] for value in point.loss)
    change = change_range(loss[1], loss[2])
    rare = ""
    if start.tail_recall is not None and point.tail_recall is not None:
        before, after = format_share(start.tail_recall[0]), format_share(point.tail_recall[0])
        rare = f" and the found share of rare choices from {before} to {after}"
    return (
        f"Popular items can be held back with strength {point.strength:g} at no clear loss of "
        f"accuracy ({change}); the shown part of the catalog goes from {shares}{rare}. This run "
        f"uses {curve.own_strength:g}."
    )


def _trade_row(point: LongTailPoint) -> list[str]:
    tail = format_share(point.tail_recall[0]) if point.tail_recall else "–"
    span = f"{signed(point.loss[0])} ({signed(point.loss[1])} to {signed(point.loss[2])})"
    return [
        f"{point.strength:g}",
        fixed(point.ndcg[0]),
        span,
        tail,
        format_share(point.coverage),
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
        ("trained on", findings.device),
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
