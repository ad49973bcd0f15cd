"""The kept measures of the explanations of a run, and how the report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgrec_core.errors import ArtifactError
from kgrec_core.figures import format_count, format_score, format_share, signed
from kgrec_core.report.layout import note, paragraph, table, tiny
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.storage.artifacts import read_json
from kgrec_core.storage.workspace import Workspace
from kgrec_core.words import counted, joined, metric_name

__all__ = ["Estimate", "Figure", "OrderTest", "Quality", "kept_quality", "quality_rows"]

FILE_NAME = "explain-quality.json"
SMALLEST = 1e-3
"""Smaller figures are written as powers of ten."""
VERDICTS = {"met": "met", "missed": "missed", "not measured": "not measured"}


@dataclass(frozen=True)
class Estimate:
    """A mean over users with its 95 % interval; None where nobody has a value."""

    value: float | None
    low: float | None
    high: float | None
    n_users: int


@dataclass(frozen=True)
class Figure:
    """One measure: name, one sentence on it, value, target and whether it is met."""

    label: str
    help: str
    estimate: Estimate
    is_share: bool
    target: str
    verdict: str


@dataclass(frozen=True)
class OrderTest:
    """One measure of fidelity of the explanation's order beside other orders."""

    label: str
    better: str
    own: Estimate
    rivals: dict[str, Estimate]
    lead: Estimate
    verdict: str


@dataclass(frozen=True)
class Quality:
    """What `kgrec explain-quality` kept.

    Attributes:
        n_users: users that were looked at.
        n_pairs: explained pairs.
        n_deep: pairs that were scored again and again with evidence taken out.
        figures: single measures.
        orders: fidelity beside random orders, popularity and recency.
        worth: (metric, of the run, with uniform attention, difference, low, high); None when it
            was not measured.
    """

    n_users: int
    n_pairs: int
    n_deep: int
    figures: tuple[Figure, ...]
    orders: tuple[OrderTest, ...]
    worth: tuple[str, float, float, float, float, float] | None

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """Name and verdict of everything that has a target."""
        found = [(figure.label, figure.verdict) for figure in self.figures if figure.verdict]
        return found + [(test.label, test.verdict) for test in self.orders if test.verdict]


def kept_quality(workspace: Workspace, run_id: str) -> Quality | None:
    """The kept measures of a run; None when there are none that can be read."""
    path = workspace.run_folder(run_id) / FILE_NAME
    try:
        return _quality(read_json(path))
    except (ArtifactError, AttributeError, KeyError, TypeError, ValueError):
        return None


def quality_rows(quality: Quality) -> list[Child]:
    """A sentence on the targets, single measures, fidelity against other orders, attention."""
    orders = table(
        ["Measure", "Better", "This explanation", "Random orders", "Lead over random", "Target"],
        [_order_row(test) for test in quality.orders],
        caption="Is what is named first really what counts? Evidence is taken out (DEL, POS, "
        "CNDCG) or put in alone (INS) in the order of the explanation, and everything is scored "
        "again",
        n_words=2,
    )
    judged = [figure for figure in quality.figures if figure.target]
    others = [figure for figure in quality.figures if not figure.target]
    rest = _figures(others, "Further measures of the explanations") if others else None
    return [
        paragraph(_targets(quality)),
        orders if quality.orders else None,
        _figures(judged, "Measures that have a target") if judged else None,
        _worth_words(quality),
        tag("details", tag("summary", "Further measures"), rest) if rest else None,
        note(
            f"Measured on {_users(quality)} and {counted(quality.n_pairs, 'explained pair')}; "
            f"{format_count(quality.n_deep)} of the "
            "pairs were scored again and again with evidence taken out."
        ),
    ]


def _figures(figures: Sequence[Figure], caption: str) -> Markup:
    return table(
        ["Measure", "Meaning", "Value", "95 % interval", "Target"],
        [_figure_row(figure) for figure in figures],
        caption=caption,
        n_words=2,
    )


def _targets(quality: Quality) -> str:
    judged = quality.verdicts
    met = sum(verdict == "met" for _, verdict in judged)
    told = f"{met} of {counted(len(judged), 'target')} are met, on {_users(quality)}."
    for word in ("missed", "not measured"):
        names = [label for label, verdict in judged if verdict == word]
        if names:
            told += f" {word.capitalize()}: {joined(names, limit=8)}."
    return told


def _users(quality: Quality) -> str:
    return counted(quality.n_users, "user")


def _order_row(test: OrderTest) -> list[str]:
    random = test.rivals.get("random")
    return [
        test.label,
        test.better or "–",
        _value(test.own, is_share=False),
        _value(random, is_share=False) if random else "–",
        _span(test.lead, is_share=False, with_value=True),
        VERDICTS.get(test.verdict, "–"),
    ]


def _figure_row(figure: Figure) -> list[str]:
    target = f"{figure.target}: {figure.verdict}" if figure.target else "–"
    return [
        figure.label,
        figure.help,
        _value(figure.estimate, is_share=figure.is_share),
        _span(figure.estimate, is_share=figure.is_share),
        target,
    ]


def _value(estimate: Estimate, *, is_share: bool) -> str:
    return "–" if estimate.value is None else _number(estimate.value, is_share=is_share)


def _number(value: float, *, is_share: bool) -> str:
    if is_share:
        return format_share(value)
    return tiny(value) if 0 < abs(value) < SMALLEST else format_score(value)


def _span(estimate: Estimate, *, is_share: bool, with_value: bool = False) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    low, high = (_number(end, is_share=is_share) for end in (estimate.low, estimate.high))
    if with_value and estimate.value is not None:
        return f"{_number(estimate.value, is_share=is_share)} ({low} to {high})"
    return f"{low} to {high}"


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


def _quality(values: dict[str, Any]) -> Quality:
    worth = values.get("worth")
    return Quality(
        int(values["n_users"]),
        int(values["n_pairs"]),
        int(values["n_deep"]),
        tuple(_figure(found) for found in values["measures"]),
        tuple(_order(found) for found in values["comparisons"]),
        _worth(worth) if worth else None,
    )


def _worth(values: dict[str, Any]) -> tuple[str, float, float, float, float, float]:
    difference, low, high = (float(value) for value in values["difference"])
    return (
        str(values["metric"]),
        float(values["own"]),
        float(values["uniform"]),
        difference,
        low,
        high,
    )


def _figure(values: dict[str, Any]) -> Figure:
    return Figure(
        str(values["label"]),
        str(values["help"]),
        _estimate(values["estimate"]),
        bool(values["is_share"]),
        str(values["target"]),
        str(values["verdict"]),
    )


def _order(values: dict[str, Any]) -> OrderTest:
    return OrderTest(
        str(values["label"]),
        str(values["better"]),
        _estimate(values["explainer"]),
        {str(name): _estimate(found) for name, found in values["rivals"].items()},
        _estimate(values["leads"]["random"]),
        str(values["verdict"]),
    )


def _estimate(values: dict[str, Any]) -> Estimate:
    ends = [None if values[key] is None else float(values[key]) for key in ("value", "low", "high")]
    return Estimate(ends[0], ends[1], ends[2], int(values["n_users"]))
