"""How good the explanations of a run are: verdict, figures in groups, and rivals, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kgrec_core.pipeline.explain_quality.report import Measure, QualityReport, Section
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.quality_panels import (
    FidelityPanel,
    FidelityRow,
    both_text,
    span_text,
    value_text,
)
from kgrec_ui.views.quality_words import power_text, quality_points
from kgrec_ui.views.words import counted, joined

__all__ = [
    "QualitySection",
    "QualityView",
    "quality_view",
]

TITLES: dict[Section, tuple[str, str]] = {
    "exactness": ("Exactness", "Do the terms add up to the score?"),
    "fidelity": ("Reasons", "Do the named reasons carry the score?"),
    "counterfactuals": ("Counterfactuals", "What would have to be different?"),
    "paths": ("Paths", "Are the paths real, and how varied are they?"),
    "attention": ("Attention", "What do the attention weights say?"),
    "stability": ("Stability", "Do other seeds give the same reasons?"),
    "words": ("Sentences", "Do the sentences say only what is there?"),
    "speed": ("Speed", "How long does an explanation take?"),
}
ROW_NAMES = {
    "explainer": "Explanation",
    "random": "Random",
    "popularity": "Most popular first",
    "recency": "Latest first",
}
PANEL_NAMES = {
    "deletion": "Score while reasons go",
    "cndcg": "Place while reasons go",
    "insertion": "Score with reasons alone",
    "position": "Still in the list",
}
VERDICTS = {"met": "met", "missed": "missed", "not measured": "not measured", "": ""}


@dataclass(frozen=True)
class QualitySection:
    """Figures that belong together.

    Attributes:
        title: short.
        question: what they answer.
        table: one row per figure.
        notes: what each figure is, one line each.
    """

    title: str
    question: str
    table: pl.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class QualityView:
    """The whole part.

    Attributes:
        headline: the verdict, one sentence.
        is_good: True when no target is missed.
        points: what was found, in plain words.
        how: what was measured on what.
        panels: fidelity beside the three orders.
        fidelity_table: the same numbers.
        targets: everything that has a target, with its verdict.
        sections: all other figures.
        methods: explanations from outside beside ours; None when not measured.
        methods_note: what they explain.
    """

    headline: str
    is_good: bool
    points: tuple[str, ...]
    how: str
    panels: tuple[FidelityPanel, ...]
    fidelity_table: pl.DataFrame
    targets: pl.DataFrame
    sections: tuple[QualitySection, ...]
    methods: pl.DataFrame | None
    methods_note: str


def quality_view(report: QualityReport) -> QualityView:
    """Everything that the part shows of a report."""
    panels = tuple(_panels(report))
    return QualityView(
        headline=_headline(report),
        is_good=not report.missed,
        points=quality_points(report),
        how=(
            f"Measured on {counted(report.n_users, 'user')} drawn at random: "
            f"{counted(report.n_pairs, 'explanation')}, of which {format_count(report.n_deep)} "
            "were tested by taking evidence out and scoring everything again. Intervals hold 95 % "
            "and are over users."
        ),
        panels=panels,
        fidelity_table=_fidelity_table(panels),
        targets=_targets(report),
        sections=tuple(_sections(report)),
        methods=_methods(report),
        methods_note=_methods_note(report),
    )


def _targets(report: QualityReport) -> pl.DataFrame:
    """Everything with a target: what was asked, what came out, and whether that is enough."""
    rows = [
        (
            f"{PANEL_NAMES[c.key]} ({c.label})",
            both_text(c.explainer),
            c.target.replace(" orders,", ","),
            c.verdict,
        )
        for c in report.comparisons
        if c.verdict
    ]
    rows += [
        (m.label, value_text(m.estimate.value, m.is_share), _target(m.target), m.verdict)
        for m in report.measures
        if m.verdict
    ]
    names = ("What", "Measured", "Target", "Verdict")
    return pl.DataFrame({name: [row[at] for row in rows] for at, name in enumerate(names)})


def _headline(report: QualityReport) -> str:
    n_missed = len(report.missed)
    n_judged = sum(verdict != "not measured" for _, verdict in report.verdicts)
    if not n_judged:
        return "This model names no evidence, so its explanations cannot be tested."
    if not n_missed:
        return f"The explanations are the score: all {n_judged} targets are met."
    names = joined(list(report.missed))
    return f"{n_missed} of {n_judged} targets {'is' if n_missed == 1 else 'are'} missed: {names}."


def _panels(report: QualityReport) -> list[FidelityPanel]:
    found = []
    for compared in report.comparisons:
        orders = {"explainer": compared.explainer, **compared.rivals}
        rows = [
            FidelityRow(
                ROW_NAMES[name],
                (estimate.value, estimate.low or 0.0, estimate.high or 0.0),
                name == "explainer",
                f"{value_text(estimate.value)} ({span_text(estimate)})",
            )
            for name, estimate in orders.items()
            if estimate.value is not None
        ]
        if len(rows) > 1:
            title = f"{PANEL_NAMES[compared.key]} ({compared.label})"
            found.append(FidelityPanel(title, f"{compared.better} is better", tuple(rows)))
    return found


def _fidelity_table(panels: tuple[FidelityPanel, ...]) -> pl.DataFrame:
    labels = list(dict.fromkeys(row.label for panel in panels for row in panel.rows))
    table: dict[str, list[str]] = {"Order": labels}
    for panel in panels:
        texts = {row.label: row.text for row in panel.rows}
        table[f"{panel.title}, {panel.better}"] = [texts.get(label, "–") for label in labels]
    return pl.DataFrame(table)


def _sections(report: QualityReport) -> list[QualitySection]:
    found = []
    for section, (title, question) in TITLES.items():
        own = [measure for measure in report.measures if measure.section == section]
        if own:
            notes = tuple(f"{m.label}: {m.help}" for m in own if not m.key.endswith(":random"))
            found.append(QualitySection(title, question, _table(own), notes))
    return found


def _table(measures: list[Measure]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Figure": [measure.label for measure in measures],
            "Value": [value_text(m.estimate.value, m.is_share) for m in measures],
            "95 % interval": [span_text(m.estimate, m.is_share) for m in measures],
            "Good is": [{"higher": "high", "lower": "low", "": ""}[m.better] for m in measures],
            "Target": [_target(measure.target) for measure in measures],
            "Verdict": [VERDICTS[measure.verdict] for measure in measures],
            "Users": [measure.estimate.n_users for measure in measures],
            "Not defined for": [measure.estimate.n_undefined for measure in measures],
        }
    )


def _target(words: str) -> str:
    return words.replace("%", " %").replace("1e-05", power_text(1e-5))


def _methods(report: QualityReport) -> pl.DataFrame | None:
    rows = report.methods
    if not rows:
        return None
    return pl.DataFrame(
        {
            "Model": [model_name(row.model) for row in rows],
            "Explained by": [_method_name(row.method) for row in rows],
            "Still in the list": [both_text(row.position, is_share=True) for row in rows],
            "by chance": [value_text(row.position_random.value, is_share=True) for row in rows],
            "CNDCG": [both_text(row.cndcg) for row in rows],
            "chance": [value_text(row.cndcg_random.value) for row in rows],
            "Orders beaten": [value_text(row.beaten.value, is_share=True) for row in rows],
            "Scorings": [round(row.n_rescored) for row in rows],
        }
    )


def _methods_note(report: QualityReport) -> str:
    if not report.methods:
        return ""
    n_users = max(row.position.n_users for row in report.methods)
    told = (
        "Explanations made from outside ask the model again and again. Low is good in the first "
        f"four columns of figures. They are means over {counted(n_users, 'user')}, each model is "
        "explained on its own lists and with random orders of its own: so the figures of chance "
        f"differ a little from those above, which are over {counted(report.n_users, 'user')}."
    )
    overlap = report.peer_overlap
    if overlap is None or overlap.value is None:
        return told
    return (
        f"{told} LightGCN learns a vector per user; to take a choice out, the user is folded in. "
        "What is explained is this folded-in model: its lists share "
        f"{format_share(overlap.value)} with those of the learned vectors."
    )


def _method_name(method: str) -> str:
    names = {
        "contributions": "its own terms",
        "leave-one-out": "leaving one choice out",
        "LIME-style": "a local linear model (LIME)",
    }
    return names.get(method, method)
