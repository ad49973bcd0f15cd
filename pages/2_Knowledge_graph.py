"""Knowledge graph: what it is made of, and what is around one entity."""

import streamlit as st

from kgrec_ui import frame, guards
from kgrec_ui.job_panel import current_job_id, job_panel
from kgrec_ui.parts.evaluation_signal import signal_line
from kgrec_ui.parts.graph import build_offer, graph_headline, graph_overview
from kgrec_ui.parts.neighborhood import neighborhood_explorer

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
signal_line(dataset.fingerprint)
explore, overview = st.tabs(["Explore a neighborhood", "What the graph is made of"])
with explore:
    neighborhood_explorer(dataset.fingerprint)
with overview:
    graph_overview(dataset.fingerprint, view)
