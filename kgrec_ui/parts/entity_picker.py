"""Choosing entities of the graph through a search that forgives typing errors."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.state import Widget

__all__ = ["entity_search_picker"]

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
