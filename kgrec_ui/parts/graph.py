"""Overview of the knowledge graph: counts, relations, types, degrees, download."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching
from kgrec_ui.components import (
    current_palette,
    metric_row,
    section_heading,
    show_figure,
    show_table,
)
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.job_panel import start_job
from kgrec_ui.plots.graph_plots import draw_degrees
from kgrec_ui.state import Widget
from kgrec_ui.views.graph_view import GraphView

__all__ = ["build_offer", "graph_headline", "graph_overview"]


def build_offer(record: DatasetRecord, *, is_busy: bool) -> None:
    """The empty state of this page: nothing is built, and one button builds it."""
    empty_state(
        "The knowledge graph is not built yet",
        f"It is made from the linked columns, tags and triples of “{record.name}”. "
        "This takes a few seconds, longer for millions of links.",
        icon=":material/hub:",
    )
    if st.button(
        "Build the graph",
        key=Widget.GRAPH_BUILD,
        type="primary",
        icon=":material/play_arrow:",
        disabled=is_busy,
    ):
        start_job("graph", {"dataset": record.fingerprint})
        st.rerun()


def graph_headline(fingerprint: str) -> GraphView:
    """The main numbers; returns the view for the parts below."""
    with reported_errors(stop=True):
        view = caching.graph_overview(fingerprint)
    metric_row(view.headline)
    return view


def graph_overview(fingerprint: str, view: GraphView) -> None:
    """Tables of relations and types, degrees, and the graph as a file."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        section_heading("Relations")
        show_table(
            view.relations,
            alt="Relations with their numbers of links, heads and tails.",
            height=430,
            column_config={
                "Relation": st.column_config.TextColumn(width=90),
                "Links": st.column_config.NumberColumn(format="localized", width=50),
                "Heads (from)": st.column_config.NumberColumn(width=80),
                "Tails (to)": st.column_config.NumberColumn(width=60),
                "Links per head": st.column_config.NumberColumn(width=90),
                "Items covered (%)": st.column_config.ProgressColumn(
                    min_value=0, max_value=100, format="%.0f %%", width=110
                ),
            },
        )
    with right:
        section_heading("Entity types")
        show_table(
            view.entity_types,
            alt="Entity types with their numbers.",
            height=430,
            column_config={
                "Entity type": st.column_config.TextColumn(width=80),
                "Entities": st.column_config.NumberColumn(width=55),
                "Links each": st.column_config.NumberColumn(width=65),
                "Most linked": st.column_config.TextColumn(width=170),
            },
        )
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True):
        st.markdown(f"**Who has how many links**  \n:gray[{view.degree_sentence}]")
        show_figure(
            draw_degrees(view, current_palette()),
            key="chart:degrees",
            alt=view.degree_sentence,
            table=view.degree_table,
        )
    with right, st.container(border=True):
        _export(fingerprint)


def _export(fingerprint: str) -> None:
    st.markdown(
        "**Take the graph away**  \n:gray[For other tools: GraphML for Gephi, Cytoscape or "
        "networkx; CSV with one line per link, its file and its row.]"
    )
    st.download_button(
        "Links as CSV",
        lambda: caching.graph_csv(fingerprint),
        file_name=f"graph-{fingerprint}.csv",
        mime="text/csv",
        key=Widget.GRAPH_EXPORT.of("csv"),
        icon=":material/download:",
        on_click="ignore",
    )
    st.download_button(
        "GraphML",
        lambda: caching.graph_graphml(fingerprint),
        file_name=f"graph-{fingerprint}.graphml",
        mime="application/xml",
        key=Widget.GRAPH_EXPORT.of("graphml"),
        icon=":material/download:",
        on_click="ignore",
    )
