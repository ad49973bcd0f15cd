"""What each part of the model brings: the same model with one part switched off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgrec_core.figures import p_words, signed
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import figure, missing, note, paragraph, table
from kgrec_core.report.markup import Child, Markup
from kgrec_core.report.measured import comparison_rows, main_metric, part_switched
from kgrec_core.report.verdicts import LEVEL, PartVerdict, part_verdict
from kgrec_core.words import PART_NAMES, metric_name

__all__ = ["ablation"]

VERDICTS = {"helps": "the part helps", "harms": "the part harms", "unused": "not used"}
TONES = {"helps": "good", "harms": "bad"}


@dataclass(frozen=True)
class _Part:
    """One part of the model: name, verdict, and the row of the benchmark."""

    name: str
    verdict: PartVerdict
    row: dict[str, Any]


def ablation(findings: Findings) -> list[Child]:
    """Parts that make a clear difference in words, all parts drawn and as a table."""
    report = findings.benchmarks.ablation
    if report is None and not findings.has_switches:
        return [paragraph("This model has no parts that could be switched off.")]
    if report is None:
        command = benchmark_command(findings, "--ablation")
        return [missing("what each part of the model brings", command)]
    metric = metric_name(main_metric(report))
    parts = _parts(findings)
    used = [part for part in parts if part.verdict.verdict != "unused"]
    idle = [part.name for part in parts if part.verdict.verdict == "unused"]
    told = [
        f"{_capital(part.name)}: without it the lists are {part.verdict.words}."
        for part in used
        if part.verdict.verdict in TONES
    ]
    twin = _table(parts, metric)
    caption = (
        "Left of 0 the lists get worse without the part: the part helps. Hollow dots make no "
        "clear difference."
    )
    return [
        paragraph(" ".join(told) or "No single part makes a clear difference."),
        figure(_drawing(used, metric), caption, twin) if used else twin,
        note(f"Not used by this model on this data: {', '.join(idle)}.") if idle else None,
    ]


def _parts(findings: Findings) -> list[_Part]:
    """All parts that were switched off, the most needed first."""
    report = findings.benchmarks.ablation
    found = []
    rows = comparison_rows(report, "accuracy", "all", main_metric(report)) if report else []
    for row in rows:
        switch = part_switched(report, row["label"]) if report else None
        verdict = part_verdict(findings, switch[1]) if switch and switch[0] == "without" else None
        if switch is not None and verdict is not None:
            found.append(_Part(PART_NAMES.get(switch[1], switch[1]), verdict, row))
    return sorted(found, key=lambda part: part.verdict.loss[0])


def _drawing(parts: Sequence[_Part], metric: str) -> Markup:
    dots = [
        Dot(
            _capital(part.name),
            *part.verdict.loss,
            _signed_percent(part.verdict.loss[0]),
            TONES.get(part.verdict.verdict, "plain"),
        )
        for part in parts
    ]
    return dot_chart(
        dots,
        title="The model without one of its parts",
        description="; ".join(f"without {p.name}: {p.verdict.words}" for p in parts) + ".",
        axis=f"change of {metric} when the part is switched off",
        tick=_tick_percent,
        zero=True,
    )


def _table(parts: Sequence[_Part], metric: str) -> Markup:
    rows = [
        [
            part.name,
            VERDICTS.get(part.verdict.verdict, "no clear difference"),
            signed(part.row["difference"]),
            f"{signed(part.row['low'])} to {signed(part.row['high'])}",
            p_words(part.row["p_corrected"]).removeprefix("p = ").removeprefix("p "),
        ]
        for part in parts
    ]
    return table(
        ["Without", "Verdict", f"Change of {metric}", "95 % interval", "p (Holm)"],
        rows,
        caption="The same model with one part switched off; p-values corrected for the number of "
        f"models and parts, clear below {LEVEL:g}",
        n_words=2,
    )


def _signed_percent(share: float) -> str:
    text = f"{100 * share:+.1f}"
    return "0.0 %" if float(text) == 0 else f"{text} %".replace("-", "−")


def _tick_percent(share: float) -> str:
    return f"{100 * share:+.0f} %".replace("-", "−") if share else "0 %"


def _capital(text: str) -> str:
    short = text.removeprefix("the ")
    return short[:1].upper() + short[1:]
