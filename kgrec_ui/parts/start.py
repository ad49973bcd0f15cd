"""Parts of the start page."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from kgrec_ui.active import Active, link_params
from kgrec_ui.components import section_heading
from kgrec_ui.sample import sample_folder
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.journey_view import Step, StepState, journey

__all__ = ["first_choice", "step_cards"]

BadgeColor = Literal["green", "blue", "gray"]

STATE_COLORS: dict[StepState, BadgeColor] = {
    StepState.DONE: "green",
    StepState.NEXT: "blue",
    StepState.READY: "gray",
    StepState.WAITING: "gray",
}
STATE_BADGES = {
    StepState.DONE: ":material/check:",
    StepState.NEXT: ":material/arrow_forward:",
    StepState.READY: None,
    StepState.WAITING: ":material/schedule:",
}
CARDS_PER_ROW = 4


def first_choice() -> None:
    """The two ways to begin, shown while the workspace is empty."""
    with st.container(border=True):
        section_heading("Begin here")
        st.markdown(
            "The sample holds real films with people, genres, tags and descriptions, rated by "
            "invented viewers. It loads in seconds and shows every page at work."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                "Load the sample",
                key=Widget.LOAD_SAMPLE.of("start"),
                type="primary",
                icon=":material/play_arrow:",
                disabled=sample_folder() is None,
            ):
                from kgrec_ui.parts.bring_data import load_sample

                load_sample()
                st.switch_page("pages/1_Data.py", query_params=st.query_params.to_dict())
            if st.button(
                "Upload your own", key=Widget.UPLOAD_FILES.of("start"), icon=":material/upload:"
            ):
                get_state().wants_upload = True
                st.switch_page("pages/1_Data.py")


def step_cards(active: Active) -> None:
    """One card per step, a few in a row."""
    steps = journey(active.dataset, active.graph, active.run)
    for first in range(0, len(steps), CARDS_PER_ROW):
        columns = st.columns(CARDS_PER_ROW)
        row = steps[first : first + CARDS_PER_ROW]
        for column, step in zip(columns, row, strict=False):  # the last row may be short
            with column:
                _card(step, stands_out=active.dataset is not None)


def _card(step: Step, *, stands_out: bool) -> None:
    with st.container(border=True, height="stretch"):
        st.badge(step.state_text, color=STATE_COLORS[step.state], icon=STATE_BADGES[step.state])
        section_heading(f"{step.number}. {step.title}", level=3)
        st.markdown(step.purpose)
        st.caption(step.fact)
        st.space("stretch")
        if step.state is StepState.NEXT and stands_out:
            _next_button(step)
            return
        st.page_link(
            step.page,
            label=step.action,
            icon=":material/arrow_forward:",
            disabled=step.state is StepState.WAITING,
            query_params=link_params(),
        )


def _next_button(step: Step) -> None:
    """The one thing to do now stands out."""
    if st.button(
        step.action,
        key=Widget.NEXT_STEP.of(step.number),
        type="primary",
        icon=":material/arrow_forward:",
    ):
        st.switch_page(step.page, query_params=link_params())
