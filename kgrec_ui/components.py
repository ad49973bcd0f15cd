"""Controls and parts that occur on several pages: label, range, default and key once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import Palette, format_count, palette_of
from kgrec_ui.views.search_view import find_matches, option_label

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from kgrec_core.data.dataset import Dataset

__all__ = [
    "MAX_CUTOFF",
    "current_palette",
    "cutoff_slider",
    "is_wanted",
    "item_picker",
    "items_picker",
    "metric_row",
    "other_user_picker",
    "reader_timezone",
    "section_heading",
    "show_figure",
    "show_table",
    "user_picker",
    "users_picker",
]

MAX_CUTOFF = 50
MAX_OPTIONS = 3000
"""Longer lists would slow the browser; they get a search box that narrows them first."""
MAX_MATCHES = 50
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
        on_change=_remember,
        args=(Param.K, Widget.K),
    )
    get_state().kept[Param.K] = st.query_params[Param.K] = str(value)
    return value


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


def user_picker(dataset: Dataset, label: str = "User") -> str:
    """One user of the data set, by label or id; kept in the page address as `user`."""
    return _linked_picker(
        label,
        ids=dataset.users.ids,
        labels=dataset.user_labels,
        param=Param.USER,
        widget=Widget.USER,
        search=Widget.USER_SEARCH,
        default=_most_active_user(dataset),
    )


def other_user_picker(dataset: Dataset, label: str, *, default: str) -> str:
    """A second user, to compare with; kept in the page address as `with_user`."""
    return _linked_picker(
        label,
        ids=dataset.users.ids,
        labels=dataset.user_labels,
        param=Param.WITH_USER,
        widget=Widget.COMPARE,
        search=Widget.COMPARE_SEARCH,
        default=default,
    )


def item_picker(dataset: Dataset, label: str = "Item", *, default: str | None = None) -> str:
    """One item of the data set, by label or id; kept in the page address as `item`."""
    return _linked_picker(
        label,
        ids=dataset.items.ids,
        labels=dataset.item_labels,
        param=Param.ITEM,
        widget=Widget.ITEM,
        search=Widget.ITEM_SEARCH,
        default=default or dataset.items.id_of(0),
    )


def items_picker(
    dataset: Dataset, label: str, widget: Widget, search: Widget, **options: Any
) -> list[str]:
    """Any number of items; returns their ids."""
    return _multi_picker(
        label, dataset.items.ids, dataset.item_labels, widget=widget, search=search, **options
    )


def users_picker(
    dataset: Dataset, label: str, widget: Widget, search: Widget, **options: Any
) -> list[str]:
    """Any number of users; returns their ids."""
    return _multi_picker(
        label, dataset.users.ids, dataset.user_labels, widget=widget, search=search, **options
    )


def _most_active_user(dataset: Dataset) -> str:
    counts = dataset.interactions.user_counts()
    return dataset.users.id_of(int(counts.argmax())) if counts.size else ""


def _linked_picker(
    label: str,
    *,
    ids: Sequence[str],
    labels: Sequence[str],
    param: Param,
    widget: Widget,
    search: Widget,
    default: str,
) -> str:
    """A select box whose choice is the id in the address, so that links and reloads keep it."""
    known: dict[str, str] = dict(zip(ids, labels, strict=True))
    asked = st.query_params.get(param)
    value = asked if asked is not None else get_state().kept.get(param, default)
    if value not in known:
        if asked is not None:
            st.warning(
                f"The link asks for {label.lower()} “{asked}”, which is not in this data set. "
                f"Shown instead: {option_label(default, known.get(default, default))}.",
                icon=":material/link_off:",
            )
        value = default
    options: Sequence[str] = ids
    if len(ids) > MAX_OPTIONS:
        options = _narrowed(label, ids, labels, search, keep=[value])

    def shown(id_: str) -> str:
        return option_label(id_, known.get(id_, id_))

    st.session_state[widget] = value
    chosen: str = st.selectbox(
        label,
        options,
        format_func=shown,
        key=widget,
        on_change=_remember,
        args=(param, widget),
    )
    get_state().kept[param] = chosen
    st.query_params[param] = chosen
    return chosen


def _remember(param: Param, widget: Widget) -> None:
    st.query_params[param] = st.session_state[widget]


def _multi_picker(
    label: str,
    ids: Sequence[str],
    labels: Sequence[str],
    *,
    widget: Widget,
    search: Widget,
    show_ids: bool = True,
    **options: Any,
) -> list[str]:
    known = dict(zip(ids, labels, strict=True))
    kept = [id_ for id_ in st.session_state.get(widget, []) if id_ in known]
    if widget in st.session_state:
        st.session_state[widget] = kept
    offered: Sequence[str] = ids
    if len(ids) > MAX_OPTIONS:
        offered = _narrowed(label, ids, labels, search, keep=kept)
    chosen: list[str] = st.multiselect(
        label,
        offered,
        format_func=lambda id_: option_label(id_, known[id_]) if show_ids else known[id_],
        key=widget,
        persist_state="session",
        select_all=False,
        **options,
    )
    return chosen


def _narrowed(
    label: str, ids: Sequence[str], labels: Sequence[str], search: Widget, *, keep: Sequence[str]
) -> list[str]:
    """The best matches of a search box over a long list, after what is chosen already."""
    text = st.text_input(
        f"Search {label.lower()} by name or id",
        key=search,
        placeholder=f"{format_count(len(ids))} to choose from; typing errors are fine",
        persist_state="session",
    )
    matches = [ids[position] for position in find_matches(text, ids, labels, limit=MAX_MATCHES)]
    kept = set(keep)
    return [*keep, *(id_ for id_ in matches if id_ not in kept)]
