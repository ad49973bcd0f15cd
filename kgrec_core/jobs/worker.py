"""What the process of a job does: claim it, work, write down how it ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from kgrec_core.contracts import OnProgress
from kgrec_core.errors import CancelledError, ConfigError, KgrecError
from kgrec_core.jobs.measuring_work import (
    benchmark_work,
    explain_quality_work,
    long_tail_work,
    signal_work,
    tune_work,
)
from kgrec_core.jobs.payloads import (
    BenchmarkPayload,
    EmbedPayload,
    EvaluatePayload,
    ExplainQualityPayload,
    GraphPayload,
    ImportPayload,
    LongTailPayload,
    ReportPayload,
    SignalPayload,
    TrainPayload,
    TunePayload,
    saved_payload,
)
from kgrec_core.jobs.progress import Heartbeat, JobProgress
from kgrec_core.jobs.queue import start_next
from kgrec_core.jobs.report_work import report_work
from kgrec_core.storage.artifacts import host_name
from kgrec_core.storage.job_list import read_job
from kgrec_core.storage.records import JobRecord
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace

__all__ = ["run_job"]

UNEXPECTED = "Something went wrong that kgrec did not expect ({name}). Details are in {log}."


def run_job(workspace: Workspace, job_id: str) -> JobRecord:
    """Do the work of a job in this process and start the next one in line.

    Returns:
        The job as it ended: done, failed or cancelled.

    Raises:
        UnknownIdError: there is no such job.
        ConfigError: the job is over or runs in another process.
    """
    _claim(workspace, job_id)
    job = read_job(workspace.database, job_id)
    state, error = "failed", ""
    result: dict[str, Any] = {}
    try:
        with Heartbeat(workspace.database, job_id) as heartbeat:
            progress = JobProgress(workspace.database, job_id, heartbeat)
            result = _work_of(job)(workspace, progress)
            progress.flush()
        state, error = "done", ""
    except CancelledError:
        state, error = "cancelled", ""
    except KgrecError as caught:
        error = " ".join(str(caught).split())
    except MemoryError:
        error = "There was not enough memory. Use a smaller data set or a machine with more."
    except BaseException as caught:
        error = UNEXPECTED.format(name=type(caught).__name__, log=f"jobs/{job_id}.log")
        raise  # a bug: the traceback belongs in the log
    finally:
        _finish(workspace, job_id, state, error, result)
        start_next(workspace)
    return read_job(workspace.database, job_id)


def _claim(workspace: Workspace, job_id: str) -> None:
    read_job(workspace.database, job_id)
    with workspace.database.writing() as session:
        row = session.get_one(JobRow, job_id)
        is_started_for_us = row.state == "running" and row.process_id in (None, os.getpid())
        if row.state != "queued" and not is_started_for_us:
            raise ConfigError(f"The job '{job_id}' is {row.state} already and cannot be run again.")
        row.state, row.process_id, row.host = "running", os.getpid(), host_name()
        row.started_at = row.started_at or time.time()


def _finish(
    workspace: Workspace, job_id: str, state: str, error: str, result: dict[str, Any]
) -> None:
    with workspace.database.writing() as session:
        row = session.get_one(JobRow, job_id)
        row.state, row.error, row.result = state, error, result
        row.finished_at = time.time()


Work = Callable[[Workspace, OnProgress], dict[str, Any]]


def _work_of(job: JobRecord) -> Work:
    payload = saved_payload(job)
    work = _WORK.get(type(payload))
    if work is None:
        raise ConfigError(f"There is no work for jobs of the kind '{job.kind}'.")
    return lambda workspace, progress: work(workspace, payload, progress)


# The pipeline is imported by the work itself: the heartbeat has to start before torch loads.


def _import(workspace: Workspace, payload: ImportPayload, progress: OnProgress) -> dict[str, Any]:
    from kgrec_core.pipeline.importing import import_path

    return import_path(
        workspace,
        payload.path,
        name=payload.name,
        format=payload.format,
        mapping=payload.mapping,
        on_progress=progress,
    ).to_json()


def _build_graph(
    workspace: Workspace, payload: GraphPayload, progress: OnProgress
) -> dict[str, Any]:
    from kgrec_core.pipeline.building import ensure_graph
    from kgrec_core.pipeline.graph_store import graph_counts

    record = workspace.resolve_dataset(payload.dataset)
    graph = ensure_graph(workspace, record.fingerprint, progress)
    return {
        "dataset": record.name,
        "fingerprint": record.fingerprint,
        "graph": graph.fingerprint,
        "counts": graph_counts(graph),
    }


def _train(workspace: Workspace, payload: TrainPayload, progress: OnProgress) -> dict[str, Any]:
    from kgrec_core.pipeline.training import train

    record = workspace.resolve_dataset(payload.dataset)
    run = train(workspace, record.fingerprint, payload.settings, on_progress=progress)
    return run.to_json()


def _evaluate(
    workspace: Workspace, payload: EvaluatePayload, progress: OnProgress
) -> dict[str, Any]:
    from kgrec_core.pipeline.evaluating import baseline_results, evaluate_run

    result = evaluate_run(workspace, payload.run, payload.ks, on_progress=progress)
    baselines = baseline_results(
        workspace, payload.run, payload.baselines, payload.ks, on_progress=progress
    )
    return {
        "run": payload.run,
        "split": result.split_name,
        "n_users": result.n_users,
        "metrics": result.metrics,
        "baselines": {name: found.metrics for name, found in baselines.items()},
    }


def _embed(workspace: Workspace, payload: EmbedPayload, progress: OnProgress) -> dict[str, Any]:
    from kgrec_core.pipeline.embedding_graph import embed_graph

    record = workspace.resolve_dataset(payload.dataset)
    result = embed_graph(
        workspace,
        record.fingerprint,
        payload.settings,
        held_out_share=payload.held_out_share,
        on_progress=progress,
    ).to_json()
    return {"dataset": record.name, "fingerprint": record.fingerprint, **result}


_WORK: dict[type[BaseModel], Callable[[Workspace, Any, OnProgress], dict[str, Any]]] = {
    ImportPayload: _import,
    GraphPayload: _build_graph,
    TrainPayload: _train,
    ReportPayload: report_work,
    EvaluatePayload: _evaluate,
    BenchmarkPayload: benchmark_work,
    TunePayload: tune_work,
    SignalPayload: signal_work,
    EmbedPayload: _embed,
    LongTailPayload: long_tail_work,
    ExplainQualityPayload: explain_quality_work,
}
