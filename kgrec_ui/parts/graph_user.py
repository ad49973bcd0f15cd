"""The graph through one user: what carries the scores of the list, sized by how much."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_recommend, caching_user_flow
from kgrec_ui.active import link_params
from kgrec_ui.address import linked
from kgrec_ui.components import current_palette, cutoff_slider, metric_row
from kgrec_ui.graph_canvas import graph_canvas
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.drawing_export import drawing_export
from kgrec_ui.parts.exploration_tables import (
    CARRIED_CONFIG,
    LINK_CONFIG,
    LINK_LETTERS,
    pick_table,
)
from kgrec_ui.parts.picked_entity import pick, pick_from_canvas, picked_entity, picked_index
from kgrec_ui.pickers import user_picker
from kgrec_ui.state import Param, Widget
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.layers import drawing_height
from kgrec_ui.views.user_flow_view import UserFlowView
from kgrec_ui.views.words import as_markdown

__all__ = ["users_view"]

LINE_CAPS: dict[str, object] = {str(cap): cap for cap in (20, 40, 80, 160)}
DEFAULT_LINES = "40"
ENTITY_CONFIG = CARRIED_CONFIG | {
    "Entity": st.column_config.TextColumn(width=170),
    "Type": st.column_config.TextColumn(width=65),
    "Role": st.column_config.TextColumn(width=130),
    "Strength": st.column_config.ProgressColumn(
        min_value=0,
        max_value=100,
        format="%.0f",
        width=90,
        help="Sum of the sizes of its paths; the strongest entity is 100.",
    ),
    "Speaks for": st.column_config.TextColumn(width=235),
}
ENTITY_LETTERS = {"Entity": 26, "Speaks for": 36}


def users_view(fingerprint: str, run: RunRecord | None) -> None:
    """The whole section; without a run it says what is missing."""
    if run is None:
        empty_state(
            "No trained model yet",
            "This view shows which entities and links carry a user's recommendations, so it asks "
            "a trained model.",
            icon=":material/model_training:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
        return
    with reported_errors(stop=True):
        dataset = caching.dataset(fingerprint)
    if not dataset.n_users:
        empty_state("No users", "The data set has no users.", icon=":material/group_off:")
        return
    left, middle, right = st.columns([5, 3, 3], gap="large")
    with left:
        user_id = user_picker(dataset)
    with middle:
        k = cutoff_slider()
    cap = right.select_slider(
        "Most links drawn",
        list(LINE_CAPS.values()),
        help="Paths are drawn whole, the strongest first.",
        **linked(Param.FLOW_LINES, Widget.GRAPH_FLOW_LINES, LINE_CAPS, DEFAULT_LINES),
    )
    with reported_errors(stop=True):
        view = caching_user_flow.user_flow(run.run_id, user_id, k, int(cap))
    metric_row(view.headline)
    if view.drawing is None:
        words = f"{view.sentence} {view.drawn} The model is {model_name(run.model)}."
        empty_state("Nothing to lay over the graph", words, icon=":material/hub:")
        return
    _shown(run, view, scene=f"{run.run_id}:{user_id}:{k}:{cap}")
    if caching_recommend.feedback(fingerprint):
        st.caption("Shown is the model as trained: feedback that was given since is not counted.")
    st.page_link(
        "pages/4_Recommend_and_explain.py",
        label="See the list and each score",
        icon=":material/arrow_forward:",
        query_params={**link_params(), "user": user_id, "k": str(k)},
    )


def _shown(run: RunRecord, view: UserFlowView, *, scene: str) -> None:
    graph = caching.loaded_run(run.run_id).graph
    words, menu = st.columns([6, 1], vertical_alignment="center")
    words.markdown(f":gray[{as_markdown(f'{view.sentence} {view.drawn}')}]")
    if view.drawing is not None:
        with menu, st.container(horizontal_alignment="right"):
            drawing_export(graph, view.drawing, name="users-view", key="user")
        key = Widget.GRAPH_CANVAS.of("user")
        graph_canvas(
            view.drawing,
            current_palette(),
            key=key,
            scene=scene,
            alt=f"What carries the scores. {view.sentence} The tables below say the same.",
            selected=picked_index(graph),
            on_pick=lambda: pick_from_canvas(graph, key),
            height=drawing_height(view.drawing),
        )
        st.caption(
            "From left to right: what is known about the user, shared entities, recommended items. "
            "The larger a mark and the wider a line, the more it carries; the number beside a name "
            "says how much. Dashed lines lower the scores."
        )
    picked_entity(graph, key="user")
    entities, links = st.tabs(["Entities that count", "Links that count"])
    with entities:
        pick_table(
            view.entities,
            key=Widget.GRAPH_ROWS.of("flow", scene),
            alt="Entities with their parts of the scores, strongest first.",
            on_row=lambda row: pick(graph, view.entity_order[row]),
            column_config=ENTITY_CONFIG,
            letters=ENTITY_LETTERS,
        )
    with links:
        pick_table(
            view.links,
            key=Widget.GRAPH_ROWS.of("flow links", scene),
            alt="Links with their parts of the scores and their places in the files.",
            on_row=lambda row: pick(graph, int(graph.triples[view.link_order[row], 2])),
            column_config=LINK_CONFIG | CARRIED_CONFIG,
            letters=LINK_LETTERS,
        )
    st.caption(view.total)
