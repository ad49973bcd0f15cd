"""Which data set and run the visitor works with: address first, then session, then the newest."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kgrec_core.storage.records import DatasetRecord, GraphRecord, RunRecord
from kgrec_ui import caching
from kgrec_ui.state import Param, get_state

__all__ = ["Active", "find_active", "link_params", "use_dataset", "use_run"]


@dataclass(frozen=True)
class Active:
    """What is in use, each None when it does not exist yet.

    Attributes:
        dataset: the data set in use.
        graph: its knowledge graph.
        run: the trained run in use, of this data set.
        stale: names of address parameters that point at nothing here.
    """

    dataset: DatasetRecord | None
    graph: GraphRecord | None
    run: RunRecord | None
    stale: tuple[str, ...] = ()


def find_active() -> Active:
    """Resolve address, session and workspace to what is in use."""
    workspace, state = caching.workspace(), get_state()
    datasets, runs = workspace.datasets(), workspace.runs()
    stale = []

    asked_run = st.query_params.get(Param.RUN, "")
    run = next((r for r in runs if r.run_id == asked_run), None)
    if asked_run and run is None:
        stale.append(Param.RUN.value)

    asked_data = st.query_params.get(Param.DATA, "")
    dataset = next((d for d in datasets if asked_data and d.fingerprint == asked_data), None)
    if asked_data and dataset is None:
        stale.append(Param.DATA.value)
    if run is not None:  # a run knows its data, so it wins
        dataset = next((d for d in datasets if d.fingerprint == run.dataset_fingerprint), None)
    if dataset is None:
        kept = state.dataset_fingerprint
        newest = max(datasets, key=lambda d: d.created_at, default=None)
        dataset = next((d for d in datasets if d.fingerprint == kept), newest)
    if dataset is None:
        return Active(None, None, None, tuple(stale))

    own = workspace.runs(dataset.fingerprint)
    if run is None:
        kept_run = next((r for r in own if r.run_id == state.run_id), None)
        active_run = next((r for r in own if r.is_active), None)
        run = kept_run or active_run or max(own, key=lambda r: r.created_at, default=None)
    graph = next(iter(workspace.graphs(dataset.fingerprint)), None)
    return Active(dataset, graph, run, tuple(stale))


def use_dataset(fingerprint: str) -> None:
    """Work with this data set from now on."""
    state = get_state()
    if state.dataset_fingerprint != fingerprint:
        state.kept.clear()
    state.dataset_fingerprint, state.run_id = fingerprint, ""
    st.query_params.pop(Param.RUN, None)
    st.query_params[Param.DATA] = fingerprint


def use_run(run: RunRecord) -> None:
    """Work with this run, and the data set it was trained on, from now on."""
    state = get_state()
    state.dataset_fingerprint, state.run_id = run.dataset_fingerprint, run.run_id
    caching.workspace().set_active_run(run.run_id)
    st.query_params[Param.RUN] = run.run_id


def link_params() -> dict[str, str]:
    """Address parameters that every link inside the app carries on."""
    carried = (Param.DATA, Param.RUN)
    return {str(name): st.query_params[name] for name in carried if name in st.query_params}
