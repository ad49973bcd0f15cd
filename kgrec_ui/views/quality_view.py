"""How good the explanations of a run are: verdict, figures in groups, and rivals, ready to show."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_core.pipeline.explain_quality.report import Measure, QualityReport, Section
from kgrec_ui.theme import format_count, format_score, format_share
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.quality_words import power_text, quality_points
from kgrec_ui.views.words import counted, joined

__all__ = [
    "FidelityPanel",
    "FidelityRow",
    "QualitySection",
    "QualityView",
    "group_table",
    "grouped_figures",
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
class FidelityRow:
    """One order in one panel.

    Attributes:
        label: "Explanation", "Random", ...
        value: mean and ends of its 95 % interval.
        is_own: True for the explanation.
        text: the same in words.
    """

    label: str
    value: tuple[float, float, float]
    is_own: bool
    text: str


@dataclass(frozen=True)
class FidelityPanel:
    """One measure of fidelity.

    Attributes:
        title: for people, with its short name.
        better: "lower is better" or "higher is better".
        rows: the explanation first.
    """

    title: str
    better: str
    rows: tuple[FidelityRow, ...]


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
        sections=tuple(_sections(report)),
        methods=_methods(report),
        methods_note=_methods_note(report),
    )


def grouped_figures(report: QualityReport) -> dict[str, str]:
    """Keys and labels of the figures that are told per group of users."""
    found = {f"lead:{c.key}": f"Lead over random orders, {c.label}" for c in report.comparisons}
    return found | {m.key: m.label for m in report.measures if m.groups}


def group_table(report: QualityReport, key: str) -> pl.DataFrame:
    """One figure for all users and per group."""
    if key.startswith("lead:"):
        compared = next(c for c in report.comparisons if f"lead:{c.key}" == key)
        values, is_share = {"all users": compared.leads["random"], **compared.groups}, False
    else:
        measure = report.measure(key)
        whole = {} if measure is None else {"all users": measure.estimate, **measure.groups}
        values, is_share = whole, bool(measure and measure.is_share)
    rows = [(name, estimate) for name, estimate in values.items() if estimate.value is not None]
    return pl.DataFrame(
        {
            "Group": [_group_words(name) for name, _ in rows],
            "Value": [_text(estimate.value, is_share) for _, estimate in rows],
            "95 % interval": [_span(estimate, is_share) for _, estimate in rows],
            "Users": [estimate.n_users for _, estimate in rows],
            "Not defined for": [estimate.n_undefined for _, estimate in rows],
        }
    )


def _group_words(name: str) -> str:
    """A group as people write it: "age_group: 25-34" -> "Age group: 25-34"; values stay."""
    kind, colon, value = name.partition(":")
    return kind[:1].upper() + kind[1:].replace("_", " ") + colon + value


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
                f"{_text(estimate.value)} ({_span(estimate)})",
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
            "Value": [_text(m.estimate.value, m.is_share) for m in measures],
            "95 % interval": [_span(m.estimate, m.is_share) for m in measures],
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
            "Still in the list": [_text(row.position.value, is_share=True) for row in rows],
            "by chance": [_text(row.position_random.value, is_share=True) for row in rows],
            "CNDCG": [_text(row.cndcg.value) for row in rows],
            "chance": [_text(row.cndcg_random.value) for row in rows],
            "Orders beaten": [_text(row.beaten.value, is_share=True) for row in rows],
            "Scorings each": [round(row.n_rescored) for row in rows],
        }
    )


def _methods_note(report: QualityReport) -> str:
    overlap = report.peer_overlap
    if not report.methods or overlap is None or overlap.value is None:
        return ""
    return (
        "Explanations made from outside ask the model again and again. LightGCN learns a vector "
        "per user; to take a choice out, the user is folded in. What is explained is this "
        f"folded-in model: its lists share {format_share(overlap.value)} with those of the learned "
        "vectors. "
        "Each model is explained on its own lists."
    )


def _method_name(method: str) -> str:
    names = {
        "contributions": "its own terms",
        "leave-one-out": "leaving one choice out",
        "LIME-style": "a local linear model (LIME)",
    }
    return names.get(method, method)


def _text(value: float | None, is_share: bool = False) -> str:
    if value is None:
        return "–"
    if is_share:
        return format_share(value)
    return power_text(value) if 0 < abs(value) < 1e-4 else format_score(value)


def _span(estimate: Estimate, is_share: bool = False) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{_text(estimate.low, is_share)} to {_text(estimate.high, is_share)}"
