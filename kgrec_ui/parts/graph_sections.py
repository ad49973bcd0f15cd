"""The sections of the graph page; only the open one is computed, and a link can name it."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui.parts.graph import graph_overview
from kgrec_ui.parts.graph_map import graph_map
from kgrec_ui.parts.graph_paths import graph_paths
from kgrec_ui.parts.graph_user import users_view
from kgrec_ui.parts.neighborhood import neighborhood_explorer
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.graph_view import GraphView

__all__ = ["choose_section", "show_section"]

SECTIONS = {
    "neighborhood": "Neighborhood",
    "paths": "Paths",
    "user": "A user's view",
    "map": "Map",
    "statistics": "What it is made of",
}
KEPT = "graph part"


def choose_section() -> str:
    """Which section is open; kept in the page address as `part`."""
    asked = st.query_params.get(Param.PART, get_state().kept.get(KEPT, ""))
    st.session_state[Widget.GRAPH_PART] = asked if asked in SECTIONS else "neighborhood"
    chosen = st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=SECTIONS.__getitem__,
        key=Widget.GRAPH_PART,
        label_visibility="collapsed",
        required=True,
        on_change=_remember,
    )
    section = str(chosen or "neighborhood")
    get_state().kept[KEPT] = section
    st.query_params[Param.PART] = section
    return section


def show_section(section: str, fingerprint: str, view: GraphView, run: RunRecord | None) -> None:
    """Draw the open section."""
    if section == "statistics":
        graph_overview(fingerprint, view)
    elif section == "paths":
        graph_paths(fingerprint)
    elif section == "user":
        users_view(fingerprint, run)
    elif section == "map":
        graph_map(fingerprint, run)
    else:
        neighborhood_explorer(fingerprint)


def _remember() -> None:
    st.query_params[Param.PART] = st.session_state[Widget.GRAPH_PART]
