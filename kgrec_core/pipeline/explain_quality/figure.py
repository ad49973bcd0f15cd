"""One figure of a report and its rule."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.pipeline.explain_quality.report import Better, Section

__all__ = ["Figure"]


@dataclass(frozen=True)
class Figure:
    """One figure and its rule.

    Attributes:
        key: name of the values, also in the report.
        section: where it belongs.
        label: for people.
        help: one sentence.
        better: which way is good.
        is_share: shown as per cent.
        is_largest: the largest single value counts, not the mean.
        at_least: the target; None without one.
        at_most: likewise.
        has_groups: also told per group of users.
    """

    key: str
    section: Section
    label: str
    help: str
    better: Better = ""
    is_share: bool = False
    is_largest: bool = False
    at_least: float | None = None
    at_most: float | None = None
    has_groups: bool = True

    @property
    def target(self) -> str:
        """The rule in words; "" without one."""
        if self.at_least is not None:
            return f"{self.at_least:.0%}" if self.is_share else f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"
