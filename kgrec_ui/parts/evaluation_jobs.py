"""Measuring jobs on the Evaluate page: the one that runs, and the offer to start one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kgrec_ui.components import section_heading
from kgrec_ui.job_panel import current_job_id, job_panel, start_job
from kgrec_ui.state import Widget

__all__ = ["job_button", "measuring_job", "offer_job"]

KINDS = ("evaluate", "benchmark", "signal", "long-tail", "explain-quality")


def measuring_job() -> bool:
    """Show the measuring job of the address; True while it runs."""
    job_id = current_job_id(*KINDS)
    if job_id is None:
        return False
    job = job_panel(job_id, on_done=lambda _: None)
    return job is not None and not job.is_over


def offer_job(
    title: str,
    why: str,
    *,
    button: str,
    kind: str,
    payload: Mapping[str, Any],
    widget: Widget,
    icon: str,
    is_busy: bool,
) -> None:
    """The empty state of a part: what is missing, how long it takes, and the button."""
    with st.container(border=True):
        section_heading(f"{icon} {title}")
        st.markdown(why)
        job_button(button, kind=kind, payload=payload, widget=widget, is_busy=is_busy)


def job_button(
    label: str,
    *,
    kind: str,
    payload: Mapping[str, Any],
    widget: Widget,
    is_busy: bool,
    is_main: bool = True,
) -> None:
    """A button that starts a job and shows it."""
    if st.button(
        label,
        key=widget,
        type="primary" if is_main else "secondary",
        icon=":material/play_arrow:" if is_main else ":material/refresh:",
        disabled=is_busy,
        help="Another measurement runs; wait for it or cancel it." if is_busy else None,
    ):
        start_job(kind, dict(payload))
        st.rerun()
