"""Choosing entities of the graph through a search that forgives typing errors."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.state import Widget
from kgrec_ui.views.graph_view import entity_option

__all__ = ["entity_finder", "entity_search_picker"]

ALL_TYPES = "All types"
MAX_RESULTS = 30
N_MATCHES = 20


def entity_search_picker(
    run: RunRecord, label: str, widget: Widget, search: str, *, placeholder: str
) -> list[str]:
    """Ids of the chosen entities, items left out; the search brings up what can be chosen.

    Args:
        run: names the graph.
        label: of the list of chosen entities.
        widget: key of the list.
        search: key of the search box above it.
        placeholder: what may be typed, as an example.
    """
    graph = caching.loaded_run(run.run_id).graph
    text = st.text_input(
        f"Search {label.lower()}",
        key=search,
        placeholder=placeholder,
        help="Typing errors are fine. What is found can be chosen below.",
        persist_state="session",
    )
    finder = caching.entity_search(run.dataset_fingerprint)
    if text.strip():
        found = finder.find(text, limit=2 * N_MATCHES)
    else:
        found = caching.best_linked(run.dataset_fingerprint, None, 2 * N_MATCHES)
    matches = [graph.entities.id_of(index) for index in found if index >= graph.n_items]
    kept = [id_ for id_ in st.session_state.get(widget, []) if id_ in graph.entities]
    if widget in st.session_state:
        st.session_state[widget] = kept
    if text.strip() and not matches:
        st.caption(f"Nothing is called like “{text.strip()}”.")
    offered = [*kept, *(id_ for id_ in matches[:N_MATCHES] if id_ not in kept)]

    def name(id_: str) -> str:
        index = graph.entities.index_of(id_)
        kind = graph.entity_types[index].replace("_", " ")
        return f"{graph.entity_labels[index]} ({kind})"

    chosen: list[str] = st.multiselect(
        label,
        offered,
        format_func=name,
        key=widget,
        persist_state="session",
        select_all=False,
        placeholder=f"{min(len(matches), N_MATCHES)} found"
        if text.strip()
        else "Most linked first",
    )
    return chosen


def entity_finder(
    fingerprint: str,
    graph: KnowledgeGraph,
    label: str,
    current: int,
    *,
    widget: Widget,
    search: Widget,
    on_choice: Callable[[int], None],
    kind_widget: Widget | None = None,
) -> None:
    """A search box over all entities, and a list of what it finds; typing goes to the best match.

    Args:
        fingerprint: of the data set.
        graph: its graph.
        label: of the list ("Entity").
        current: what is chosen now; always in the list.
        widget: key of the list.
        search: key of the search box.
        on_choice: called before the page runs with the entity that was found or chosen.
        kind_widget: key of a choice of entity types, None without one.
    """
    kind = _kind(fingerprint, graph, kind_widget)
    st.text_input(
        "Search by name" if kind_widget else f"{label}: search by name",
        key=search,
        type="search",
        placeholder="Typing errors are fine",
        help="Names and ids of everything in the graph. The best match is taken at once.",
        on_change=_searched,
        args=(fingerprint, search, kind_widget, on_choice),
        persist_state="session",
    )
    text = str(st.session_state.get(search) or "")
    found = _find(fingerprint, text, kind)
    if text.strip() and not found:
        st.warning(f"Nothing is called like “{text}”. Try fewer letters or another type.")
    st.session_state[widget] = current
    st.selectbox(
        label,
        found if current in found else [current, *found],
        format_func=lambda index: entity_option(graph, index),
        key=widget,
        on_change=_chosen,
        args=(widget, on_choice),
    )


def _kind(fingerprint: str, graph: KnowledgeGraph, widget: Widget | None) -> str | None:
    if widget is None:
        return None
    kinds = [ALL_TYPES, *sorted(set(graph.entity_types))]
    kind = st.selectbox("Entity type", kinds, key=widget.of(fingerprint), persist_state="session")
    return None if kind in (None, ALL_TYPES) else str(kind)


def _find(fingerprint: str, text: str, kind: str | None) -> list[int]:
    if not text.strip():
        return caching.best_linked(fingerprint, kind, MAX_RESULTS)
    return caching.entity_search(fingerprint).find(text, limit=MAX_RESULTS, entity_type=kind)


def _searched(
    fingerprint: str, search: Widget, kind_widget: Widget | None, on_choice: Callable[[int], None]
) -> None:
    text = str(st.session_state.get(search) or "")
    kind = st.session_state.get(kind_widget.of(fingerprint)) if kind_widget else None
    found = _find(fingerprint, text, None if kind == ALL_TYPES else kind) if text.strip() else []
    if found:
        on_choice(found[0])


def _chosen(widget: Widget, on_choice: Callable[[int], None]) -> None:
    index = st.session_state.get(widget)
    if index is not None:
        on_choice(int(index))
