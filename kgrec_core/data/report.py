"""The problem report: each rejected or altered row is named, nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Problem", "ProblemReport"]

MAX_EXAMPLE_LENGTH = 80


@dataclass(frozen=True)
class Problem:
    """Rows of one file that share one fault.

    Attributes:
        file: name as the analyst knows it.
        line: first line with this fault, counted from 1; 0 when the whole file is meant.
        column: column name, "" when the whole row is meant.
        reason: what was found and what was done about it, one sentence.
        count: how many rows.
        example: the offending value of the first row, shortened.
        lines: the first lines concerned, at most 20.
    """

    file: str
    line: int
    column: str
    reason: str
    count: int
    example: str
    lines: tuple[int, ...] = ()


@dataclass
class ProblemReport:
    """Collects faults row by row and groups them by (file, column, reason)."""

    _groups: dict[tuple[str, str, str], tuple[list[int], list[int], str]] = field(
        default_factory=dict
    )

    def add(self, file: str, *, line: int, column: str = "", reason: str, value: str = "") -> None:
        """Note one row."""
        key = (file, column, reason)
        if key not in self._groups:
            short = value if len(value) <= MAX_EXAMPLE_LENGTH else value[:MAX_EXAMPLE_LENGTH] + "…"
            self._groups[key] = ([0], [], short)
        count, lines, _ = self._groups[key]
        count[0] += 1
        if len(lines) < 20:
            lines.append(line)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over finished problems of another report."""
        for problem in problems:
            key = (problem.file, problem.column, problem.reason)
            self._groups[key] = ([problem.count], list(problem.lines), problem.example)

    @property
    def problems(self) -> list[Problem]:
        """All faults, in the order in which they were first met."""
        return [
            Problem(file, min(lines, default=0), column, reason, count[0], example, tuple(lines))
            for (file, column, reason), (count, lines, example) in self._groups.items()
        ]

    @property
    def n_rows(self) -> int:
        """Rows concerned, over all faults."""
        return sum(problem.count for problem in self.problems)
