"""The selected entity: what it is, how it hangs together, and where to go from it."""

from __future__ import annotations

import streamlit as st

from kgrec_core.graph.exploring import Explored
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui import walking
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.drawing import provenance_words
from kgrec_ui.views.exploration_view import EntityCard, entity_card
from kgrec_ui.views.graph_view import relation_words
from kgrec_ui.views.words import as_markdown, counted

__all__ = ["selected_entity"]


def selected_entity(
    graph: KnowledgeGraph, found: Explored, entity_index: int, *, center: int, carried: str = ""
) -> None:
    """A card with name, facts and actions; `carried` says what it means for one user's list."""
    card = entity_card(graph, found, entity_index)
    with st.container(border=True):
        st.markdown(f"**{as_markdown(card.name)}**  \n:gray[{as_markdown(card.facts)}]")
        _triple(graph)
        if carried:
            st.markdown(as_markdown(carried))
        if card.by_relation:
            st.markdown(f":small[{as_markdown(card.by_relation)}]")
        st.caption(f"Id: {as_markdown(card.entity_id)}")
        with st.container(horizontal=True, gap="small"):
            _actions(graph, card, entity_index, center)


def _triple(graph: KnowledgeGraph) -> None:
    """The line that was clicked, with its place in the files."""
    triple = get_state().picked_triple
    if triple is None or triple >= graph.n_triples:
        return
    head, relation, tail = (int(value) for value in graph.triples[triple])
    names = [as_markdown(graph.entity_labels[index]) for index in (head, tail)]
    words = as_markdown(relation_words(graph.relations.id_of(relation)))
    source = provenance_words(graph.provenance.row(triple, named=True))
    st.markdown(f"{names[0]} → *{words}* → {names[1]}  \n:gray[Stated in {as_markdown(source)}]")


def _actions(graph: KnowledgeGraph, card: EntityCard, entity_index: int, center: int) -> None:
    if card.n_hidden:
        st.button(
            "Expand further" if card.is_open else "Expand",
            key=Widget.GRAPH_ACTION.of("expand"),
            icon=":material/add_circle:",
            help=f"Draw more of its neighbors; {counted(card.n_hidden, 'is', 'are')} hidden.",
            on_click=walking.expand,
            args=(graph, entity_index),
        )
    if card.is_open:
        st.button(
            "Collapse",
            key=Widget.GRAPH_ACTION.of("collapse"),
            icon=":material/do_not_disturb_on:",
            help="Take back what its expansion brought.",
            on_click=walking.collapse,
            args=(graph, entity_index),
        )
    if entity_index != center:
        st.button(
            "Start here",
            key=Widget.GRAPH_ACTION.of("start"),
            icon=":material/my_location:",
            help="Draw anew around this entity.",
            on_click=walking.start_at,
            args=(graph, entity_index),
        )
    st.button(
        "Paths from here",
        key=Widget.GRAPH_ACTION.of("paths"),
        icon=":material/route:",
        help="How it hangs together with any other entity.",
        on_click=_to_paths,
    )


def _to_paths() -> None:
    st.query_params[Param.PART] = "paths"
