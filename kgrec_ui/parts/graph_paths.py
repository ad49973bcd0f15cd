"""Paths between any two entities: two choices, a drawing, and the same in words and tables."""

from __future__ import annotations

import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.paths import FoundPaths
from kgrec_ui import caching, caching_graph, walking
from kgrec_ui.address import linked
from kgrec_ui.components import current_palette, show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.graph_canvas import graph_canvas
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.drawing_export import drawing_export
from kgrec_ui.parts.entity_picker import entity_finder
from kgrec_ui.parts.exploration_tables import (
    LINK_CONFIG,
    LINK_LETTERS,
    STRENGTH_COLUMN,
    pick_table,
)
from kgrec_ui.parts.picked_entity import pick_from_canvas, picked_entity, picked_index
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.exploration_view import STRENGTH_HELP
from kgrec_ui.views.layers import drawing_height
from kgrec_ui.views.route_view import RouteView, path_words, places_words, with_path
from kgrec_ui.views.words import as_markdown

__all__ = ["graph_paths"]

SHORTEST, STRONGEST = "shortest", "strongest"
ORDERS: dict[str, object] = {SHORTEST: "Shortest first", STRONGEST: "Strongest first"}
HOPS: dict[str, object] = {str(n): n for n in (1, 2, 3, 4)}
COUNTS: dict[str, object] = {str(n): n for n in (5, 10, 20, 50, 100)}
DEFAULT_HOPS, DEFAULT_COUNT = "4", "10"
PATH_HEIGHT = 320
PATH_CONFIG = {
    "Path": st.column_config.TextColumn(width=440),
    "Stated in": st.column_config.TextColumn(width=230, help="Place of each link, in order."),
    "Steps": st.column_config.NumberColumn(width=50),
    "Strength": STRENGTH_COLUMN,
}
PATH_LETTERS = {"Path": 70, "Stated in": 35}


def graph_paths(fingerprint: str) -> None:
    """The whole section."""
    with reported_errors(stop=True):
        graph = caching.graph(fingerprint)
    if graph.n_entities < 2:
        st.info("A path needs two entities; this graph has fewer.")
        return
    ends = _ends(fingerprint, graph)
    limits = _limits()
    with reported_errors(stop=True):
        view = caching_graph.routes(fingerprint, ends, limits)
        found = caching_graph.paths(fingerprint, ends, limits)
    if view.drawing is None:
        empty_state("No path", as_markdown(view.sentence), icon=":material/route:")
        return
    _shown(graph, view, found, scene=f"{ends}{limits}")


def _ends(fingerprint: str, graph: KnowledgeGraph) -> tuple[int, int]:
    walk = walking.current_walk(graph)
    left, middle, right = st.columns([7, 2, 7], vertical_alignment="bottom", gap="small")
    with left:
        entity_finder(
            fingerprint,
            graph,
            "From",
            walk.selected,
            widget=Widget.GRAPH_START,
            search=Widget.GRAPH_START_SEARCH,
            on_choice=lambda index: walking.start_at(graph, index),
        )
    target = _target(graph, walk.selected)
    with middle:
        st.button(
            "Swap",
            key=Widget.GRAPH_ACTION.of("swap"),
            icon=":material/swap_horiz:",
            help="Exchange the two ends.",
            on_click=_swap,
            args=(graph, walk.selected, target),
            width="stretch",
        )
    with right:
        entity_finder(
            fingerprint,
            graph,
            "To",
            target,
            widget=Widget.GRAPH_END,
            search=Widget.GRAPH_END_SEARCH,
            on_choice=lambda index: _go_to(graph, index),
        )
    return walk.selected, target


def _target(graph: KnowledgeGraph, source: int) -> int:
    """The other end in the address or of this session, else a well linked item."""
    asked = st.query_params.get(Param.TO)
    entity_id = asked if asked is not None else get_state().kept.get(Param.TO, "")
    if entity_id in graph.entities:
        target = graph.entities.index_of(entity_id)
    else:
        among = graph.degrees[: graph.n_items] if graph.n_items > 1 else graph.degrees
        target = next(int(index) for index in (-among).argsort(kind="stable") if index != source)
        if asked is not None:
            st.warning(
                f"The link asks for paths to “{asked}”, which is not in this graph. "
                f"Shown instead: {graph.entity_labels[target]}.",
                icon=":material/link_off:",
            )
    _go_to(graph, target)
    return target


def _go_to(graph: KnowledgeGraph, index: int) -> None:
    entity_id = graph.entities.id_of(index)
    get_state().kept[Param.TO] = entity_id
    if st.query_params.get(Param.TO) != entity_id:
        st.query_params[Param.TO] = entity_id


def _swap(graph: KnowledgeGraph, source: int, target: int) -> None:
    walking.start_at(graph, target)
    _go_to(graph, source)


def _limits() -> tuple[int, int, bool]:
    """Most hops, most paths, shortest first."""
    with st.container(horizontal=True, gap="large"):
        n_hops = st.segmented_control(
            "Most steps",
            list(HOPS.values()),
            required=True,
            **linked(Param.PATH_HOPS, Widget.GRAPH_PATH_HOPS, HOPS, DEFAULT_HOPS),
        )
        order = st.segmented_control(
            "Order",
            list(ORDERS.values()),
            required=True,
            help=f"A path is as strong as the product of its links. {STRENGTH_HELP}",
            **linked(Param.PATH_ORDER, Widget.GRAPH_PATH_ORDER, ORDERS, SHORTEST),
        )
        count = st.select_slider(
            "Most paths",
            list(COUNTS.values()),
            width=220,
            **linked(Param.PATH_COUNT, Widget.GRAPH_PATH_COUNT, COUNTS, DEFAULT_COUNT),
        )
    return int(n_hops or DEFAULT_HOPS), int(count), order != ORDERS[STRONGEST]


def _shown(graph: KnowledgeGraph, view: RouteView, found: FoundPaths, *, scene: str) -> None:
    chosen_key = f"path:{scene}"
    chosen = st.session_state.get(chosen_key)
    path = found.paths[chosen] if chosen is not None and chosen < len(found.paths) else None
    drawing = with_path(graph, view, path)
    words, menu = st.columns([6, 1], vertical_alignment="center")
    first = as_markdown(view.first)
    if path is not None:
        places = as_markdown(f"Stated in {places_words(graph, path)}")
        first = f"{as_markdown(path_words(graph, path))}  \n:gray[{places}]"
    sentence = f"{view.sentence} {view.drawn_sentence}".rstrip()
    words.markdown(f":gray[{as_markdown(sentence)}]  \n{first}")
    if drawing is not None:
        with menu, st.container(horizontal_alignment="right"):
            drawing_export(graph, drawing, name="paths", key="paths")
        key = Widget.GRAPH_CANVAS.of("paths")
        n_drawn = max(len(view.drawn), 0 if chosen is None else chosen + 1)
        graph_canvas(
            drawing,
            current_palette(),
            key=key,
            scene=f"{scene}{n_drawn}",
            alt=f"Drawing of the paths. {view.sentence} The tables below say the same.",
            selected=picked_index(graph),
            on_pick=lambda: pick_from_canvas(graph, key),
            height=drawing_height(drawing),
        )
    picked_entity(graph, key="paths")
    st.markdown("**Paths**  \n:gray[Choose a row to bring the path to the front of the drawing.]")

    def choose(row: int) -> None:
        st.session_state[chosen_key] = row

    pick_table(
        view.paths,
        key=Widget.GRAPH_ROWS.of("paths", scene),
        alt="Paths, with steps, strength and the places of their links.",
        on_row=choose,
        column_config=PATH_CONFIG,
        letters=PATH_LETTERS,
    )
    st.markdown("**Links of these paths**, with the place in your files they come from")
    show_table(
        view.links,
        alt="Links of the paths with file and line.",
        height=PATH_HEIGHT,
        column_config=LINK_CONFIG,
        row_height=fitting_rows(view.links, LINK_LETTERS),
    )
