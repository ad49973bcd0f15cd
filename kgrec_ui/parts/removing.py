"""Removing a run or a data set: what goes with it is told first; it takes two clicks."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kgrec_core.storage.records import DatasetRecord
from kgrec_core.storage.removal import belongings_of, remove_dataset, remove_run
from kgrec_ui import caching
from kgrec_ui.guards import reported_errors
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.removal_view import belongings_words
from kgrec_ui.views.words import as_markdown

__all__ = ["dataset_removal", "run_removal"]

ICON = ":material/delete:"


def run_removal(names: Mapping[str, str]) -> None:
    """Choose a run and remove it.

    Args:
        names: label of each run, by id.
    """
    with st.popover("Remove a run", icon=ICON):
        run_id = st.selectbox(
            "Run", list(names), format_func=names.__getitem__, key=Widget.REMOVE_RUN, width=420
        )
        st.markdown(
            "Its model and everything that was measured of it go. What people said stays: it "
            "belongs to the data."
        )
        st.button(
            "Remove it for good",
            key=Widget.REMOVE_RUN.of("now"),
            icon=ICON,
            on_click=_remove_run,
            args=(run_id,),
        )


def dataset_removal(record: DatasetRecord) -> None:
    """Remove one data set, with what hangs on it."""
    with st.popover("Remove", icon=ICON, key=Widget.REMOVE_DATA.of(record.fingerprint)):
        own = belongings_of(caching.workspace(), record.fingerprint)
        st.markdown(f"**Remove “{as_markdown(record.name)}”?**  \n{belongings_words(own)}")
        st.button(
            "Remove it for good",
            key=Widget.REMOVE_DATA.of("now", record.fingerprint),
            icon=ICON,
            on_click=_remove_dataset,
            args=(record,),
        )


def _remove_run(run_id: str) -> None:
    state = get_state()
    with reported_errors():
        remove_run(caching.workspace(), run_id)
        if state.run_id == run_id:
            state.run_id = ""
        _leave(*([Param.RUN] if st.query_params.get(Param.RUN) == run_id else []))
        st.toast("The run is removed.")


def _remove_dataset(record: DatasetRecord) -> None:
    state = get_state()
    with reported_errors():
        remove_dataset(caching.workspace(), record.fingerprint)
        if state.dataset_fingerprint == record.fingerprint:
            state.dataset_fingerprint = state.run_id = ""
            state.kept.clear()
        _leave(Param.DATA, Param.RUN)  # the run may be one on it
        st.toast(f"“{record.name}” is removed.")


def _leave(*params: Param) -> None:
    """Take out of the address what is gone, and the job, which may be the one that made it."""
    for param in (*params, Param.JOB):
        st.query_params.pop(param, None)
