"""A ranked list in which one item can be chosen; used for known users and newcomers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from kgrec_ui.components import show_table
from kgrec_ui.fitting import elided, fitting_rows
from kgrec_ui.views.recommendation_view import score_decimals

__all__ = ["COLUMNS", "LINE_LETTERS", "LIST_HEIGHT", "choosable_list", "list_columns"]

LIST_HEIGHT = 660
LINE_LETTERS = {"item": 26, "main reason": 36}
"""Letters that fit into one line of these columns."""
COLUMNS: dict[str, Any] = {
    "rank": st.column_config.NumberColumn("Rank", width=45),
    "move": st.column_config.TextColumn("Move", width=60, help="Against the list before."),
    "item": st.column_config.TextColumn("Item", width=165),
    "main reason": st.column_config.TextColumn("Main reason", width=225),
    "id": None,
}


def choosable_list(
    table: pl.DataFrame,
    *,
    key: str,
    chosen_row: int | None,
    on_choose: Callable[[int], None],
    alt: str,
    columns: Mapping[str, Any] = COLUMNS,
    letters: Mapping[str, int] = LINE_LETTERS,
) -> None:
    """Show `table` with `chosen_row` marked; call `on_choose` with the row that is clicked.

    `letters` says how many of them fit into one line of a column.
    """
    # The choice may also come from a select box or the address, so it is written here each time.
    rows = [] if chosen_row is None else [chosen_row]
    st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def take() -> None:
        clicked: Sequence[int] = st.session_state[key]["selection"]["rows"]
        if clicked:
            on_choose(int(clicked[0]))

    shown = elided(table.to_pandas(), letters)
    show_table(
        shown,
        alt=alt,
        height=LIST_HEIGHT,
        row_height=fitting_rows(shown, letters),
        key=key,
        on_select=take,
        selection_mode="single-row",
        column_config=list_columns(table, columns),
    )


def list_columns(
    table: pl.DataFrame, columns: Mapping[str, Any] = COLUMNS, *more_scores: str
) -> dict[str, Any]:
    """Headings and widths; scores get as many decimals as the largest one needs.

    `more_scores` are columns with scores that are read beside the score, if `columns` shows them.
    """
    score_format = f"%.{score_decimals(table['score'].to_list())}f"
    score = st.column_config.NumberColumn("Score", format=score_format, width=62)
    others = {
        name: st.column_config.NumberColumn(name.capitalize(), format=score_format, width=90)
        for name in more_scores
    }
    return {**others, **columns, "score": score}
