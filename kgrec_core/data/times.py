"""Columns of text to seconds since 1970: epoch numbers, ISO 8601 and written dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.report import ProblemReport

__all__ = ["parse_times", "seconds_of_date"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = -2_208_988_800  # 1900-01-01
_LATEST = 4_102_444_800  # 2100-01-01
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""Nano-, micro- and milliseconds: the least number that is read so, and how many make a second."""
_SURELY_SECONDS = 1e9
"""Beyond this (September 2001) seconds are recent, and in any finer unit it is January 1970."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CLOCK = r"(?:[T,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
_DIGITS = re.compile(rf"(\d{{1,4}})([./-])(\d{{1,2}})\2(\d{{1,4}}){_CLOCK}")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[.\s-]*([A-Za-z]{{3}})[a-z]*\.?[,\s-]+(\d{{4}}){_CLOCK}")
_MONTH_DAY = re.compile(rf"([A-Za-z]{{3}})[a-z]*\.?\s+(\d{{1,2}}),?\s+(\d{{4}}){_CLOCK}")

_KEPT = "the row was kept without a time"


def parse_times(
    cells: Sequence[str], *, file: str, column: str, lines: Sequence[int], report: ProblemReport
) -> IndexArray:
    """Seconds since 1970 UTC; `NO_TIME` where a cell holds no date between 1900 and 2100.

    Numbers are seconds, or milli-, micro- or nanoseconds when the column is that large; a number
    that can only be of another unit than most is read in its own, and reported. Eight digits may
    be YYYYMMDD and four a year, when the whole column looks so. Times without a zone are UTC.
    "03/04/2021" is read with the month first unless the column shows otherwise.

    Args:
        cells: n stripped cells.
        file: name for the report.
        column: column name for the report.
        lines: n line numbers for the report.
        report: takes each cell without a usable time and each decision made in doubt.

    Returns:
        int64 (n,).
    """
    series = pl.Series(cells, dtype=pl.String)
    numbers = series.cast(pl.Float64, strict=False).to_numpy()
    numeric = np.isfinite(numbers) & (numbers != 0)
    seconds = np.full(len(cells), NO_TIME, dtype=np.int64)
    is_odd = np.zeros(len(cells), dtype=bool)
    if numeric.any():
        seconds[numeric], is_odd[numeric] = _from_numbers(numbers[numeric])
    seconds[numbers == 0] = 0
    plain = _from_iso(series)
    is_plain = ~np.isfinite(numbers) & (plain != NO_TIME)
    seconds[is_plain] = plain[is_plain]
    written = np.flatnonzero(~np.isfinite(numbers) & ~is_plain).tolist()
    if written:
        month_first = _month_first(cells, written, file, column, lines, report)
        for position in written:
            seconds[position] = _from_text(cells[position], month_first)
    usable = (seconds >= _EARLIEST) & (seconds < _LATEST) & (numbers != 0)
    for position in np.flatnonzero(~usable).tolist():
        what = _fault(cells[position], int(seconds[position]))
        reason = f"{what}: {_KEPT}"
        report.add(file, line=lines[position], column=column, reason=reason, value=cells[position])
    for position in np.flatnonzero(usable & is_odd).tolist():
        reason = "a number in another unit of time than most of the column: read in its own"
        report.add(file, line=lines[position], column=column, reason=reason, value=cells[position])
    return np.where(usable, seconds, NO_TIME)


def seconds_of_date(year: int, month: int, day: int) -> int:
    """Seconds since 1970 of a day's start in UTC; `NO_TIME` when there is no such day."""
    try:
        return _seconds(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return int(NO_TIME)


def _fault(cell: str, seconds: int) -> str:
    if not cell:
        return "no time"
    if seconds == 0:
        return "0 (1 January 1970), which mostly stands for 'unknown'"
    if seconds == NO_TIME:
        return "no date or time that could be read"
    return "a time before 1900 or after 2100"


def _from_numbers(
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> tuple[IndexArray, BoolArray]:
    """Seconds int64 (n,), and which of them are in another unit than most of the column (n,)."""
    none_odd = np.zeros(numbers.size, dtype=bool)
    whole = (numbers == np.floor(numbers)).all()
    low, high = numbers.min(), numbers.max()
    if whole and low >= 1800 and high < 2100:
        years = [seconds_of_date(int(year), 1, 1) for year in numbers]
        return np.array(years, dtype=np.int64), none_odd
    if whole and low >= 18_000_101 and high < 21_000_000:
        parts = [(int(n) // 10_000, int(n) // 100 % 100, int(n) % 100) for n in numbers]
        days = np.array([seconds_of_date(*part) for part in parts], dtype=np.int64)
        if (days != NO_TIME).all():
            return days, none_odd
    size = float(np.quantile(np.abs(numbers), 0.5, method="lower"))
    common = next((per_second for least, per_second in _UNITS if size >= least), 1.0)
    own = np.ones(numbers.size)
    for least, per_second in reversed(_UNITS):
        own[np.abs(numbers) >= least] = per_second
    # Small numbers may be of any unit: those near 1970 are as likely in the unit of the column.
    is_odd = (own != common) & (np.abs(numbers) >= _SURELY_SECONDS)
    divisors = np.where(is_odd, own, common)
    limit = 9.0e18
    return np.clip(np.floor(numbers / divisors), -limit, limit).astype(np.int64), is_odd


def _from_iso(series: pl.Series) -> IndexArray:
    """Seconds of the three most frequent notations, all cells at once; `NO_TIME` for the others."""
    moments = [
        series.str.to_datetime(notation, strict=False, time_unit="ms")
        for notation in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
    ]
    moments.append(series.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("ms")))
    frame = pl.DataFrame([moment.alias(str(at)) for at, moment in enumerate(moments)])
    seconds = frame.select(pl.coalesce(pl.all()).dt.epoch("s").fill_null(int(NO_TIME)))
    return seconds.to_series().to_numpy().astype(np.int64)


def _month_first(
    cells: Sequence[str],
    written: list[int],
    file: str,
    column: str,
    lines: Sequence[int],
    report: ProblemReport,
) -> bool:
    """Whether "a/b/year" means month a; decided by numbers that can be no month."""
    n_day_first = n_month_first = 0
    undecided = -1
    for position in written:
        found = _DIGITS.fullmatch(cells[position])
        if not found or found[2] != "/" or len(found[1]) > 2:
            continue
        first, second = int(found[1]), int(found[3])
        n_day_first += first > 12 >= second
        n_month_first += second > 12 >= first
        if undecided < 0 and first <= 12 and second <= 12 and first != second:
            undecided = position
    if undecided >= 0:
        order = "the day" if n_day_first > n_month_first else "the month"
        clear = bool(n_day_first) != bool(n_month_first)
        why = ", as in the dates of this column that leave no doubt" if clear else ""
        reason = f"dates that can be read in two ways: {order} was taken to come first{why}"
        line, value = lines[undecided], cells[undecided]
        report.add(file, line=line, column=column, reason=reason, value=value)
    return n_day_first <= n_month_first


def _from_text(cell: str, month_first: bool) -> int:
    if not cell:
        return int(NO_TIME)
    try:
        return _seconds(datetime.fromisoformat(cell))
    except (ValueError, OverflowError):
        pass
    found = _DIGITS.fullmatch(cell)
    if found:
        return _from_digits(found, month_first)
    found = _DAY_MONTH.fullmatch(cell)
    if found:
        day, month, year = found[1], found[2], found[3]
        return _at(int(year), _MONTHS.get(month.lower(), 0), int(day), found.groups()[3:])
    found = _MONTH_DAY.fullmatch(cell)
    if found:
        month, day, year = found[1], found[2], found[3]
        return _at(int(year), _MONTHS.get(month.lower(), 0), int(day), found.groups()[3:])
    return int(NO_TIME)


def _from_digits(found: re.Match[str], month_first: bool) -> int:
    first, middle, last = int(found[1]), int(found[3]), int(found[4])
    clock = found.groups()[4:]
    if len(found[1]) == 4:
        return _at(first, middle, last, clock)
    year = last if len(found[4]) == 4 else (2000 + last if last < 70 else 1900 + last)
    month, day = (first, middle) if found[2] == "/" and month_first else (middle, first)
    if month > 12 >= day:
        month, day = day, month
    return _at(year, month, day, clock)


def _at(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> int:
    start = seconds_of_date(year, month, day)
    if start == NO_TIME or clock[0] is None:
        return start
    hour, minute, second = int(clock[0]), int(clock[1] or 0), int(clock[2] or 0)
    if clock[3]:
        hour = hour % 12 + (12 if clock[3].lower() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return int(NO_TIME)
    return start + hour * 3600 + minute * 60 + second


def _seconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(seconds=1)
