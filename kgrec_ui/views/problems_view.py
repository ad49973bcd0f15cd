"""What was wrong in the files: one sentence, one table, one file to take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kgrec_core.data.report import Problem
from kgrec_ui.theme import format_count

__all__ = ["ProblemsView", "problems_view"]


@dataclass(frozen=True)
class ProblemsView:
    """The problem report of one data set.

    Attributes:
        n_rows: rows concerned, over all kinds.
        sentence: the whole in one sentence.
        table: one row per kind of problem: what was left out first, then by number of rows.
        csv: the same table as text, with the first lines of each kind.
    """

    n_rows: int
    sentence: str
    table: pd.DataFrame
    csv: str


def problems_view(problems: Sequence[Problem]) -> ProblemsView:
    """The report in words."""
    ordered = sorted(problems, key=lambda problem: (not _loses(problem), -problem.count))
    table = pd.DataFrame(
        [
            {
                "File": problem.file,
                "Column": problem.column or "–",
                "What was found and done": problem.reason,
                "Rows": problem.count,
                "First line": str(problem.line) if problem.line else "whole file",
                "Example": problem.example,
            }
            for problem in ordered
        ],
        columns=["File", "Column", "What was found and done", "Rows", "First line", "Example"],
    )
    lines = [" ".join(str(line) for line in problem.lines) for problem in ordered]
    n_rows = sum(problem.count for problem in problems)
    return ProblemsView(
        n_rows=n_rows,
        sentence=_sentence(ordered, n_rows),
        table=table,
        csv=table.assign(**{"First lines": lines}).to_csv(index=False),
    )


def _loses(problem: Problem) -> bool:
    """True when something of the files is missing in the data set."""
    return "left out" in problem.reason or "not used" in problem.reason


def _sentence(problems: Sequence[Problem], n_rows: int) -> str:
    if not problems:
        return "Every row of every file was read as it is."
    files = len({problem.file for problem in problems})
    rows = "1 row" if n_rows == 1 else f"{format_count(n_rows)} rows"
    kinds = "1 kind of problem" if len(problems) == 1 else f"{len(problems)} kinds of problems"
    places = "1 file" if files == 1 else f"{files} files"
    worst = problems[0]
    return (
        f"{rows} in {places} show {kinds}. What matters most is in {worst.file}: "
        f"{worst.reason.rstrip('.')} ({format_count(worst.count)})."
    )
