"""How the report shows the kept measures of the explanations of a run."""

from __future__ import annotations

from collections.abc import Sequence

from kgrec_core.figures import format_count, format_score, signed
from kgrec_core.report.kept_quality import Figure, Quality
from kgrec_core.report.layout import note, paragraph, table, tiny
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.quality_groups import group_rows
from kgrec_core.report.quality_numbers import span_text, value_text
from kgrec_core.report.quality_orders import method_rows, order_rows
from kgrec_core.words import counted, joined, metric_name

__all__ = ["quality_rows"]

VERDICTS = ("met", "missed")


def quality_rows(quality: Quality) -> list[Child]:
    """A sentence on the targets, single measures, fidelity against other orders, attention."""
    judged = [figure for figure in quality.figures if figure.target]
    others = [figure for figure in quality.figures if not figure.target]
    rest = _figures(others, "Further measures of the explanations") if others else None
    return [
        paragraph(_targets(quality)),
        *order_rows(quality),
        _figures(judged, "Measures that have a target") if judged else None,
        *group_rows(quality),
        *method_rows(quality),
        _worth_words(quality),
        tag("details", tag("summary", "Further measures"), rest) if rest else None,
        note(
            f"Measured on {_users(quality)} and {counted(quality.n_pairs, 'explained pair')}; "
            f"{format_count(quality.n_deep)} of the "
            "pairs were scored again and again with evidence taken out."
        ),
    ]


def _figures(figures: Sequence[Figure], caption: str) -> Markup:
    heads = ["Measure", "Meaning", "Value", "95 % interval"]
    heads += ["Target"] if any(figure.target for figure in figures) else []
    return table(
        heads,
        [_figure_row(figure)[: len(heads)] for figure in figures],
        caption=caption,
        n_words=2,
    )


def _targets(quality: Quality) -> str:
    judged = [(label, verdict) for label, verdict in quality.verdicts if verdict in VERDICTS]
    met = sum(verdict == "met" for _, verdict in judged)
    are = "is" if len(judged) == 1 else "are"
    told = f"{met} of {counted(len(judged), 'measured target')} {are} met, on {_users(quality)}."
    missed = [label for label, verdict in judged if verdict == "missed"]
    if missed:
        told += f" Missed: {joined(missed, limit=8)}."
    nothing = [label for label, verdict in quality.verdicts if verdict not in VERDICTS]
    if nothing:
        told += (
            f" Nothing to measure here, such as paths without links: {joined(nothing, limit=8)}."
        )
    return told


def _users(quality: Quality) -> str:
    return counted(quality.n_users, "user")


def _figure_row(figure: Figure) -> list[str]:
    target = f"{_target(figure.target)}: {figure.verdict}" if figure.target else "–"
    return [
        figure.label,
        figure.help,
        value_text(figure.estimate, is_share=figure.is_share),
        span_text(figure.estimate, is_share=figure.is_share),
        target,
    ]


def _target(words: str) -> str:
    """The rule as people write it: "100 %", "at most 1 × 10⁻⁵"."""
    return words.replace("%", "\u00a0%").replace("1e-05", tiny(1e-5))


def _worth_words(quality: Quality) -> Child:
    if quality.worth is None:
        return None
    metric, own, uniform, difference, low, high = quality.worth
    word = "carries little" if low <= 0 else "matters"
    return paragraph(
        f"Attention {word}: with equal weights for everything known about a user, "
        f"{metric_name(metric)} is {format_score(uniform)} instead of {format_score(own)} "
        f"(difference {signed(difference)}, {signed(low)} to {signed(high)})."
    )
