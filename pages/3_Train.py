"""Train: choose a model, see the cost, fit or search in the background, choose the run to use."""

import streamlit as st

from kgrec_ui import caching, frame, guards
from kgrec_ui.job_panel import current_job_id, job_panel
from kgrec_ui.parts.run_list import run_list
from kgrec_ui.parts.search import search_outcome, show_trials
from kgrec_ui.parts.train import take_run, training_form

active = frame.page(
    "Train",
    "Fit a model that joins behavior, knowledge graph and text. The suggested settings are a "
    "good start.",
    icon=":material/model_training:",
)
dataset = guards.require_dataset("A model learns from interactions.")

job_id = current_job_id("train", "tune")
job = None
if job_id is not None and caching.job(job_id).kind == "train":
    job = job_panel(
        job_id,
        on_done=take_run,
        next_step=("pages/4_Recommend_and_explain.py", "Get recommendations"),
    )
elif job_id is not None:
    job = job_panel(job_id, body=show_trials)
    if job is not None and job.is_over:
        search_outcome(job)
is_busy = job is not None and not job.is_over

with st.expander("Settings", icon=":material/tune:", expanded=not is_busy):
    training_form(dataset, is_busy=is_busy)

run_list(dataset, active.run.run_id if active.run else None)
