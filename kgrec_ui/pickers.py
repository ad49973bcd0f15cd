"""Choosing users and items by name or id: short lists at once, long ones behind a search box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from kgrec_ui.components import remember
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import format_count
from kgrec_ui.views.search_view import find_matches, option_label
from kgrec_ui.views.words import as_markdown

if TYPE_CHECKING:
    from kgrec_core.data.dataset import Dataset

__all__ = ["item_picker", "items_picker", "other_user_picker", "user_picker", "users_picker"]

MAX_OPTIONS = 3000
"""Longer lists would slow the browser; they get a search box that narrows them first."""
MAX_MATCHES = 50


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
        options = _narrowed(label, ids, labels, search, keep=[value], param=param)

    def shown(id_: str) -> str:
        return option_label(id_, known.get(id_, id_))

    st.session_state[widget] = value
    chosen: str = st.selectbox(
        label,
        options,
        format_func=shown,
        key=widget,
        on_change=remember,
        args=(param, widget),
    )
    get_state().kept[param] = chosen
    st.query_params[param] = chosen
    return chosen


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
    label: str,
    ids: Sequence[str],
    labels: Sequence[str],
    search: Widget,
    *,
    keep: Sequence[str],
    param: Param | None = None,
) -> list[str]:
    """The best matches of a search box over a long list, after what is chosen already.

    The best one is chosen at once where one thing is wanted, which the address keeps as `param`.
    """

    def take_best() -> None:
        wanted = str(st.session_state[search] or "").strip()
        if param is not None and wanted:
            for position in find_matches(wanted, ids, labels, limit=1):
                st.query_params[param] = ids[position]

    text = st.text_input(
        f"Search {label.lower()} by name or id",
        key=search,
        placeholder=f"{format_count(len(ids))} to choose from; typing errors are fine",
        persist_state="session",
        on_change=take_best,
    )
    matches = [ids[position] for position in find_matches(text, ids, labels, limit=MAX_MATCHES)]
    if text.strip() and not matches:
        st.caption(f"Nothing is called like “{as_markdown(text)}”.")
    kept = set(keep)
    return [*keep, *(id_ for id_ in matches if id_ not in kept)]
