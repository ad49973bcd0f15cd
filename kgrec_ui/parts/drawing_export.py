"""The drawn part of the graph to take away: pictures, GraphML, CSV."""

from __future__ import annotations

import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.components import current_palette
from kgrec_ui.plots.graph_png import graph_png
from kgrec_ui.plots.graph_svg import graph_svg
from kgrec_ui.state import Widget
from kgrec_ui.views.drawing import Drawing
from kgrec_ui.views.drawing_files import drawing_graphml, edges_csv, file_name, nodes_csv

__all__ = ["drawing_export"]


def drawing_export(graph: KnowledgeGraph, drawing: Drawing, *, name: str, key: str) -> None:
    """A menu of files; each is made when it is pressed, here and without any network.

    Args:
        graph: the whole graph.
        drawing: what is drawn.
        name: of the files, without ending.
        key: sets it apart from other menus on the page.
    """
    palette, base = current_palette(), file_name(name)
    files = (
        ("Picture (PNG)", lambda: graph_png(drawing, palette), ".png", "image/png"),
        ("Picture (SVG)", lambda: graph_svg(drawing, palette), ".svg", "image/svg+xml"),
        ("GraphML", lambda: drawing_graphml(graph, drawing), ".graphml", "application/xml"),
        ("Entities (CSV)", lambda: nodes_csv(graph, drawing), "-entities.csv", "text/csv"),
        ("Links (CSV)", lambda: edges_csv(graph, drawing), "-links.csv", "text/csv"),
    )
    with st.popover("Export", icon=":material/download:"):
        st.caption("What is drawn now, as a file. Links come with file, line and column.")
        for label, make, ending, mime in files:
            st.download_button(
                label,
                make,
                file_name=base + ending,
                mime=mime,
                key=Widget.GRAPH_EXPORT.of(key, ending),
                on_click="ignore",
                width="stretch",
            )
