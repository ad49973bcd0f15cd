"""Means with intervals about explanations, ready to draw and as text."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_ui.theme import format_score, format_share
from kgrec_ui.views.quality_words import power_text

__all__ = ["FidelityPanel", "FidelityRow", "both_text", "span_text", "value_text"]


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


def value_text(value: float | None, is_share: bool = False) -> str:
    """A value; a dash where there is none."""
    if value is None:
        return "–"
    if is_share:
        return format_share(value)
    return power_text(value) if 0 < abs(value) < 1e-4 else format_score(value)


def both_text(estimate: Estimate, is_share: bool = False) -> str:
    """A mean with its interval behind it."""
    value, span = value_text(estimate.value, is_share), span_text(estimate, is_share)
    return f"{value} ({span})" if span else value


def span_text(estimate: Estimate, is_share: bool = False) -> str:
    """The interval of a mean; empty without one."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{value_text(estimate.low, is_share)} to {value_text(estimate.high, is_share)}"
