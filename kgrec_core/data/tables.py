"""One file to a `RawTable` of stripped text cells that know their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from kgrec_core.data.decoding import MAX_BYTES, decode_bytes
from kgrec_core.data.records import SEPARATORS, Record, read_records, sniff_separator, text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.errors import DataError

__all__ = [
    "MAX_CELL_CHARACTERS",
    "RawTable",
    "read_table",
    "read_text",
    "sniff_separator",
    "table_of",
]

MAX_CELL_CHARACTERS = 1_000_000
"""A cell beyond this is cut to `KEPT_CHARACTERS`: it is no text that anybody reads."""
KEPT_CHARACTERS = 10_000
_CHUNK_ROWS = 4_096


@dataclass(frozen=True)
class RawTable:
    """A table as it was written: every cell is text without blanks around it.

    Attributes:
        file: name as the analyst knows it.
        header: column names, unique and not empty.
        columns: name -> n cells; "" stands for nothing.
        lines: n line numbers, counted from 1 with the header as line 1.
        trimmed: name -> positions of cells that had blanks around them.
    """

    file: str
    header: tuple[str, ...]
    columns: dict[str, list[str]]
    lines: list[int]
    trimmed: dict[str, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> list[str]:
        """The cells of one column.

        Raises:
            DataError: there is no such column; the text lists those that there are.
        """
        if name not in self.columns:
            there = ", ".join(f"'{column}'" for column in self.header[:20])
            raise DataError(
                f"{self.file} has no column '{name}'. Its columns are {there}. "
                "Correct the mapping or the header line."
            )
        return self.columns[name]


def read_text(path: Path, *, report: ProblemReport, file: str | None = None) -> str:
    """The text of a file.

    Raises:
        DataError: the file cannot be read, is too large, empty or no text.
    """
    file = file or path.name
    return decode_bytes(_read_bytes(path, file), file=file, report=report)


def read_table(
    path: Path,
    *,
    report: ProblemReport,
    file: str | None = None,
    separator: str | None = None,
    header: Sequence[str] | None = None,
    max_rows: int | None = None,
) -> RawTable:
    """Read a table with any separator, or a Parquet file.

    Args:
        path: the file.
        report: takes every row that is changed or left out.
        file: name for messages; the file's own name when None.
        separator: how cells are separated; found from the first lines when None.
        header: column names of a file without a header line; then line 1 is data.
        max_rows: read about so many rows from the start; all when None.

    Raises:
        DataError: no text, empty, or fewer than two columns.
    """
    file = file or path.name
    data = _read_bytes(path, file)
    if data.startswith(b"PAR1"):
        return _parquet_table(path, file, report)
    lines = text_lines(decode_bytes(data, file=file, report=report))
    found = separator or sniff_separator(lines)
    if found is None:
        first = next(line.strip() for line in lines if line.strip())
        tried = ", ".join(repr(candidate) for candidate in SEPARATORS)
        raise DataError(
            f"{file} has only one column: none of the separators {tried} occurs evenly "
            f"(first line: {first[:60]!r}). A table needs at least two columns."
        )
    records = read_records(lines, found, file=file, report=report)
    if max_rows is not None:
        records = islice(records, max_rows + 1)
    return table_of(records, file=file, report=report, header=header)


def table_of(
    records: Iterable[Record],
    *,
    file: str,
    report: ProblemReport,
    header: Sequence[str] | None = None,
) -> RawTable:
    """A table of records; rows of another width are padded or left out, and reported.

    Args:
        records: line and cells; the first that is not blank is the header unless `header` is given.
        file: name for messages.
        report: takes each row that is changed or left out.
        header: names of the columns when the records hold only data.

    Raises:
        DataError: there is no row below the header.
    """
    names = tuple(header) if header is not None else ()
    columns: list[list[str]] = [[] for _ in names]
    chunk: list[list[str]] = []
    lines: list[int] = []
    blank: list[tuple[int, bool]] = []
    for line, cells in records:
        if not any(map(str.strip, cells)):
            blank.append((line, len(cells) > 1))
            continue
        if not names:
            names = _unique_names(cells, line, file, report)
            columns = [[] for _ in names]
            continue
        fitted = cells if len(cells) == len(names) else _fitted(cells, names, line, file, report)
        if fitted is not None:
            chunk.append(fitted)
            lines.append(line)
            if len(chunk) == _CHUNK_ROWS:
                _move(chunk, columns)
    _move(chunk, columns)
    if not lines:
        raise DataError(f"{file} has a header but no usable row below it. Give a table with rows.")
    _report_blank(blank, lines[-1], file, report)
    trimmed = {name: _strip(cells) for name, cells in zip(names, columns, strict=True)}
    for name, cells in zip(names, columns, strict=True):
        _cut_long_cells(cells, lines, file, name, report)
    return RawTable(file, names, dict(zip(names, columns, strict=True)), lines, trimmed)


def _move(chunk: list[list[str]], columns: list[list[str]]) -> None:
    # Few short-lived rows at a time: a list per row for the whole file makes the collector slow.
    for column, cells in zip(columns, zip(*chunk, strict=True), strict=bool(chunk)):
        column.extend(cells)
    chunk.clear()


def _strip(cells: list[str]) -> list[int]:
    """Strip the cells in place; the positions of those that changed."""
    stripped = list(map(str.strip, cells))
    changed: list[int] = []
    if sum(map(len, stripped)) < sum(map(len, cells)):
        pairs = enumerate(zip(cells, stripped, strict=True))
        changed = [at for at, (before, after) in pairs if len(before) != len(after)]
        cells[:] = stripped
    return changed


def _report_blank(
    blank: list[tuple[int, bool]], last_line: int, file: str, report: ProblemReport
) -> None:
    for line, has_cells in blank:
        if has_cells:
            report.add(file, line=line, reason="a row of empty cells: skipped")
        elif line < last_line:
            report.add(file, line=line, reason="blank line: skipped")


def _read_bytes(path: Path, file: str) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{file} is larger than 2 GB. Split it, or give it as Parquet.")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror or error}).") from None


def _unique_names(cells: list[str], line: int, file: str, report: ProblemReport) -> tuple[str, ...]:
    names: list[str] = []
    stripped = [cell.strip().strip("\ufeff") for cell in cells]
    while len(stripped) > 2 and not stripped[-1]:
        stripped.pop()
    taken = set(stripped)
    for position, name in enumerate(stripped, start=1):
        unique, number = name or f"column_{position}", 2
        if name and name not in names:
            names.append(name)
            continue
        while unique in names or (unique in taken and unique != name):
            unique, number = f"{name or 'column'}_{number}", number + 1
        if unique != name:
            reason = (
                f"the column name occurs twice: the later one is called '{unique}'"
                if name
                else f"a column without a name: it is called '{unique}'"
            )
            report.add(file, line=line, column=name, reason=reason, value=name)
        names.append(unique)
    return tuple(names)


def _fitted(
    cells: list[str], names: tuple[str, ...], line: int, file: str, report: ProblemReport
) -> list[str] | None:
    width = len(names)
    if len(cells) < width:
        reason = "fewer cells than the header: the missing ones are taken as empty"
        report.add(file, line=line, reason=reason, value=" | ".join(cells))
        return cells + [""] * (width - len(cells))
    if not "".join(cells[width:]).strip():
        return cells[:width]
    reason = "more cells than the header: row left out"
    report.add(file, line=line, reason=reason, value=" | ".join(cells))
    return None


def _cut_long_cells(
    cells: list[str], lines: list[int], file: str, column: str, report: ProblemReport
) -> None:
    if max(map(len, cells)) <= MAX_CELL_CHARACTERS:
        return
    for position, cell in enumerate(cells):
        if len(cell) > MAX_CELL_CHARACTERS:
            cells[position] = cell[:KEPT_CHARACTERS]
            reason = f"more than a million characters: cut to the first {KEPT_CHARACTERS:,}"
            report.add(file, line=lines[position], column=column, reason=reason, value=cell)


def _parquet_table(path: Path, file: str, report: ProblemReport) -> RawTable:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise DataError(f"{file} is a damaged Parquet file. Write it again.") from None
    if frame.width < 2 or frame.height == 0:
        raise DataError(f"{file} needs at least two columns and one row.")
    columns: dict[str, list[str]] = {}
    for name in frame.columns:
        texts = _text_series(frame[name])
        if texts is None:
            reason = f"a column of {frame[name].dtype} values, which are no text: left out"
            report.add(file, line=0, column=name, reason=reason)
            continue
        columns[name] = [cell.strip() for cell in texts.fill_null("").to_list()]
    return RawTable(file, tuple(columns), columns, list(range(2, frame.height + 2)))


def _text_series(series: pl.Series) -> pl.Series | None:
    """The column as text, lists joined by "|", moments in UTC; None for what cannot be text."""
    dtype = series.dtype
    if isinstance(dtype, pl.List) and not dtype.inner.is_nested():
        return series.cast(pl.List(pl.String)).list.join("|", ignore_nulls=True)
    if isinstance(dtype, pl.Datetime):
        utc = series.dt.convert_time_zone("UTC") if dtype.time_zone else series
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S")
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Duration):
        return None
    return series.cast(pl.String)
