"""Text to records with line numbers; a quote that never closes costs one line, not the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from kgrec_core.data.report import ProblemReport

__all__ = ["Record", "read_records", "sniff_separator", "text_lines"]

Record = tuple[int, list[str]]
"""Line where the record starts (from 1) and its cells as they stand."""

SEPARATORS = (",", ";", "\t", "|", "::")
_SNIFFED_LINES = 60
_MAX_RECORD_LINES = 5_000
_LONGEST_CELL = 2**31 - 1
"""What a C long holds everywhere; no file is larger (see `decoding`)."""
_STRAY_SHARE = 0.1
_LONE_RETURN = re.compile(r"\r(?!\n)")
_END = "\x00end"
"""No text holds a zero character (see `decoding`), so this line cannot be data."""

_UNCLOSED_KEPT = "a quotation mark is opened and never closed: the line was read as it stands"
_UNCLOSED_LEFT_OUT = "a quotation mark is opened and never closed: the line was left out"


def text_lines(text: str) -> list[str]:
    """Lines with their ends; only CR, LF and CRLF end a line.

    Where nearly all lines end with LF, a CR alone is a break that a program left inside of a cell:
    it becomes a blank.
    """
    n_alone = text.count("\r") - text.count("\r\n")
    if 0 < n_alone <= _STRAY_SHARE * text.count("\n"):
        text = _LONE_RETURN.sub(" ", text)
    return list(io.StringIO(text, newline=""))


def sniff_separator(lines: list[str]) -> str | None:
    """The separator that cuts the first lines into the most even table; None when none does."""
    sample = [line for line in lines[:_SNIFFED_LINES] if line.strip()]
    best, best_key = None, (0.0, 0)
    for separator in SEPARATORS:
        widths = [len(cells) for cells in _split(sample, separator)]
        if not widths or widths[0] < 2:
            continue
        key = (round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0])
        if key > best_key:
            best, best_key = separator, key
    return best


def read_records(
    lines: list[str], separator: str, *, file: str, report: ProblemReport, first_line: int = 1
) -> Iterator[Record]:
    """Records of a quoted table, the header included; blank lines give an empty list.

    A record over several lines whose quotes do not add up, or whose width is not that of the
    first record, is taken for one with a quotation mark too many: its first line is read without
    quoting, or left out, and reading goes on with the line after it.
    """
    csv.field_size_limit(_LONGEST_CELL)
    if len(separator) > 1:
        cut = (line.rstrip("\r\n") for line in lines)
        yield from (
            (number, line.split(separator) if line else [])
            for number, line in enumerate(cut, start=first_line)
        )
        return
    start, width = 0, 0
    while start < len(lines):
        stopped_at = len(lines)
        reader = csv.reader(_from(lines, start), delimiter=separator)
        before = start
        for cells in reader:
            after = start + reader.line_num
            if after - before > 1 and not _is_sound(lines[before:after], cells, separator, width):
                stopped_at = before
                break
            if cells != [_END]:
                width = width or len(cells)
                yield first_line + before, cells
            before = after
        if stopped_at == len(lines):
            return
        number = first_line + stopped_at
        yield from _salvaged(lines[stopped_at], number, separator, width, file, report)
        start = stopped_at + 1


def _split(lines: list[str], separator: str) -> list[list[str]]:
    if len(separator) > 1:
        return [line.rstrip("\r\n").split(separator) for line in lines]
    csv.field_size_limit(_LONGEST_CELL)
    return list(csv.reader(lines, delimiter=separator))


def _from(lines: list[str], start: int) -> Iterator[str]:
    yield from (lines if start == 0 else (lines[at] for at in range(start, len(lines))))
    yield _END


def _is_sound(lines: list[str], cells: list[str], separator: str, width: int) -> bool:
    if len(lines) > _MAX_RECORD_LINES or (width and len(cells) != width) or _END in cells[-1]:
        return False
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return False
    return True


def _salvaged(
    line: str, number: int, separator: str, width: int, file: str, report: ProblemReport
) -> Iterator[Record]:
    cells = line.rstrip("\r\n").split(separator)
    kept = not width or len(cells) == width
    reason = _UNCLOSED_KEPT if kept else _UNCLOSED_LEFT_OUT
    report.add(file, line=number, reason=reason, value=line.strip())
    if kept:
        yield number, cells
