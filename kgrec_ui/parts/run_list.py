"""The runs so far, which one the other pages use, and where their curves are."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching
from kgrec_ui.active import use_run
from kgrec_ui.components import reader_timezone, section_heading, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.removing import run_removal
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_when
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.model_choice import available_parts
from kgrec_ui.views.train_view import runs_table

__all__ = ["run_list"]

COLUMNS = {
    "In use": st.column_config.TextColumn(width=55),
    "Model": st.column_config.TextColumn(width=155),
    "Trained": st.column_config.TextColumn(width=125),
    "Uses": st.column_config.TextColumn(
        width=130, help="Which of the parts that this data has the model may use."
    ),
    "Split": st.column_config.TextColumn(width=145),
}


def run_list(record: DatasetRecord, in_use: str | None) -> None:
    """All runs on this data set, and which one the other pages use."""
    runs = caching.workspace().runs(record.fingerprint)
    section_heading("Runs on this data set")
    if not runs:
        empty_state(
            "No run yet",
            "Finished runs appear here with their accuracy, time and memory, to be compared.",
            icon=":material/list_alt:",
        )
        return
    names = {
        run.run_id: f"{model_name(run.model)} · {format_when(run.created_at, reader_timezone())}"
        f" · {run.run_id}"
        for run in runs
    }
    ids = list(names)
    # The select box follows the run in use, which may also come from the address.
    st.session_state[Widget.ACTIVATE_RUN] = in_use
    st.selectbox(
        "Run that all pages use",
        ids,
        format_func=lambda run_id: names.get(run_id, run_id),
        key=Widget.ACTIVATE_RUN,
        on_change=_activate,
        width=620,
    )
    with reported_errors(stop=True):
        parts = available_parts(caching.dataset(record.fingerprint))
    show_table(
        runs_table(runs, in_use=in_use, timezone=reader_timezone(), parts=parts),
        alt="Finished runs with accuracy, time and memory.",
        height=430,
        column_config=COLUMNS,
        key=Widget.RUN_TABLE,
    )
    st.caption(
        "NDCG@20 and Recall@20 are measured on the held-out test part; higher is better. "
        "Only runs with the same split can be compared."
    )
    run_removal(names)
    folder = caching.workspace_root() / "runs"
    with st.expander("Curves in TensorBoard", icon=":material/show_chart:"):
        st.markdown(
            "Each run keeps what it reported while it trained as event files. To see the curves "
            "of all runs, start TensorBoard beside the app:"
        )
        st.code(f"tensorboard --logdir {folder}", language="shell")


def _activate() -> None:
    with reported_errors():
        use_run(caching.workspace().resolve_run(str(st.session_state[Widget.ACTIVATE_RUN])))
