"""Rare items: how many of them are found, and what holding popular items back costs and brings."""

from __future__ import annotations

from kgrec_core.figures import change_range, fixed, format_share, signed
from kgrec_core.pipeline.long_tail import LongTailCurve, LongTailPoint
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import figure, missing, note, paragraph, table
from kgrec_core.report.line_chart import Curve, line_chart
from kgrec_core.report.markup import Child, Markup
from kgrec_core.report.measured import cell_words, mean_with_interval, whole_models
from kgrec_core.report.summary import TAIL_IN_APP
from kgrec_core.words import counted, metric_name, model_name

__all__ = ["long_tail"]


def long_tail(findings: Findings) -> list[Child]:
    """The benchmark's rare items, then the trade-off of the run."""
    found: list[Child] = [_tail_part(findings)]
    curve = findings.long_tail
    if curve is None:
        if findings.record.model == "fusion":
            return [
                *found,
                missing("what holding popular items back costs and brings", TAIL_IN_APP),
            ]
        return [*found, note("This model has no setting that holds popular items back.")]
    return [*found, *_trade_off(curve)]


def _tail_part(findings: Findings) -> Markup | None:
    """The benchmark's long tail: the least popular items, that hold a fifth of the choices."""
    report = findings.benchmarks.accuracy
    if report is None:
        return None
    metric = f"recall@{max(report.settings['ks'])}"
    rows = [
        [model_name(label), cell_words(mean)]
        for label in whole_models(report, "accuracy", first=str(report.settings["reference"]))
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
