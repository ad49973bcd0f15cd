"""What fits: text into the rows of a table, and a search into the time that people wait."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kgrec_ui.views.words import shortened

__all__ = ["elided", "fitting_rows", "search_effort"]

TALL_ROW_PIXELS = 62
"""Streamlit breaks lines in cells of rows above 4 rem, which are 60 pixels with our font."""
LINES = 2.5
"""Lines of text that a tall row shows whole; words break early, so that not all are full."""
MAX_LINES = 3
"""Lines that a tall row holds at all."""
TYPICAL_HISTORY = 200
"""Choices of a history that is as much work as the limit of `is_wanted` assumes."""


def fitting_rows(table: pd.DataFrame, limits: Mapping[str, int]) -> int | None:
    """Height of the rows: two lines where some text needs them, None (one line) elsewhere.

    Args:
        table: what is shown.
        limits: letters that fit into one line, by column.
    """
    is_long = any(
        int(table[name].astype(str).str.len().max()) > limit
        for name, limit in limits.items()
        if name in table and len(table)
    )
    return TALL_ROW_PIXELS if is_long else None


def elided(table: pd.DataFrame, limits: Mapping[str, int]) -> pd.DataFrame:
    """A copy in which no text is longer than a tall row can show; "…" stands for what is cut.

    For lists whose full names stand elsewhere on the page.

    Args:
        table: what is shown.
        limits: letters that fit into one line, by column.
    """
    shown = table.copy()
    for name, limit in limits.items():
        if name in shown:
            shown[name] = [_cut(str(text), limit) for text in shown[name]]
    return shown


def _cut(text: str, limit: int) -> str:
    """As much of `text` as a tall row shows in lines of `limit` letters."""
    cut = shortened(text, int(LINES * limit))
    while _n_lines(cut, limit) > MAX_LINES:
        cut = shortened(cut, len(cut) - 1)
    return cut


def _n_lines(text: str, limit: int) -> int:
    """Lines of `text`; a word longer than a line begins on a new one and is broken."""
    n_lines, used = 1, 0
    for word in text.split(" "):
        needed = len(word) + (1 if used else 0)
        if used + needed <= limit:
            used += needed
            continue
        n_broken = (len(word) - 1) // limit
        n_lines += n_broken + (1 if used else 0)
        used = len(word) - n_broken * limit
    return n_lines


def search_effort(n_items: int, n_choices: int) -> int:
    """Work of a search that scores a user again without parts of a history, for `is_wanted`.

    It grows with the items that are scored and with the choices that can be taken out.
    """
    return n_items * n_choices // TYPICAL_HISTORY
