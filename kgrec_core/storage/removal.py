"""Removing runs and data sets: the folder first, then its rows; nothing half stays listed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from kgrec_core.errors import ConfigError
from kgrec_core.storage.artifacts import remove_folder
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.tables import (
    ActiveRunRow,
    DatasetRow,
    FeedbackRow,
    GraphRow,
    RunRow,
    ScenarioRow,
)
from kgrec_core.storage.workspace import Workspace

__all__ = ["Belongings", "belongings_of", "remove_dataset", "remove_run"]


@dataclass(frozen=True)
class Belongings:
    """What goes when a data set goes.

    Attributes:
        n_graphs: knowledge graphs built from it.
        n_runs: models trained on it.
        n_feedback: things that people said, taken back or not.
        n_scenarios: saved newcomers.
    """

    n_graphs: int
    n_runs: int
    n_feedback: int
    n_scenarios: int


def belongings_of(workspace: Workspace, fingerprint: str) -> Belongings:
    """What is kept for a data set, to be told before it is removed."""
    counted = []
    with workspace.database.reading() as session:
        for table in (FeedbackRow, ScenarioRow):
            query = select(func.count()).where(table.dataset_fingerprint == fingerprint)
            counted.append(session.scalar(query) or 0)
    n_graphs, n_runs = len(workspace.graphs(fingerprint)), len(workspace.runs(fingerprint))
    return Belongings(n_graphs, n_runs, *counted)


def remove_run(workspace: Workspace, run_id: str) -> RunRecord:
    """Remove a run with its measurements; returns what it was.

    What people said about its recommendations stays: it belongs to the data set.

    Raises:
        UnknownIdError: there is no such run.
        ConfigError: a job works with it.
        ArtifactError: the disk refuses.
    """
    record = workspace.resolve_run(run_id)
    _require_idle(workspace, f"The run {record.run_id}", {record.run_id})
    _drop_run(workspace, record.run_id)
    return record


def remove_dataset(workspace: Workspace, fingerprint: str) -> Belongings:
    """Remove a data set and all that was made of it or said about it; returns what that was.

    Text vectors stay: they belong to texts, whichever data set holds them.

    Raises:
        UnknownIdError: there is no such data set.
        ConfigError: a job works with it, or with a run on it.
        ArtifactError: the disk refuses.
    """
    record = workspace.resolve_dataset(fingerprint)
    own = belongings_of(workspace, record.fingerprint)
    runs = [run.run_id for run in workspace.runs(record.fingerprint)]
    names = {record.fingerprint, record.name, *runs}
    _require_idle(workspace, f"The data set '{record.name}'", names)
    for run_id in runs:
        _drop_run(workspace, run_id)
    for graph in workspace.graphs(record.fingerprint):
        remove_folder(workspace.graph_folder(graph.fingerprint))
    remove_folder(workspace.root / "benchmarks" / record.fingerprint)
    remove_folder(workspace.dataset_folder(record.fingerprint))  # last: no run ever lacks its data
    with workspace.database.writing() as session:
        for table in (FeedbackRow, ScenarioRow, ActiveRunRow, RunRow, GraphRow):
            session.execute(delete(table).where(table.dataset_fingerprint == record.fingerprint))
        session.execute(delete(DatasetRow).where(DatasetRow.fingerprint == record.fingerprint))
    return own


def _drop_run(workspace: Workspace, run_id: str) -> None:
    remove_folder(workspace.run_folder(run_id))
    with workspace.database.writing() as session:
        session.execute(delete(ActiveRunRow).where(ActiveRunRow.run_id == run_id))
        session.execute(delete(RunRow).where(RunRow.run_id == run_id))


def _require_idle(workspace: Workspace, subject: str, names: set[str]) -> None:
    """Refuse while a job that was asked for one of `names` is not over."""
    for job in workspace.jobs():
        if not job.is_over and names & {str(value) for value in job.payload.values()}:
            raise ConfigError(
                f"{subject} is in use by a job ({job.kind}, {job.state}). "
                "Wait until it is over, or cancel it first."
            )
