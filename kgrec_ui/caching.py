"""The only place with Streamlit caches: keyed by workspace and fingerprint, always bounded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from kgrec_core.data.dataset import Dataset
    from kgrec_core.data.report import Problem
    from kgrec_core.evaluation.protocol import EvaluationResult
    from kgrec_core.graph.knowledge_graph import KnowledgeGraph
    from kgrec_core.graph.search import EntitySearch
    from kgrec_core.graph.statistics import GraphStatistics
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.pipeline.tuning_result import TuningResult
    from kgrec_core.recommender.search_space import SearchSpace
    from kgrec_core.storage.records import JobRecord
    from kgrec_core.storage.workspace import Workspace
    from kgrec_ui.views.graph_view import GraphView
    from kgrec_ui.views.profile_view import ProfileView
    from kgrec_ui.views.train_view import SettingField

__all__ = [
    "best_linked",
    "dataset",
    "entity_search",
    "evaluation",
    "graph",
    "graph_csv",
    "graph_graphml",
    "graph_overview",
    "job",
    "loaded_run",
    "model_fields",
    "problems",
    "profile",
    "search_space",
    "statistics",
    "trials",
    "workspace",
    "workspace_root",
]


def workspace_root() -> Path:
    """The folder of the workspace: `KGREC_WORKSPACE`, else ./workspace."""
    from kgrec_core.storage import workspace as storage

    return storage.workspace_root().absolute()


@st.cache_resource(max_entries=4, show_spinner=False)
def _workspace(root: str, database_url: str | None) -> Workspace:
    from kgrec_core.storage.workspace import Workspace

    return Workspace(root, database_url)


def workspace() -> Workspace:
    """The open workspace of this server."""
    return _workspace(str(workspace_root()), os.environ.get("KGREC_DATABASE_URL") or None)


def job(job_id: str) -> JobRecord:
    """A job as it is now; read anew each time."""
    from kgrec_core.jobs.queue import get_job

    return get_job(workspace(), job_id)


def _root() -> str:
    return str(workspace_root())


@st.cache_resource(max_entries=3, show_spinner="Reading the data set …")
def _dataset(root: str, fingerprint: str) -> Dataset:
    return workspace().load_dataset(fingerprint)


def dataset(fingerprint: str) -> Dataset:
    """The data set of `fingerprint`; shared by all sessions, only to be read."""
    return _dataset(_root(), fingerprint)


@st.cache_data(max_entries=8, show_spinner=False)
def _problems(root: str, fingerprint: str) -> list[Problem]:
    return list(workspace().load_problems(fingerprint))


def problems(fingerprint: str) -> list[Problem]:
    """What was found wrong when the data set was read."""
    return _problems(_root(), fingerprint)


@st.cache_data(max_entries=8, show_spinner="Counting …")
def _profile(root: str, fingerprint: str) -> ProfileView:
    from kgrec_ui.views.profile_view import profile_view

    return profile_view(_dataset(root, fingerprint))


def profile(fingerprint: str) -> ProfileView:
    """Numbers and distributions of a data set."""
    return _profile(_root(), fingerprint)


@st.cache_resource(max_entries=3, show_spinner="Reading the knowledge graph …")
def _graph(root: str, dataset_fingerprint: str) -> KnowledgeGraph:
    from kgrec_core.pipeline.building import ensure_graph

    return ensure_graph(workspace(), dataset_fingerprint)


def graph(dataset_fingerprint: str) -> KnowledgeGraph:
    """The graph of a data set; pages ask `guards.require_graph` first, so it exists."""
    return _graph(_root(), dataset_fingerprint)


@st.cache_data(max_entries=8, show_spinner="Counting links …")
def _statistics(root: str, dataset_fingerprint: str) -> GraphStatistics:
    from kgrec_core.graph.statistics import graph_statistics

    return graph_statistics(_graph(root, dataset_fingerprint))


def statistics(dataset_fingerprint: str) -> GraphStatistics:
    """Counts by type and relation."""
    return _statistics(_root(), dataset_fingerprint)


@st.cache_data(max_entries=8, show_spinner="Counting links …")
def _graph_overview(root: str, dataset_fingerprint: str) -> GraphView:
    from kgrec_ui.views.graph_view import graph_view

    return graph_view(_graph(root, dataset_fingerprint), _statistics(root, dataset_fingerprint))


def graph_overview(dataset_fingerprint: str) -> GraphView:
    """The graph in tables."""
    return _graph_overview(_root(), dataset_fingerprint)


@st.cache_data(max_entries=2, show_spinner=False)
def _graph_csv(root: str, dataset_fingerprint: str) -> str:
    from kgrec_ui.views.graph_view import triples_csv

    return triples_csv(_graph(root, dataset_fingerprint))


def graph_csv(dataset_fingerprint: str) -> str:
    """All links as CSV; made when the download is pressed."""
    return _graph_csv(_root(), dataset_fingerprint)


@st.cache_data(max_entries=2, show_spinner=False)
def _graph_graphml(root: str, dataset_fingerprint: str) -> str:
    from kgrec_ui.views.graph_view import graphml

    return graphml(_graph(root, dataset_fingerprint))


def graph_graphml(dataset_fingerprint: str) -> str:
    """The graph as GraphML; made when the download is pressed."""
    return _graph_graphml(_root(), dataset_fingerprint)


@st.cache_data(max_entries=64, show_spinner=False)
def _best_linked(
    root: str, dataset_fingerprint: str, entity_type: str | None, limit: int
) -> list[int]:
    from kgrec_ui.views.graph_view import best_linked

    return best_linked(_graph(root, dataset_fingerprint), entity_type, limit)


def best_linked(dataset_fingerprint: str, entity_type: str | None, limit: int) -> list[int]:
    """The entities with most links (of one type), for choosing without a search."""
    return _best_linked(_root(), dataset_fingerprint, entity_type, limit)


@st.cache_resource(max_entries=3, show_spinner="Preparing the search …")
def _entity_search(root: str, dataset_fingerprint: str) -> EntitySearch:
    from kgrec_core.graph.search import EntitySearch

    return EntitySearch(_graph(root, dataset_fingerprint))


def entity_search(dataset_fingerprint: str) -> EntitySearch:
    """Search over entity names that forgives typing errors."""
    return _entity_search(_root(), dataset_fingerprint)


@st.cache_data(max_entries=16, show_spinner=False)
def model_fields(model: str) -> list[SettingField]:
    """The settings of a model as controls."""
    from kgrec_core.recommender.registry import settings_class
    from kgrec_ui.views.train_view import setting_fields

    return setting_fields(settings_class(model))


def search_space(model: str) -> SearchSpace:
    """What a search of settings may try of a model; empty when there is nothing to search."""
    from kgrec_core.pipeline.search_study import search_space_of

    return search_space_of(model)


def trials(job: JobRecord) -> TuningResult | None:
    """What a search job has tried, read anew each time; None before its first trial."""
    from kgrec_core.jobs.payloads import TunePayload, saved_payload
    from kgrec_core.pipeline.tuning_result import TuningResult
    from kgrec_core.pipeline.tuning_runs import trials_so_far

    if job.state == "done":
        return TuningResult.from_json(job.result)
    if job.state == "queued":
        return None
    asked = saved_payload(job)
    if not isinstance(asked, TunePayload):
        return None
    return trials_so_far(workspace(), asked.dataset, asked.settings, asked.tuning)


@st.cache_resource(max_entries=2, show_spinner="Opening the trained model …")
def _loaded_run(root: str, run_id: str) -> LoadedRun:
    from kgrec_core.pipeline.loaded_run import load_run

    return load_run(workspace(), run_id)


def loaded_run(run_id: str) -> LoadedRun:
    """A fitted run with its data; shared by all sessions, only to be read."""
    return _loaded_run(_root(), run_id)


@st.cache_data(max_entries=16, show_spinner="Measuring …")
def _evaluation(root: str, run_id: str, ks: tuple[int, ...]) -> EvaluationResult:
    from kgrec_core.pipeline.evaluating import evaluate_run

    return evaluate_run(workspace(), run_id, ks)


def evaluation(run_id: str, ks: Sequence[int] = (10, 20)) -> EvaluationResult:
    """Metrics of a run on its test part; stored in the run folder after the first time."""
    return _evaluation(_root(), run_id, tuple(ks))
