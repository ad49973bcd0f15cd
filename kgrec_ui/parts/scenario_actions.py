"""What can be done with the newcomer on the page: save, share by address, present."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.scenarios import MAX_NAME, save_scenario
from kgrec_ui import caching
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.lab_address import (
    address_of,
    open_record,
    open_scenario_of,
    scenario_content,
)
from kgrec_ui.state import Param, Widget
from kgrec_ui.views.step_history import StepHistory
from kgrec_ui.views.words import as_markdown

__all__ = ["scenario_actions", "start_presenting"]


def scenario_actions(run: RunRecord, history: StepHistory, k: int) -> None:
    """Buttons below the steps; nothing while nothing was said."""
    if not history.steps:
        return
    opened = open_scenario_of(run, history)
    with st.container(horizontal=True, gap="small"):
        if opened is None:
            with st.popover("Save", icon=":material/bookmark_add:"):
                _save(run, history, k)
        with st.popover("Link", icon=":material/link:"):
            _link(run, k)
        st.button(
            "Present",
            key=Widget.PRESENT_START,
            icon=":material/slideshow:",
            on_click=start_presenting,
            help="One step after the other in large type. Arrow keys move, Escape leaves.",
        )
    if opened is not None:
        st.caption(f"Saved as “{as_markdown(opened.name)}”.")


def start_presenting() -> None:
    """Turn the page into slides; made for callbacks."""
    st.query_params[Param.PRESENT] = "1"


def _save(run: RunRecord, history: StepHistory, k: int) -> None:
    with st.form(Widget.SCENARIO_SAVE.of("form"), border=False):
        name = st.text_input("Name of the scenario", key=Widget.SCENARIO_NAME, max_chars=MAX_NAME)
        is_sent = st.form_submit_button("Save", type="primary", key=Widget.SCENARIO_SAVE)
    if not is_sent:
        return
    with reported_errors():
        record = save_scenario(
            caching.workspace(),
            name,
            scenario_content(history.steps, k),
            dataset_fingerprint=run.dataset_fingerprint,
            run_id=run.run_id,
        )
        open_record(record)
        st.rerun()


def _link(run: RunRecord, k: int) -> None:
    """The address that brings this newcomer back, for whoever has the same workspace."""
    saved = st.query_params.get(Param.SCENARIO)
    code = st.query_params.get(Param.NEWCOMER)
    if saved:
        params = {str(Param.SCENARIO): saved}
    elif code:
        params = {str(Param.RUN): run.run_id, str(Param.K): str(k), str(Param.NEWCOMER): code}
    else:
        st.info("There is too much to put into an address. Save the newcomer; that has one.")
        return
    st.code(address_of(params), language=None, wrap_lines=True)
    st.caption("Works for everybody who opens the same workspace.")
