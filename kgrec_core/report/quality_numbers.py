"""Measured values of explanations as text: shares as per cent, small numbers as powers of ten."""

from __future__ import annotations

from kgrec_core.figures import format_score, format_share
from kgrec_core.report.kept_quality import Estimate
from kgrec_core.report.layout import tiny

__all__ = ["span_text", "value_text"]

UNIT = " %"
SMALLEST = 1e-3
"""Smaller figures are written as powers of ten."""


def value_text(estimate: Estimate, *, is_share: bool) -> str:
    """The mean; a dash where nobody has a value."""
    return "–" if estimate.value is None else _number(estimate.value, is_share=is_share)


def _number(value: float, *, is_share: bool) -> str:
    if is_share:
        return format_share(value)
    return tiny(value) if 0 < abs(value) < SMALLEST else format_score(value)


def span_text(estimate: Estimate, *, is_share: bool, with_value: bool = False) -> str:
    """The interval, behind the mean where that is wanted; a dash without one."""
    if estimate.low is None or estimate.high is None:
        return "–"
    low, high = (_number(end, is_share=is_share) for end in (estimate.low, estimate.high))
    if is_share and low.endswith(UNIT) and high.endswith(UNIT):
        low = low.removesuffix(UNIT)
    if with_value and estimate.value is not None:
        return f"{_number(estimate.value, is_share=is_share)} ({low} to {high})"
    return f"{low} to {high}"
