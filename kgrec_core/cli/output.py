"""What commands print: JSON, tables, and progress on the error stream."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from kgrec_core.contracts import OnProgress, Progress, no_progress

__all__ = ["print_facts", "print_json", "print_table", "shown_progress", "text_of"]


def print_json(value: Any) -> None:
    """One JSON document on the standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Rows under headers; the sentence `empty` when there are none."""
    from rich.console import Console
    from rich.table import Table

    lines = [[text_of(cell) for cell in row] for row in rows]
    if not lines:
        typer.echo(empty)
        return
    table = Table(*headers, box=None, pad_edge=False, header_style="bold")
    for line in lines:
        # Cells hold names from the analyst's files: brackets in them are no markup.
        table.add_row(*(cell.replace("[", r"\[") for cell in line))
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, 200))  # a pipe has no edge to wrap at
    console.print(table)


def print_facts(facts: dict[str, Any]) -> None:
    """Names and values, one pair per line."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        typer.echo(f"{name.ljust(width)}  {text_of(value)}")


def text_of(value: Any) -> str:
    """A value as a person reads it: four digits for fractions, thousands apart."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 100 else f"{value:z.4f}"  # z: no -0.0000
    return str(value)


@contextmanager
def shown_progress() -> Iterator[OnProgress]:
    """A listener that draws one changing line on the error stream of a terminal."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    line = _ProgressLine()
    yield line
    line.clear()


class _ProgressLine:
    """Writes stage and count over the same line, at most ten times a second."""

    def __init__(self) -> None:
        self._shown_at = 0.0
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self._stage and now - self._shown_at < 0.1:
            return
        self._stage, self._shown_at = progress.stage, now
        count = f" {progress.done:,} of {progress.total:,}" if progress.total > 1 else ""
        sys.stderr.write(f"\r\x1b[K{progress.stage} …{count}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave an empty line."""
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
