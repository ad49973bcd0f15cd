"""Reading jobs: what the database says and what can be told from the last heartbeat."""

from __future__ import annotations

import time

import psutil
from sqlalchemy import select

from kgrec_core.errors import UnknownIdError
from kgrec_core.saved_settings import present_where_possible
from kgrec_core.storage.artifacts import host_name
from kgrec_core.storage.database import Database
from kgrec_core.storage.records import JobRecord, JobState, MetricPoint
from kgrec_core.storage.tables import JobMetricRow, JobRow

__all__ = ["LOST_AFTER_SECONDS", "list_jobs", "read_job", "state_of"]

LOST_AFTER_SECONDS = 15.0
"""A worker beats at least every 2 s; silence this long means that it is gone."""

START_SLACK_SECONDS = 60.0

LOST_TEXT = (
    "The process of this job stopped without a word: it was killed or ran out of memory. "
    "Nothing that was finished is lost; start it again."
)


def list_jobs(database: Database) -> list[JobRecord]:
    """All jobs, the newest first, without their metric histories."""
    with database.reading() as session:
        rows = session.scalars(select(JobRow).order_by(JobRow.created_at.desc())).all()
    return [_record_of(row, ()) for row in rows]


def read_job(database: Database, job_id: str) -> JobRecord:
    """One job with its metric history.

    Raises:
        UnknownIdError: there is no such job.
    """
    points = select(JobMetricRow).where(JobMetricRow.job_id == job_id)
    with database.reading() as session:
        row = session.get(JobRow, job_id)
        history = session.scalars(points.order_by(JobMetricRow.step, JobMetricRow.name)).all()
    if row is None:
        raise UnknownIdError(f"There is no job '{job_id}'.")
    return _record_of(row, tuple(MetricPoint(p.step, p.name, p.value) for p in history))


def state_of(row: JobRow, now: float) -> JobState:
    """The state of a job at the time `now`, in seconds since 1970."""
    is_silent = now - (row.beat_at or 0.0) > LOST_AFTER_SECONDS
    if row.state == "running" and (is_silent or _process_is_gone(row)):
        return "lost"
    state: JobState = row.state  # type: ignore[assignment]  # only ours are ever written
    return state


def _process_is_gone(row: JobRow) -> bool:
    """True when this machine ran the job and its process is no more: no need to wait."""
    if row.process_id is None or row.host != host_name():
        return False
    try:
        process = psutil.Process(row.process_id)
        # An id that was given out again belongs to a process younger than the job.
        is_another = process.create_time() > (row.started_at or 0.0) + START_SLACK_SECONDS
        return bool(is_another or process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


def _record_of(row: JobRow, metrics: tuple[MetricPoint, ...]) -> JobRecord:
    now = time.time()
    state = state_of(row, now)
    return JobRecord(
        job_id=row.job_id,
        kind=row.kind,
        payload=present_where_possible(f"job {row.kind}", row.payload),
        state=state,
        stage=row.stage,
        done=row.done,
        total=row.total,
        eta_seconds=_eta_seconds(row, now) if state == "running" else None,
        error=LOST_TEXT if state == "lost" else row.error,
        result=row.result,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        metrics=metrics,
    )


def _eta_seconds(row: JobRow, now: float) -> float | None:
    if not (row.stage_started_at and row.progress_at and row.done > 0 and row.total > 0):
        return None
    per_unit = (row.progress_at - row.stage_started_at) / row.done
    rest = per_unit * (row.total - row.done) - (now - row.progress_at)
    return max(0.0, rest)
