"""Puts jobs in line, starts one at a time in its own process, and tells how far they are."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kgrec_core.jobs.payloads import checked_payload
from kgrec_core.saved_settings import stamped
from kgrec_core.storage.artifacts import host_name
from kgrec_core.storage.job_list import read_job, state_of
from kgrec_core.storage.records import JobRecord
from kgrec_core.storage.tables import JobRow, SettingRow
from kgrec_core.storage.workspace import Workspace

__all__ = ["cancel", "get_job", "job_log_path", "start_next", "submit"]

START_GRACE_SECONDS = 90.0
"""A new process may need this much longer for its first heartbeat, on a busy machine."""
FITTING_KINDS = ("train", "evaluate", "benchmark", "tune", "long-tail")

_children: list[subprocess.Popen[bytes]] = []


def submit(workspace: Workspace, kind: str, payload: dict[str, Any]) -> str:
    """Put a job in line and start it when no other one runs.

    Args:
        workspace: where it works and is listed.
        kind: one of `JOB_KINDS`, such as "import" or "train".
        payload: see `kgrec_core.jobs.payloads`.

    Returns:
        The job id.

    Raises:
        ConfigError: the kind is unknown or the payload breaks a rule.
        UnknownIdError: the data set or run is not in the workspace.
    """
    values = checked_payload(kind, payload).model_dump(mode="json")
    # What a name means is settled now, not when the job's turn comes.
    if "dataset" in values:
        values["dataset"] = workspace.resolve_dataset(values["dataset"]).fingerprint
    if "run" in values:
        values["run"] = workspace.resolve_run(values["run"]).run_id
    job_id = f"{kind}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    row = JobRow(
        job_id=job_id, kind=kind, payload=stamped(values), state="queued", created_at=time.time()
    )
    with workspace.database.writing() as session:
        session.add(row)
    start_next(workspace)
    return job_id


def cancel(workspace: Workspace, job_id: str) -> None:
    """Ask a job to stop; one that waits is over at once, a running one at its next report.

    Raises:
        UnknownIdError: there is no such job.
    """
    read_job(workspace.database, job_id)
    with workspace.database.writing() as session:
        row = session.get_one(JobRow, job_id)
        if row.state == "queued":
            row.state = "cancelled"
            row.finished_at = time.time()
        elif row.state == "running":
            row.cancel_requested = True


def get_job(workspace: Workspace, job_id: str) -> JobRecord:
    """A job as it is now, with the history of its metrics.

    Looking also starts the next job in line when none runs: a worker that was killed could not.

    Raises:
        UnknownIdError: there is no such job.
    """
    job = read_job(workspace.database, job_id)
    if job.state in ("queued", "lost"):
        start_next(workspace)
        job = read_job(workspace.database, job_id)
    return job


def job_log_path(workspace: Workspace, job_id: str) -> Path:
    """Where everything that the process of a job prints goes."""
    return workspace.root / "jobs" / f"{job_id}.log"


def start_next(workspace: Workspace) -> str | None:
    """Start the oldest waiting job unless one runs; returns its id."""
    with workspace.database.writing() as session:
        row = _claimed(session)
    if row is None:
        return None
    try:
        process_id = _spawn(workspace, row.job_id, row.kind)
    except OSError as error:
        reason = f"The process of the job could not be started: {error.strerror}."
        ended = {"state": "failed", "finished_at": time.time(), "error": reason}
        _change(workspace, row.job_id, ended)
        return None
    _change(workspace, row.job_id, {"process_id": process_id, "host": host_name()})
    return row.job_id


def _change(workspace: Workspace, job_id: str, values: dict[str, Any]) -> None:
    with workspace.database.writing() as session:
        session.execute(update(JobRow).where(JobRow.job_id == job_id).values(values))


def _claimed(session: Session) -> JobRow | None:
    """The oldest waiting job, marked as running; None when one runs or none waits."""
    # On PostgreSQL this row is what starters wait for; SQLite has locked the file already.
    session.execute(select(SettingRow).where(SettingRow.name == "queue").with_for_update())
    now = time.time()
    running = session.scalars(select(JobRow).where(JobRow.state == "running"))
    if any(state_of(row, now) == "running" for row in running):
        return None
    waiting = select(JobRow).where(JobRow.state == "queued").order_by(JobRow.created_at)
    row = session.scalars(waiting).first()
    if row is not None:
        row.state, row.stage = "running", "Starting"
        row.started_at = now
        row.beat_at = now + START_GRACE_SECONDS
    return row


def _spawn(workspace: Workspace, job_id: str, kind: str) -> int:
    _children[:] = [child for child in _children if child.poll() is None]
    command = [sys.executable, "-m", "kgrec_core.cli", "job", "run", job_id]
    command += ["--workspace", str(workspace.root)]
    with job_log_path(workspace, job_id).open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment(workspace, kind),
        )
    _children.append(child)
    return child.pid


def _environment(workspace: Workspace, kind: str) -> dict[str, str]:
    """Every core for the big matrix products of a fit, and no spinning while it waits."""
    n_threads = os.cpu_count() or 1 if kind in FITTING_KINDS else 1
    package_parent = str(Path(__file__).resolve().parents[2])
    paths = [package_parent, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **os.environ,
        "OMP_NUM_THREADS": str(n_threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONPATH": os.pathsep.join(paths),
        "KGREC_DATABASE_URL": workspace.database_url,
    }
