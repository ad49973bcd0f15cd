"""Cached answers about one user in the graph: what paths carry, alone or over an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching, caching_graph

if TYPE_CHECKING:
    from kgrec_core.explanation.user_flow import UserFlow
    from kgrec_core.graph.exploring import Exploration
    from kgrec_ui.views.overlay_view import Overlay
    from kgrec_ui.views.user_flow_view import UserFlowView

__all__ = ["flow_on", "overlay", "user_flow"]


@st.cache_resource(max_entries=16, show_spinner="Taking the scores apart …")
def _flow(root: str, run_id: str, user_id: str, k: int) -> UserFlow:
    from kgrec_core.explanation.user_flow import user_flow as flow_of

    run = caching.loaded_run(run_id)
    evidence = run.evidence_of(run.dataset.users.index_of(user_id))
    ranked = run.recommend(evidence, k)
    return flow_of([run.explain(evidence, int(item)) for item in ranked.item_indices])


@st.cache_data(max_entries=32, show_spinner=False)
def _user_flow(root: str, run_id: str, user_id: str, k: int, max_lines: int) -> UserFlowView:
    from kgrec_ui.views.user_flow_view import user_flow_view

    graph = caching.loaded_run(run_id).graph
    return user_flow_view(graph, _flow(root, run_id, user_id, k), max_lines=max_lines)


def user_flow(run_id: str, user_id: str, k: int, max_lines: int) -> UserFlowView:
    """The same as a drawing of its own, with tables."""
    return _user_flow(_root(), run_id, user_id, k, max_lines)


@st.cache_resource(max_entries=16, show_spinner=False)
def _flow_on(
    root: str, dataset_fingerprint: str, run_id: str, user_id: str, k: int
) -> UserFlow | None:
    from kgrec_core.explanation.user_flow import on_graph
    from kgrec_core.graph.matching import rows_in

    rows = rows_in(caching.graph(dataset_fingerprint), caching.loaded_run(run_id).graph)
    return None if rows is None else on_graph(_flow(root, run_id, user_id, k), rows)


def flow_on(dataset_fingerprint: str, whose: tuple[str, str, int]) -> UserFlow | None:
    """The same on the graph of the whole data set; a run has it without what it was not told.

    Args:
        dataset_fingerprint: names the graph.
        whose: run, user id and length of the list.

    Returns:
        The flow, only to be read; None when the run was fitted on another graph.
    """
    return _flow_on(_root(), dataset_fingerprint, *whose)


# As large as the exploration itself, so it is shared and not copied; nobody writes to it.
@st.cache_resource(max_entries=8, show_spinner=False)
def _overlay(
    root: str, dataset_fingerprint: str, asked: Exploration, whose: tuple[str, str, int], user: str
) -> Overlay | None:
    from kgrec_ui.views.overlay_view import overlay_of

    found = flow_on(dataset_fingerprint, whose)
    if found is None:
        return None
    graph = caching.graph(dataset_fingerprint)
    return overlay_of(
        graph, caching_graph.exploration(dataset_fingerprint, asked), found, user=user
    )


def overlay(
    dataset_fingerprint: str, asked: Exploration, whose: tuple[str, str, int], user: str
) -> Overlay | None:
    """An exploration with one user's contributions on it; only to be read.

    Args:
        dataset_fingerprint: names the graph.
        asked: the exploration.
        whose: run, user id and length of the list.
        user: name of the user for sentences.

    Returns:
        None when the run was fitted on another graph.
    """
    return _overlay(_root(), dataset_fingerprint, asked, whose, user)


def _root() -> str:
    return str(caching.workspace_root())
