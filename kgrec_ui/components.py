"""Controls and parts that occur on several pages: label, range, default and key once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import Palette, palette_of

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

__all__ = [
    "MAX_CUTOFF",
    "current_palette",
    "cutoff_slider",
    "is_wanted",
    "metric_row",
    "reader_timezone",
    "remember",
    "section_heading",
    "show_figure",
    "show_table",
]

MAX_CUTOFF = 50
MAX_AT_ONCE = 5000
"""With more items a search that scores thousands of times takes longer than people like to wait."""
ROW_PIXELS = 35
NO_VALUE = "–"
"""Stands in a table where there is no number."""


def current_palette() -> Palette:
    """The colors that fit the visitor's light or dark theme."""
    return palette_of(getattr(st.context.theme, "type", None))


def reader_timezone() -> str | None:
    """The visitor's time zone as the browser tells it."""
    return st.context.timezone


def section_heading(text: str, *, level: Literal[2, 3] = 2) -> None:
    """A heading below the title of the page; all of them are made here.

    Args:
        text: Markdown; names from the data go through `as_markdown` first.
        level: 2 for a part of the page, 3 only for a part of such a part, so that the outline
            that screen readers offer never jumps.
    """
    (st.header if level == 2 else st.subheader)(text, anchor=False)


def show_figure(
    figure: go.Figure, *, key: str, alt: str, table: pd.DataFrame | None = None, **options: Any
) -> Any:
    """A chart without tool bar, and its numbers as a table for those who prefer to read.

    Args:
        figure: drawn with our template.
        key: unique on the page.
        alt: what the chart shows, one sentence; read aloud by screen readers.
        table: the same numbers; shown folded below the chart.
        options: passed on to `st.plotly_chart` (`on_select`).
    """
    state = st.plotly_chart(
        figure, key=key, theme=None, alt=alt, config={"displayModeBar": False}, **options
    )
    if table is not None:
        with st.expander("Show as table", type="compact"):
            st.dataframe(table, hide_index=True, alt=alt, placeholder=NO_VALUE)
    return state


def show_table(table: pd.DataFrame, *, alt: str, height: int | None = None, **options: Any) -> Any:
    """A table without row numbers, as high as its content up to `height` pixels.

    With the `row_height` that `fitting_rows` gives, long text goes on in a second line.
    """
    row = int(options.get("row_height") or ROW_PIXELS)
    is_long = height is not None and ROW_PIXELS + row * len(table) > height
    shown: Any = height if is_long else "content"
    options = {"placeholder": NO_VALUE, **options}
    return st.dataframe(table, hide_index=True, alt=alt, height=shown, **options)


def metric_row(values: Sequence[tuple[str, str]] | Sequence[tuple[str, str, str]]) -> None:
    """Headline numbers side by side: (label, value) or (label, value, help)."""
    with st.container(horizontal=True, gap="medium"):
        for label, value, *help_text in values:
            st.metric(label, value, help=help_text[0] if help_text else None, width="content")


def cutoff_slider(label: str = "Length of the list", default: int = 10) -> int:
    """How many items to show; kept in the page address as `k`."""
    asked = st.query_params.get(Param.K, get_state().kept.get(Param.K, ""))
    is_fit = asked.isdecimal() and 1 <= int(asked) <= MAX_CUTOFF
    st.session_state[Widget.K] = int(asked) if is_fit else default
    value: int = st.slider(
        label,
        min_value=1,
        max_value=MAX_CUTOFF,
        key=Widget.K,
        on_change=remember,
        args=(Param.K, Widget.K),
    )
    get_state().kept[Param.K] = st.query_params[Param.K] = str(value)
    return value


def remember(param: Param, widget: Widget) -> None:
    """Put what a widget shows into the address."""
    st.query_params[param] = str(st.session_state[widget])


def is_wanted(size: int, label: str, key: str) -> bool:
    """True at once where an answer comes at once; on large data only when it is asked for.

    Args:
        size: items that are scored again and again, or as many in cost.
        label: of the switch that large data gets.
        key: unique on the page.
    """
    if size <= MAX_AT_ONCE:
        return True
    return st.toggle(
        label, key=key, help="Takes a while: the data is large, or the history is long."
    )
