"""Walk along the graph: search an entity, draw what is around it, walk on."""

from __future__ import annotations

import base64

import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui import caching
from kgrec_ui.components import current_palette, show_table
from kgrec_ui.guards import reported_errors
from kgrec_ui.plots.graph_plots import PICTURE_HEIGHT, neighborhood_page
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.graph_view import entity_option
from kgrec_ui.views.neighborhood_view import NeighborhoodView

__all__ = ["neighborhood_explorer"]

ALL_TYPES = "All types"
MAX_RESULTS = 30


def neighborhood_explorer(fingerprint: str) -> None:
    """Search and picture, with the same as a table."""
    with reported_errors(stop=True):
        graph = caching.graph(fingerprint)
    controls, picture = st.columns([1, 3], gap="medium")
    with controls:
        center = _entity(fingerprint, graph)
        n_hops = st.segmented_control(
            "Steps from the entity",
            [1, 2],
            default=1,
            required=True,
            key=Widget.GRAPH_HOPS,
            persist_state="session",
            help="1 shows what is linked directly, 2 also what is linked to that.",
        )
        cap = st.slider(
            "At most so many entities",
            min_value=10,
            max_value=300,
            value=60,
            step=10,
            key=Widget.GRAPH_CAP,
            persist_state="session",
        )
    with reported_errors(stop=True):
        view = caching.neighborhood(fingerprint, center, n_hops or 1, cap)
    with controls:
        _walk_on(fingerprint, graph, view)
    with picture:
        _picture(view)
    st.markdown("**The same links as a table**, with the place in your files they come from")
    show_table(view.table, alt=f"Links around {view.nodes[0].label}.", height=360)


def _picture(view: NeighborhoodView) -> None:
    st.markdown(f":gray[{view.sentence} Drag to move, scroll to zoom, hover for details.]")
    page = neighborhood_page(view, current_palette())
    # A data address gives the frame an origin of its own, so nothing in it can reach the app.
    address = "data:text/html;charset=utf-8;base64," + base64.b64encode(page.encode()).decode()
    st.iframe(address, height=PICTURE_HEIGHT + 8, alt=view.sentence)


def _entity(fingerprint: str, graph: KnowledgeGraph) -> int:
    kinds = [ALL_TYPES, *sorted(set(graph.entity_types))]
    kind = st.selectbox(
        "Entity type", kinds, key=Widget.GRAPH_TYPE.of(fingerprint), persist_state="session"
    )
    st.text_input(
        "Search by name",
        key=Widget.GRAPH_SEARCH,
        type="search",
        placeholder="Typing errors are fine",
        on_change=_searched,
        args=(fingerprint,),
        persist_state="session",
    )
    text = str(st.session_state.get(Widget.GRAPH_SEARCH) or "")
    found = _find(fingerprint, text, kind)
    if text.strip() and not found:
        st.warning(f"Nothing is called like “{text}”. Try fewer letters or another type.")
    center = _center(graph)
    options = list(dict.fromkeys([center, *found])) if center not in found else found
    st.session_state[Widget.GRAPH_ENTITY] = center
    st.selectbox(
        "Entity",
        options,
        format_func=lambda index: entity_option(graph, index),
        key=Widget.GRAPH_ENTITY,
        on_change=_chosen,
        args=(fingerprint, Widget.GRAPH_ENTITY),
    )
    return center


def _find(fingerprint: str, text: str, kind: str | None) -> list[int]:
    wanted = None if kind in (None, ALL_TYPES) else kind
    if not text.strip():
        return caching.best_linked(fingerprint, wanted, MAX_RESULTS)
    return caching.entity_search(fingerprint).find(text, limit=MAX_RESULTS, entity_type=wanted)


def _center(graph: KnowledgeGraph) -> int:
    """The entity in the address or of this session, else the best linked item."""
    asked = st.query_params.get(Param.ENTITY)
    entity_id = asked if asked is not None else get_state().kept.get(Param.ENTITY)
    if entity_id is not None and entity_id in graph.entities:
        center = graph.entities.index_of(entity_id)
    else:
        center = int(graph.degrees[: graph.n_items].argmax()) if graph.n_items else 0
        if asked is not None:
            st.warning(
                f"The link asks for the entity “{asked}”, which is not in this graph. "
                f"Shown instead: {graph.entity_labels[center]}.",
                icon=":material/link_off:",
            )
    _go_to(graph, center)
    return center


def _go_to(graph: KnowledgeGraph, entity_index: int) -> None:
    entity_id = graph.entities.id_of(entity_index)
    st.query_params[Param.ENTITY] = entity_id
    get_state().kept[Param.ENTITY] = entity_id


def _searched(fingerprint: str) -> None:
    """A new search goes to its best result at once."""
    text = str(st.session_state.get(Widget.GRAPH_SEARCH) or "")
    kind = st.session_state.get(Widget.GRAPH_TYPE.of(fingerprint))
    found = _find(fingerprint, text, kind) if text.strip() else []
    if found:
        _go_to(caching.graph(fingerprint), found[0])


def _chosen(fingerprint: str, key: str) -> None:
    index = st.session_state.get(key)
    if index is not None:
        _go_to(caching.graph(fingerprint), int(index))


def _walk_on(fingerprint: str, graph: KnowledgeGraph, view: NeighborhoodView) -> None:
    if not view.next_entities:
        return
    key = Widget.GRAPH_ENTITY.of("next", view.nodes[0].entity_index)
    st.pills(
        "Walk on to",
        view.next_entities,
        format_func=lambda index: graph.entity_labels[index],
        key=key,
        wrap=True,
        on_change=_chosen,
        args=(fingerprint, key),
    )
