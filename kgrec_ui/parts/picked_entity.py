"""One line about the entity that was clicked, with ways to the other sections."""

from __future__ import annotations

import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui import walking
from kgrec_ui.graph_canvas import picked
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.graph_view import entity_option
from kgrec_ui.views.words import as_markdown

__all__ = ["pick", "pick_from_canvas", "picked_entity", "picked_index"]

HINT = "Click an entity in the drawing or choose a row to go on from it."


def pick(graph: KnowledgeGraph, entity_index: int) -> None:
    """Remember which entity was clicked."""
    get_state().picked_entity = graph.entities.id_of(entity_index)


def pick_from_canvas(graph: KnowledgeGraph, key: str) -> None:
    """Take over a click into a drawing; a click on a line takes its tail."""
    node, triple = picked(key)
    get_state().picks += 1
    if node is not None and 0 <= node < graph.n_entities:
        pick(graph, node)
    elif triple is not None and triple < graph.n_triples:
        pick(graph, int(graph.triples[triple, 2]))


def picked_index(graph: KnowledgeGraph) -> int | None:
    """The entity that was clicked last; None when it is not in this graph."""
    entity_id = get_state().picked_entity
    return graph.entities.index_of(entity_id) if entity_id in graph.entities else None


def picked_entity(graph: KnowledgeGraph, *, key: str, hint: str = HINT) -> None:
    """What was clicked, and where to go with it; a hint when nothing was."""
    index = picked_index(graph)
    if index is None:
        st.caption(hint)
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{as_markdown(entity_option(graph, index))}**", width="stretch")
        st.button(
            "Its neighborhood",
            key=Widget.GRAPH_ACTION.of(key, "around"),
            icon=":material/hub:",
            on_click=_go,
            args=(graph, index, "neighborhood"),
        )
        st.button(
            "Paths from it",
            key=Widget.GRAPH_ACTION.of(key, "from"),
            icon=":material/route:",
            on_click=_go,
            args=(graph, index, "paths"),
        )


def _go(graph: KnowledgeGraph, index: int, section: str) -> None:
    walking.start_at(graph, index)
    get_state().picked_entity = ""
    st.query_params[Param.PART] = section
