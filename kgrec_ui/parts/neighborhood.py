"""Walk along the graph: search an entity, draw what is around it, click to go on."""

from __future__ import annotations

import hashlib

import streamlit as st

from kgrec_core.graph.exploring import MAX_SHOWN, Exploration
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_graph, caching_user_flow, walking
from kgrec_ui.address import linked_many
from kgrec_ui.components import current_palette
from kgrec_ui.graph_canvas import graph_canvas, opened_entity, picked
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.drawing_export import drawing_export
from kgrec_ui.parts.entity_card import selected_entity
from kgrec_ui.parts.entity_picker import entity_finder
from kgrec_ui.parts.exploration_tables import exploration_tables
from kgrec_ui.parts.graph_overlay import Whose, overlay_controls, overlay_words
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.exploration_view import STRENGTH_HELP, ExplorationView
from kgrec_ui.views.graph_view import relation_words
from kgrec_ui.views.overlay_view import Overlay, carried_words
from kgrec_ui.views.words import as_markdown

__all__ = ["neighborhood_explorer"]

MAX_ENTITIES = (10, 30, 60, 100, 150, 300, 600, 1000, MAX_SHOWN)
DEFAULT_ENTITIES = 60
MOUSE = (
    "Click: tell about it. Double click: expand or collapse. Drag to move; the buttons zoom, and "
    "after a click into the drawing the wheel does."
)
KEYS = (
    "Keys: arrows select the next entity that way, N and P the next and previous one, Enter "
    "expands, Shift and arrows move, + and − zoom, F shows all."
)


def neighborhood_explorer(fingerprint: str, run: RunRecord | None) -> None:
    """Search, drawing, what is known about the selected entity, and the same as tables."""
    with reported_errors(stop=True):
        graph = caching.graph(fingerprint)
    if not graph.n_entities:
        st.info("This graph has no entities, so there is nothing to walk along.")
        return
    controls, picture = st.columns([1, 3], gap="medium")
    with controls:
        asked, selected = _controls(fingerprint, graph)
        whose = overlay_controls(fingerprint, run)
    with reported_errors(stop=True):
        view = caching_graph.exploration(fingerprint, asked)
        found = caching_graph.explored(fingerprint, asked)
        layer, told = _layer(graph, fingerprint, asked, selected, whose)
    version = _hash(fingerprint, graph.fingerprint, asked, whose)
    with picture:
        sentence = f"{view.sentence} {view.expansion_sentence}".rstrip()
        st.markdown(f":gray[{as_markdown(sentence)}]", help=STRENGTH_HELP)
        if layer is not None and whose is not None:
            overlay_words(graph, layer, whose)
        _picture(graph, view, layer, asked, selected, version)
    with controls:
        selected_entity(graph, found, selected, center=asked.center, carried=told)
    exploration_tables(graph, layer or view, selected, scene=version)


def _layer(
    graph: KnowledgeGraph, fingerprint: str, asked: Exploration, selected: int, whose: Whose | None
) -> tuple[Overlay | None, str]:
    """The overlay of a user and what the selected entity carries; None and "" without a user."""
    if whose is None:
        return None, ""
    layer = caching_user_flow.overlay(fingerprint, asked, whose.key, whose.name)
    flow = caching_user_flow.flow_on(fingerprint, whose.key)
    if flow is None:
        st.info("The model in use was trained on another state of this graph. Train it again.")
        return None, ""
    return layer, carried_words(graph, flow, selected, whose.name)


def _controls(fingerprint: str, graph: KnowledgeGraph) -> tuple[Exploration, int]:
    """What is asked for, and the entity that is selected."""
    walk = walking.current_walk(graph)
    entity_finder(
        fingerprint,
        graph,
        "Entity",
        walk.selected,
        widget=Widget.GRAPH_ENTITY,
        search=Widget.GRAPH_SEARCH,
        kind_widget=Widget.GRAPH_TYPE,
        on_choice=lambda index: walking.start_at(graph, index),
    )
    n_hops = st.segmented_control(
        "Steps from the start",
        [1, 2, 3],
        default=1,
        required=True,
        key=Widget.GRAPH_HOPS,
        persist_state="session",
        bind="query-params",
        help="1 shows what is linked directly, 2 also what is linked to that, and so on.",
    )
    by_id: dict[str, object] = {id_: index for index, id_ in enumerate(graph.relations.ids)}
    relations = st.multiselect(
        "Relations",
        range(graph.n_relations),
        format_func=lambda index: relation_words(graph.relations.id_of(index)),
        **linked_many(Param.RELATIONS, Widget.GRAPH_RELATIONS, by_id),
        placeholder="All relations",
        help="Only links of these kinds are followed and drawn. None chosen means all.",
    )
    cap = st.select_slider(
        "Most entities",
        MAX_ENTITIES,
        value=DEFAULT_ENTITIES,
        key=Widget.GRAPH_CAP,
        persist_state="session",
        bind="query-params",
        help=f"When there are more, the strongest are drawn. {STRENGTH_HELP}",
    )
    chosen = tuple(sorted(relations)) or None
    return Exploration(walk.center, n_hops or 1, int(cap), chosen, walk.steps), walk.selected


def _picture(
    graph: KnowledgeGraph,
    view: ExplorationView,
    layer: Overlay | None,
    asked: Exploration,
    selected: int,
    version: str,
) -> None:
    drawing = layer.drawing if layer else view.drawing
    with st.container(horizontal=True, gap="small"):
        _buttons(graph, asked)
        drawing_export(
            graph, drawing, name=f"graph-{graph.entity_labels[asked.center]}", key="walk"
        )
    key = Widget.GRAPH_CANVAS.of("walk")
    start = Exploration(asked.center, asked.n_hops, asked.max_entities, asked.relations)
    told = f"{view.sentence} {layer.sentence if layer else ''}".rstrip()
    graph_canvas(
        drawing,
        current_palette(),
        key=key,
        scene=_hash(graph.fingerprint, start),
        alt=f"Drawing of the graph. {told} The tables below say the same. {KEYS}",
        selected=selected,
        on_pick=lambda: _picked(graph, key),
        on_open=lambda: _opened(graph, key, asked),
        version=version,
    )
    st.caption(f"{MOUSE} {KEYS}")


def _buttons(graph: KnowledgeGraph, asked: Exploration) -> None:
    st.button(
        "Back",
        key=Widget.GRAPH_ACTION.of("back"),
        icon=":material/undo:",
        disabled=not walking.can_go_back(),
        help="Undo the last expansion, collapse or new start.",
        on_click=walking.go_back,
    )
    st.button(
        "Collapse all",
        key=Widget.GRAPH_ACTION.of("over"),
        icon=":material/unfold_less:",
        disabled=not asked.opened(),
        help="Back to the start, without expansions.",
        on_click=walking.start_over,
        args=(graph,),
    )


def _picked(graph: KnowledgeGraph, key: str) -> None:
    node, triple = picked(key)
    get_state().picks += 1
    if node is not None and 0 <= node < graph.n_entities:
        walking.select(graph, node)
    elif triple is not None and triple < graph.n_triples:
        walking.select(graph, int(graph.triples[triple, 2]), triple)


def _opened(graph: KnowledgeGraph, key: str, asked: Exploration) -> None:
    node = opened_entity(key)
    if node is None or not 0 <= node < graph.n_entities:
        return
    get_state().picks += 1
    if asked.opened()[node]:
        walking.collapse(graph, node)
    else:
        walking.expand(graph, node)


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
