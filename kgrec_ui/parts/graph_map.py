"""The map: entities by their vectors; what is chosen there goes to table and neighborhood."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from kgrec_core.embedding.projection import plane_methods
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_graph
from kgrec_ui.address import linked
from kgrec_ui.components import current_palette
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.exploration_tables import pick_table
from kgrec_ui.parts.picked_entity import pick, picked_entity, picked_index
from kgrec_ui.plots.map_plot import draw_map
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.graph_view import relation_words
from kgrec_ui.views.map_view import BY_TYPE, MapView, group_choices, map_table, telling_choice
from kgrec_ui.views.words import as_markdown, counted

if TYPE_CHECKING:
    from kgrec_core.embedding.projection import PlaneMethod
    from kgrec_core.pipeline.entity_vectors import EntityVectors

__all__ = ["graph_map"]

CAPS: dict[str, object] = {str(cap): cap for cap in (500, 1000, 2000, 5000, 10_000, 20_000, 50_000)}
DEFAULT_CAP = "5000"
METHOD_NAMES = {"pca": "Principal components (exact)", "umap": "UMAP (neighbors)"}
HINT = (
    "Click a point to choose it. The box and the lasso at the right of the map choose many; this "
    "table then lists only those."
)
NO_UMAP = (
    "The plane is made of principal components. UMAP, which keeps neighbors together better, is "
    "not installed here; it comes with the package umap-learn."
)
MODE_BUTTONS = ["select2d", "lasso2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]
COLUMNS = {
    "Entity": st.column_config.TextColumn(width=280),
    "Group": st.column_config.TextColumn(width=160),
    "Links": st.column_config.NumberColumn(width=70),
    "First axis": st.column_config.NumberColumn(format="%.3f"),
    "Second axis": st.column_config.NumberColumn(format="%.3f"),
}


def graph_map(fingerprint: str, run: RunRecord | None) -> None:
    """The whole section; says how to get vectors when there are none."""
    with reported_errors(stop=True):
        graph = caching.graph(fingerprint)
        found = caching_graph.entity_vectors(fingerprint, run.run_id if run else "")
    if not found:
        empty_state(
            "No vectors yet",
            "A map needs vectors: of item texts or of a trained model, or of all entities by "
            "`kgrec graph embed` on the command line.",
            icon=":material/scatter_plot:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
        return
    vectors, asked, group_by = _controls(graph, found)
    with reported_errors(stop=True):
        view = caching_graph.map_view(fingerprint, run.run_id if run else "", asked, group_by)
    st.markdown(
        f":gray[{as_markdown(vectors.about)} {as_markdown(view.sentence)}]  \n"
        f":gray[{as_markdown(view.quality)} {as_markdown(view.note)}]"
    )
    if len(plane_methods()) == 1:
        st.caption(NO_UMAP)
    _figure_and_table(graph, view, scene=f"{asked}:{group_by}")


def _controls(
    graph: KnowledgeGraph, found: list[EntityVectors]
) -> tuple[EntityVectors, tuple[str, PlaneMethod, int], str]:
    by_key: dict[str, object] = {vectors.key: vectors.key for vectors in found}
    names = {vectors.key: vectors.name for vectors in found}
    methods: dict[str, object] = {method: method for method in plane_methods()}
    columns = st.columns(4 if len(methods) > 1 else 3, gap="medium")
    key = columns[0].selectbox(
        "Vectors",
        list(by_key),
        format_func=names.__getitem__,
        help="What makes two entities lie close to each other.",
        **linked(Param.MAP_SOURCE, Widget.GRAPH_MAP_SOURCE, by_key, found[0].key),
    )
    vectors = next((one for one in found if one.key == key), found[0])
    choices = group_choices(graph, vectors.entity_indices)
    group_by = columns[1].selectbox(
        "Color and shape by",
        choices,
        format_func=lambda name: "Entity type" if name == BY_TYPE else relation_words(name),
        **linked(
            Param.MAP_COLOR,
            Widget.GRAPH_MAP_COLOR,
            {name: name for name in choices},
            telling_choice(graph, vectors.entity_indices),
        ),
    )
    cap = columns[2].select_slider(
        "Most points",
        list(CAPS.values()),
        help="When there are more, those with most links are drawn.",
        **linked(Param.MAP_CAP, Widget.GRAPH_MAP_CAP, CAPS, DEFAULT_CAP),
    )
    method = plane_methods()[0]
    if len(methods) > 1:
        chosen = columns[3].selectbox(
            "Method",
            plane_methods(),
            format_func=METHOD_NAMES.__getitem__,
            **linked(Param.MAP_METHOD, Widget.GRAPH_MAP_METHOD, methods, method),
        )
        method = chosen or method
    elif st.query_params.get(Param.MAP_METHOD) == "umap":
        st.warning(f"The link asks for UMAP. {NO_UMAP}", icon=":material/link_off:")
    return vectors, (vectors.key, method, int(cap)), group_by or BY_TYPE


def _figure_and_table(graph: KnowledgeGraph, view: MapView, *, scene: str) -> None:
    key = f"{Widget.GRAPH_CANVAS.of('map')}:{scene}"

    def selected() -> None:
        get_state().picks += 1
        indices = _selected(key)
        if len(indices) == 1:
            pick(graph, indices[0])

    st.plotly_chart(
        draw_map(view, current_palette(), picked=picked_index(graph)),
        key=key,
        theme=None,
        alt=f"Map of entities. {view.sentence} {view.quality} The table below lists the points.",
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [MODE_BUTTONS],
        },
        on_select=selected,
        selection_mode=("points", "box", "lasso"),
    )
    picked_entity(graph, key="map", hint="Click a point or choose a row to go on from it.")
    chosen = _selected(key)
    table, order = map_table(graph, view, chosen)
    words = counted(len(order), "entity", "entities")
    st.markdown(
        f"**{words} chosen in the map**"
        if chosen
        else f"**All {words} of the map**  \n:gray[{HINT}]"
    )
    pick_table(
        table,
        key=Widget.GRAPH_ROWS.of("map", scene, hash(tuple(chosen))),
        alt="Points of the map with group and place.",
        on_row=lambda row: pick(graph, order[row]),
        column_config=COLUMNS,
    )


def _selected(key: str) -> list[int]:
    """Entities of the points that are chosen."""
    state = st.session_state.get(key)
    points = state.selection.points if state is not None else []
    return [int(_first(cast(object, point.get("customdata")))) for point in points]


def _first(value: object) -> int:
    return int(value[0]) if isinstance(value, list | tuple) else int(str(value))
