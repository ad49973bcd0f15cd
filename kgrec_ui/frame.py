"""The frame around every page: page settings, sidebar with the journey, heading."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.active import Active, find_active, link_params
from kgrec_ui.guards import reported_errors
from kgrec_ui.state import get_state
from kgrec_ui.theme import CSS, format_count
from kgrec_ui.views.journey_view import Step, StepState, journey
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["page"]

ASSETS = Path(__file__).parent / "assets"
NAME_LENGTH = 25  # of a data set in the sidebar; the Data page shows all of it

STEP_ICONS = {
    StepState.DONE: ":material/check_circle:",
    StepState.NEXT: ":material/arrow_circle_right:",
    StepState.READY: ":material/arrow_circle_right:",
    StepState.WAITING: ":material/radio_button_unchecked:",
}


def page(title: str, subtitle: str, *, icon: str = "", tab_title: str = "") -> Active:
    """Begin a page; the first call of each, so that every page works alone.

    Args:
        title: heading of the page.
        subtitle: one sentence on what can be done here.
        icon: a Material icon shown before the heading (":material/hub:").
        tab_title: title of the browser tab where it differs from the heading.

    Returns:
        What is in use, for pages that can also show themselves without it.
    """
    st.set_page_config(
        page_title=f"{tab_title or title} · kgrec",
        page_icon=str(ASSETS / "mark.svg"),
        layout="wide",
    )
    st.html(CSS)
    get_state()
    st.title(f"{icon} {title}".strip(), anchor=False)
    st.markdown(f":gray[{subtitle}]")
    with reported_errors(stop=True):
        active = find_active()
    with st.sidebar:
        _sidebar(active)
    if active.stale:
        st.warning(
            "The link names a data set or a run that is not in this workspace. "
            "Shown instead is what is in use here.",
            icon=":material/link_off:",
        )
    return active


def _sidebar(active: Active) -> None:
    st.logo(str(ASSETS / "wordmark.svg"), icon_image=str(ASSETS / "mark.svg"), size="large")
    params = link_params()
    st.page_link("app.py", label="Start", icon=":material/home:", query_params=params)
    for step in journey(active.dataset, active.graph, active.run):
        _journey_link(step, params)
    st.divider()
    _in_use(active, params)
    root = caching.workspace_root()
    st.caption(f"Workspace: {root.name}", help=f"Everything is kept in {root}")


def _journey_link(step: Step, params: dict[str, str]) -> None:
    st.page_link(
        step.page,
        label=f"{step.number}  {step.title}",
        icon=STEP_ICONS[step.state],
        help=f"{step.state_text}. {step.fact}",
        query_params=params,
    )


def _in_use(active: Active, params: dict[str, str]) -> None:
    if active.dataset is None:
        st.caption("Nothing in use yet. The journey starts with your data.")
        return
    counts = active.dataset.counts
    st.caption("DATA SET IN USE")
    st.page_link(
        "pages/1_Data.py",
        label=f"**{as_markdown(shortened(active.dataset.name, NAME_LENGTH))}**",
        icon=":material/database:",
        query_params=params,
    )
    st.caption(
        f"{format_count(counts['items'])} items · {format_count(counts['users'])} users · "
        f"{format_count(counts['interactions'])} interactions"
    )
    if active.run is not None:
        _run_in_use(active.run, params)


def _run_in_use(run: RunRecord, params: dict[str, str]) -> None:
    st.caption("MODEL IN USE")
    st.page_link(
        "pages/3_Train.py",
        label=f"**{model_name(run.model)}**",
        icon=":material/model_training:",
        query_params=params,
    )
    st.caption(f"Run {run.run_id}")
