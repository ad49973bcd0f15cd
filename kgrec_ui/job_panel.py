"""A long job on the page: stage in words, time left, live curve, cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from kgrec_core.storage.records import JobRecord
from kgrec_ui import caching
from kgrec_ui.active import link_params
from kgrec_ui.components import current_palette, show_figure
from kgrec_ui.guards import reported_errors
from kgrec_ui.plots.training_plot import draw_training_curve
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import format_count
from kgrec_ui.views.job_view import JobView, job_view

__all__ = ["current_job_id", "job_panel", "start_job"]

POLL_SECONDS = 1.0

OnDone = Callable[[dict[str, Any]], None]
ShowJob = Callable[[JobRecord], None]


def current_job_id(*kinds: str) -> str | None:
    """The job that this page should show: the one in the address, if it is of these kinds."""
    job_id = st.query_params.get(Param.JOB)
    if job_id is None:
        return None
    with reported_errors():
        return job_id if caching.job(job_id).kind in kinds else None
    return None


def start_job(kind: str, payload: dict[str, Any]) -> None:
    """Queue a job and put it into the address, so that a reload finds it again."""
    from kgrec_core.jobs.queue import submit

    with reported_errors():
        st.query_params[Param.JOB] = submit(caching.workspace(), kind, payload)


def job_panel(
    job_id: str,
    *,
    on_done: OnDone | None = None,
    next_step: tuple[str, str] | None = None,
    body: ShowJob | None = None,
) -> JobRecord | None:
    """Show a job until it is over; then rerun the page once and show how it ended.

    Args:
        job_id: which job.
        on_done: called once per session with the result when the job has succeeded.
        next_step: page and label of the link that is offered after success.
        body: shows what a running job has done so far; a curve of its metrics by default.

    Returns:
        The job as it is now, None when it cannot be read.
    """
    job = None
    with reported_errors():
        job = caching.job(job_id)
    if job is None:
        return None
    if not job.is_over:
        st.fragment(_running, run_every=POLL_SECONDS)(job_id, body or _curve)
        return job
    finished = get_state().finished_jobs
    if job.state == "done" and job_id not in finished:
        finished.add(job_id)
        if on_done is not None:
            with reported_errors():  # what the job made may have been removed since
                on_done(job.result)
                st.rerun()
    _finished(job_view(job, now=time.time()), next_step)
    return job


def _running(job_id: str, body: ShowJob) -> None:
    with reported_errors(stop=True):
        job = caching.job(job_id)
    if job.is_over:
        st.rerun()
    view = job_view(job, now=time.time())
    with st.container(border=True):
        head, button = st.columns([5, 1], vertical_alignment="center")
        head.markdown(f"**{view.title}**")
        if button.button("Cancel", key=Widget.CANCEL_JOB.of(job_id), width="stretch"):
            _cancel(job_id)
        st.progress(view.fraction, text=view.progress_text)
        body(job)


def _cancel(job_id: str) -> None:
    from kgrec_core.jobs.queue import cancel

    with reported_errors():
        cancel(caching.workspace(), job_id)
    st.toast("Asked the job to stop. What was finished before stays.")


def _curve(job: JobRecord) -> None:
    if len(job.metrics) > 1:
        st.caption("As reported so far. Higher is better; the test part is not touched.")
        show_figure(
            draw_training_curve(job.metrics, current_palette()),
            key=Widget.CANCEL_JOB.of(job.job_id, "curve"),
            alt=f"Metrics of the running job over {format_count(len(job.metrics))} reports.",
        )


def _finished(view: JobView, next_step: tuple[str, str] | None) -> None:
    message, close = st.columns([6, 1], vertical_alignment="top")
    with message:
        show = {"success": st.success, "error": st.error, "warning": st.warning}[view.severity]
        show(view.outcome, icon=view.icon)
        if view.severity == "success" and next_step is not None:
            st.page_link(
                next_step[0],
                label=f"**{next_step[1]}**",
                icon=":material/arrow_forward:",
                query_params=link_params(),
            )
    if close.button("Close", key=Widget.CLOSE_JOB.of(view.job_id), width="stretch"):
        st.query_params.pop(Param.JOB, None)
        st.rerun()
