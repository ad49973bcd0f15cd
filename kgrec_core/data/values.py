"""Columns of text to numbers; how the column writes numbers is decided from all of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from kgrec_core.data.report import ProblemReport
from kgrec_core.data.times import parse_times

__all__ = ["DoubleArray", "is_missing", "parse_numbers", "parse_times"]

DoubleArray = npt.NDArray[np.float64]

_POINT, _COMMA = "point", "comma"
_BLANKS = str.maketrans("", "", " \u00a0\u2009\u202f'’_")
_MISSING = frozenset({"", "nan", "null", "none", "n/a", "na", "#n/a", "<na>", "\\n", "-", "?"})

# The mark that is certainly the decimal one, whatever the rest of the column looks like.
_SURELY_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,}|\d*\.(?:\d{1,2}|\d{4,})"
    r"|0\d*\.\d+|\d{4,}\.\d+)"
)
_SURELY_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,}|\d*,(?:\d{1,2}|\d{4,})"
    r"|0\d*,\d+|\d{4,},\d+)"
)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def is_missing(cell: str) -> bool:
    """True for an empty cell and for the usual words that stand for one ("NULL", "n/a", "-")."""
    return cell.lower() in _MISSING


def parse_numbers(
    cells: Sequence[str],
    *,
    file: str,
    column: str,
    lines: Sequence[int],
    report: ProblemReport,
    consequence: str,
) -> DoubleArray:
    """Numbers of a column; NaN where a cell holds none.

    Thousands may be parted by comma, point, blank or apostrophe. Which mark is the decimal one is
    decided from all cells; a cell that leaves no doubt is read its own way. What was decided in
    doubt is reported.

    Args:
        cells: n stripped cells.
        file: name for the report.
        column: column name for the report.
        lines: n line numbers for the report.
        report: takes each cell that holds no number.
        consequence: what happens to such a row ("row left out").

    Returns:
        float64 (n,), finite or NaN.
    """
    series = pl.Series(cells, dtype=pl.String)
    numbers = series.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    odd = series.str.contains(r"[,’'_\s]|\..*\.").to_numpy()
    if odd.any() or _only_groups_of_three(series):
        style = _decide_style(cells, file, column, lines, report)
        marked = odd | series.str.contains(r"[.]").to_numpy() if style == _COMMA else odd
        numbers = numbers.copy()
        for position in np.flatnonzero(marked).tolist():
            note = _noter(report, file, column, lines[position], cells[position])
            numbers[position] = _read_number(cells[position], style, note)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    for position in np.flatnonzero(np.isnan(numbers)).tolist():
        what = "no value" if is_missing(cells[position]) else "no number"
        report.add(
            file,
            line=lines[position],
            column=column,
            reason=f"{what}: {consequence}",
            value=cells[position],
        )
    return numbers


def _only_groups_of_three(series: pl.Series) -> bool:
    with_point = series.filter(series.str.contains(".", literal=True))
    return with_point.len() > 0 and bool(
        with_point.str.contains(r"^[+-]?[1-9]\d{0,2}\.\d{3}$").all()
    )


def _decide_style(
    cells: Sequence[str], file: str, column: str, lines: Sequence[int], report: ProblemReport
) -> str:
    n_point = 0
    commas: list[int] = []
    undecided: list[int] = []
    for position, cell in enumerate(cells):
        bare = cell.translate(_BLANKS)
        if _SURELY_POINT.fullmatch(bare):
            n_point += 1
        elif _SURELY_COMMA.fullmatch(bare):
            commas.append(position)
        elif _EITHER.fullmatch(bare):
            undecided.append(position)
    style = _COMMA if len(commas) > n_point else _POINT
    found, reason = commas, "numbers with a decimal comma: read so"
    if undecided and n_point == len(commas):
        found, has_point = undecided, "." in cells[undecided[0]]
        sign, mark = ("point", "decimal mark") if has_point else ("comma", "thousands separator")
        reason = f"numbers that can be read in two ways: the {sign} was taken as {mark}"
    elif style == _POINT:
        return style
    for position in found:
        _noter(report, file, column, lines[position], cells[position])(reason)
    return style


def _noter(
    report: ProblemReport, file: str, column: str, line: int, value: str
) -> Callable[[str], None]:
    return lambda reason: report.add(file, line=line, column=column, reason=reason, value=value)


def _read_number(cell: str, style: str, note: Callable[[str], None]) -> float:
    bare = cell.translate(_BLANKS)
    own = style
    if _SURELY_POINT.fullmatch(bare):
        own = _POINT
    elif _SURELY_COMMA.fullmatch(bare):
        own = _COMMA
    if own != style:
        note(f"a decimal {own} unlike the rest of the column: read with a decimal {own}")
    plain = bare.replace(",", "") if own == _POINT else bare.replace(".", "").replace(",", ".")
    grouping = "," if own == _POINT else "."
    if grouping in bare and not re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})*(?:[.,]\d*)?", bare):
        return float("nan")
    try:
        return float(plain)
    except ValueError:
        return float("nan")
