"""Saved newcomers: open, present, share, rename, delete; and the examples."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.newcomer_steps import Step
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.scenarios import (
    MAX_NAME,
    ScenarioRecord,
    delete_scenario,
    list_scenarios,
    rename_scenario,
)
from kgrec_ui import caching, caching_lab
from kgrec_ui.components import reader_timezone, section_heading
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.lab_address import (
    address_of,
    change_history,
    open_record,
    scenario_steps,
)
from kgrec_ui.parts.scenario_actions import start_presenting
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import format_when
from kgrec_ui.views.scenario_view import scenario_line, steps_line
from kgrec_ui.views.step_history import StepHistory
from kgrec_ui.views.words import as_markdown

__all__ = ["scenario_list"]

NEWCOMER_PART = "newcomer"


def scenario_list(run: RunRecord) -> None:
    """All scenarios of the data in use, the newest first; then the examples."""
    with reported_errors(stop=True):
        records = list_scenarios(caching.workspace(), run.dataset_fingerprint)
    if not records:
        empty_state(
            "No scenario is saved yet",
            "Build a newcomer step by step, or open an example, and press Save below the steps.",
            icon=":material/bookmarks:",
        )
    for record in records:
        _scenario(run, record)
    _examples(run)


def _scenario(run: RunRecord, record: ScenarioRecord) -> None:
    with st.container(border=True):
        words, buttons = st.columns([6, 5], vertical_alignment="center", gap="medium")
        with words:
            st.markdown(f"**{as_markdown(record.name)}**")
            when = format_when(record.created_at, reader_timezone())
            st.caption(as_markdown(scenario_line(record, run.run_id, when)))
            with reported_errors():
                steps = scenario_steps(record)
                st.markdown(
                    f":gray[{as_markdown(steps_line(caching.loaded_run(run.run_id), steps))}]"
                )
        with buttons, st.container(horizontal=True, gap="small", horizontal_alignment="right"):
            _open_buttons(record)
            with st.popover("Link", icon=":material/link:"):
                st.code(
                    address_of({str(Param.SCENARIO): record.scenario_id}),
                    language=None,
                    wrap_lines=True,
                )
                st.caption("The address alone brings the scenario back in this workspace.")
            with st.popover("Rename", icon=":material/edit:"):
                _rename(record)
            with st.popover("Delete", icon=":material/delete:"):
                _delete(record)


def _open_buttons(record: ScenarioRecord) -> None:
    for label, icon, presents in (
        ("Open", ":material/folder_open:", False),
        ("Present", ":material/slideshow:", True),
    ):
        st.button(
            label,
            key=Widget.SCENARIO_OPEN.of(label, record.scenario_id),
            icon=icon,
            on_click=_open,
            args=(record, presents),
        )


def _open(record: ScenarioRecord, presents: bool) -> None:
    with reported_errors():
        open_record(record)
        length = record.content.get("k")
        if isinstance(length, int):
            st.query_params[Param.K] = str(length)
        st.query_params[Param.PART] = NEWCOMER_PART
        if presents:
            start_presenting()


def _rename(record: ScenarioRecord) -> None:
    key = Widget.SCENARIO_RENAME.of(record.scenario_id)
    with st.form(f"{key}:form", border=False):
        name = st.text_input("New name", value=record.name, key=f"{key}:name", max_chars=MAX_NAME)
        is_sent = st.form_submit_button("Rename", type="primary", key=key)
    if is_sent:
        with reported_errors():
            rename_scenario(caching.workspace(), record.scenario_id, name)
            st.rerun()


def _delete(record: ScenarioRecord) -> None:
    st.markdown(f"Delete “{as_markdown(record.name)}”? Links to it will stop working.")
    if st.button(
        "Delete for good",
        key=Widget.SCENARIO_DELETE.of(record.scenario_id),
        type="primary",
        icon=":material/delete:",
    ):
        with reported_errors():
            delete_scenario(caching.workspace(), record.scenario_id)
            opened = get_state().scenarios.get(record.dataset_fingerprint)
            if opened is not None and opened.scenario_id == record.scenario_id:
                del get_state().scenarios[record.dataset_fingerprint]
                st.query_params.pop(Param.SCENARIO, None)
            st.rerun()


def _examples(run: RunRecord) -> None:
    with reported_errors():
        examples = caching_lab.examples(run.run_id)
        if not examples:
            return
        section_heading("Examples")
        loaded = caching.loaded_run(run.run_id)
        for example in examples:
            with st.container(border=True):
                words, button = st.columns([6, 2], vertical_alignment="center", gap="medium")
                words.markdown(f"**{example.name}**  \n{example.point}")
                words.markdown(f":gray[{as_markdown(steps_line(loaded, example.steps))}]")
                button.button(
                    "Open",
                    key=Widget.COLD_EXAMPLE.of("list", example.name),
                    icon=":material/play_circle:",
                    on_click=_open_example,
                    args=(run.dataset_fingerprint, example.steps),
                    width="stretch",
                )


def _open_example(data: str, steps: tuple[Step, ...]) -> None:
    history = get_state().histories.get(data, StepHistory())
    change_history(data, history.replaced(steps))
    st.query_params[Param.PART] = NEWCOMER_PART
