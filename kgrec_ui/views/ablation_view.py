"""What each part of a model brings: the same model with one part switched off, in words."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kgrec_core.pipeline.ablation import modality_switches
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.words import PART_NAMES
from kgrec_ui.views.benchmark_view import verdict
from kgrec_ui.views.figures import change_words, fixed, p_words, signed
from kgrec_ui.views.labels import metric_name, model_name
from kgrec_ui.views.words import counted

__all__ = ["AblationRow", "AblationView", "ablation_view", "n_switches"]

TINY = 1e-9


@dataclass(frozen=True)
class AblationRow:
    """The model with one part switched the other way.

    Attributes:
        label: the part, as an axis names it.
        change: relative change of the metric, with the ends of its 95 % interval.
        verdict: "worse" (the part helps), "better" (it harms), "unclear" or "unused".
        sentence: the same in words.
    """

    label: str
    change: tuple[float, float, float]
    verdict: str
    sentence: str


@dataclass(frozen=True)
class AblationView:
    """All parts, the most needed first.

    Attributes:
        rows: one per part.
        headline: which parts the lists need.
        axis_title: of the changes.
        how: what was measured how.
        table: the same as numbers.
    """

    rows: tuple[AblationRow, ...]
    headline: str
    axis_title: str
    how: str
    table: pl.DataFrame


def n_switches(model: str) -> int:
    """How many parts of a model can be switched."""
    return len(modality_switches(model))


def ablation_view(report: BenchmarkReport, metric: str) -> AblationView:
    """The ablation in a kept benchmark on one metric ("ndcg@20")."""
    reference = str(report.settings["reference"])
    key = {"protocol": "accuracy", "part": "all", "metric": metric}
    whole = float(report.mean(reference, metric) or 0.0)
    found, lines = [], []
    for row in report.comparisons:
        switch = _switch(str(row["label"]), reference)
        if switch is None or not key.items() <= row.items() or not whole:
            continue
        own = _row(switch, row, whole)
        found.append(own)
        lines.append(
            {
                "Part": own.label,
                f"{metric_name(metric)} {switch[0]} it": fixed(whole + row["difference"]),
                "Difference": signed(row["difference"]),
                "95 % interval": f"{signed(row['low'])} to {signed(row['high'])}",
                "p (Holm)": p_words(row["p_corrected"]),
            }
        )
    order = sorted(range(len(found)), key=lambda place: found[place].change[0])
    rows = tuple(found[place] for place in order)
    n_users = next((r["n_users"] for r in report.comparisons if key.items() <= r.items()), 0)
    return AblationView(
        rows=rows,
        headline=_headline(rows, model_name(reference)),
        axis_title=f"Change of {metric_name(metric)} without the part",
        how=(
            f"{model_name(reference)} with everything reaches {metric_name(metric)} "
            f"{fixed(whole)}. Same {counted(int(n_users), 'user')}, "
            f"{counted(len(report.settings['seeds']), 'seed')}; intervals are over users (95 %), "
            "p-values corrected for the number of parts (Holm)."
        ),
        table=pl.DataFrame([lines[place] for place in order]) if lines else pl.DataFrame(),
    )


def _switch(label: str, reference: str) -> tuple[str, str] | None:
    """("without", "graph") of "fusion without graph"; None for other labels."""
    rest = label.removeprefix(f"{reference} ")
    word, _, part = rest.partition(" ")
    return (word, part) if word in ("without", "with") and part else None


def _row(switch: tuple[str, str], row: dict[str, float], whole: float) -> AblationRow:
    word, part = switch
    name = PART_NAMES.get(part, part)
    change = row["difference"] / whole, row["low"] / whole, row["high"] / whole
    label = name if word == "without" else f"{name} (added)"
    if max(abs(value) for value in change) < TINY:
        return AblationRow(
            _capital(label),
            (0.0, 0.0, 0.0),
            "unused",
            f"{word.capitalize()} {name} nothing changes: the model makes no use of it here.",
        )
    found = verdict(row["difference"], row["p_corrected"])
    told = change_words(*change, is_clear=found != "unclear")
    start = f"{word.capitalize()} {name}"
    sentence = f"{start}: {told}." if found == "unclear" else f"{start} the lists are {told}."
    return AblationRow(_capital(label), change, found, sentence)


def _headline(rows: tuple[AblationRow, ...], name: str) -> str:
    needed = [row.label for row in rows if row.verdict == "worse"]
    if not rows:
        return "Nothing was measured."
    if not needed:
        return f"No single part makes a clear difference to the lists of {name}."
    most = needed[0][0].lower() + needed[0][1:]
    if len(needed) == 1:
        return f"The lists clearly need one part: {most}."
    return f"The lists clearly need {len(needed)} of {len(rows)} parts, most of all {most}."


def _capital(text: str) -> str:
    short = text.removeprefix("the ")
    return short[0].upper() + short[1:]
