"""Knowledge graph: walk along it, find paths, see it through a user, as a map, in numbers."""

import streamlit as st

from kgrec_ui import frame, guards
from kgrec_ui.job_panel import current_job_id, job_panel
from kgrec_ui.parts import graph_sections
from kgrec_ui.parts.evaluation_signal import signal_line
from kgrec_ui.parts.graph import build_offer, graph_headline
from kgrec_ui.sections import choose_section
from kgrec_ui.state import Widget
from kgrec_ui.views.section_names import GRAPH

active = frame.page(
    "Knowledge graph",
    "How items hang together through people, genres, tags and whatever else your data links.",
    icon=":material/hub:",
)
dataset = guards.require_dataset("The knowledge graph is made from your data.")

job_id = current_job_id("graph")
job = job_panel(job_id) if job_id is not None else None

if active.graph is None:
    build_offer(dataset, is_busy=job is not None and not job.is_over)
    st.stop()

view = graph_headline(dataset.fingerprint)
if view.has_links:
    signal_line(dataset.fingerprint)
section = choose_section(GRAPH, Widget.GRAPH_PART)
with guards.reported_errors(stop=True):
    graph_sections.show_section(section, dataset.fingerprint, view, active.run)
