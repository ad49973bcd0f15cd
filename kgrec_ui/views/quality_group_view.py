"""Figures about explanations by group of users: who differs from all, picture and table."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_core.pipeline.explain_quality.report import Better, QualityReport
from kgrec_ui.views.quality_panels import (
    FidelityPanel,
    FidelityRow,
    both_text,
    span_text,
    value_text,
)
from kgrec_ui.views.words import joined, shortened

__all__ = ["GroupView", "group_name", "group_view", "grouped_figures"]

ALL_USERS = "all users"
LONGEST_LABEL = 34


@dataclass(frozen=True)
class GroupView:
    """One figure for all users and for groups of them.

    Attributes:
        sentence: which groups differ clearly from all users.
        panel: means with intervals, all users first; None where fewer than two have an interval.
        table: the same numbers.
    """

    sentence: str
    panel: FidelityPanel | None
    table: pl.DataFrame


def grouped_figures(report: QualityReport) -> dict[str, str]:
    """Keys and labels of the figures that are told per group of users."""
    found = {f"lead:{c.key}": f"Lead over random orders, {c.label}" for c in report.comparisons}
    return found | {m.key: m.label for m in report.measures if m.groups}


def group_view(report: QualityReport, key: str) -> GroupView:
    """One figure for all users and per group.

    Args:
        report: what was measured.
        key: of `grouped_figures`.
    """
    values, is_share, better = _by_group(report, key)
    rows = [(name, found) for name, found in values.items() if found.value is not None]
    title = grouped_figures(report).get(key, key)
    return GroupView(
        _group_words(rows),
        _group_panel(rows, title, is_share, better),
        pl.DataFrame(
            {
                "Group": [group_name(name) for name, _ in rows],
                "Value": [value_text(estimate.value, is_share) for _, estimate in rows],
                "95 % interval": [span_text(estimate, is_share) for _, estimate in rows],
                "Users": [estimate.n_users for _, estimate in rows],
                "Not defined for": [estimate.n_undefined for _, estimate in rows],
            }
        ),
    )


def group_name(group: str) -> str:
    """A group as people say it: "age_group: 25-34" reads "Age group = 25-34"."""
    kind, colon, value = group.partition(": ")
    words = kind[:1].upper() + kind[1:].replace("_", " ")
    return f"{words} = {value}" if colon else words


def _by_group(report: QualityReport, key: str) -> tuple[dict[str, Estimate], bool, Better]:
    if key.startswith("lead:"):
        compared = next((c for c in report.comparisons if f"lead:{c.key}" == key), None)
        if compared is None:
            return {}, False, ""
        return {ALL_USERS: compared.leads["random"], **compared.groups}, False, "higher"
    measure = report.measure(key)
    if measure is None:
        return {}, False, ""
    return {ALL_USERS: measure.estimate, **measure.groups}, measure.is_share, measure.better


def _group_panel(
    rows: list[tuple[str, Estimate]], title: str, is_share: bool, better: Better
) -> FidelityPanel | None:
    drawn = tuple(
        FidelityRow(
            shortened(group_name(name), LONGEST_LABEL),
            (estimate.value, estimate.low, estimate.high),
            name == ALL_USERS,
            both_text(estimate, is_share),
        )
        for name, estimate in rows
        if estimate.value is not None and estimate.low is not None and estimate.high is not None
    )
    words = f"{better} is better" if better else ""
    return FidelityPanel(title, words, drawn) if len(drawn) > 1 else None


def _group_words(rows: list[tuple[str, Estimate]]) -> str:
    """Groups whose whole interval lies on one side of the mean of all users."""
    whole = dict(rows).get(ALL_USERS)
    if whole is None or whole.value is None or len(rows) < 2:
        return ""
    apart: dict[str, list[str]] = {"above": [], "below": []}
    for name, found in rows:
        if name != ALL_USERS and found.low is not None and found.high is not None:
            if found.low > whole.value:
                apart["above"].append(f"“{group_name(name)}”")
            elif found.high < whole.value:
                apart["below"].append(f"“{group_name(name)}”")
    told = [f"{side} it {joined(names)}" for side, names in apart.items() if names]
    if not told:
        return "No group lies clearly above or below the mean of all users."
    return f"Clearly away from the mean of all users: {'; '.join(told)}."
