"""The worker's side of a job's row: heartbeat, throttled progress, and the wish to cancel."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from sqlalchemy import update

from kgrec_core.contracts import Progress
from kgrec_core.errors import ArtifactError, CancelledError
from kgrec_core.storage.database import Database
from kgrec_core.storage.tables import JobMetricRow, JobRow

__all__ = ["BEAT_SECONDS", "WRITE_SECONDS", "Heartbeat", "JobProgress"]

BEAT_SECONDS = 1.0
WRITE_SECONDS = 0.3
"""Progress goes to the database at most this often."""


class Heartbeat:
    """Tells the database from a thread that the process lives, and reads the wish to cancel.

    It beats while the main thread is deep in a long solve, so a silent job is a dead one.
    """

    def __init__(self, database: Database, job_id: str) -> None:
        self._database = database
        self._job_id = job_id
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")

    @property
    def is_cancelled(self) -> bool:
        """True once somebody asked the job to stop."""
        return self._cancelled.is_set()

    def __enter__(self) -> Heartbeat:
        self._beat()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._beat()
            except ArtifactError:
                continue  # a busy database; the next beat comes in time

    def _beat(self) -> None:
        with self._database.writing() as session:
            change = update(JobRow).where(JobRow.job_id == self._job_id)
            found = session.execute(
                change.values(beat_at=time.time()).returning(JobRow.cancel_requested)
            ).scalar()
        if found:
            self._cancelled.set()


class JobProgress:
    """The `on_progress` of a job: keeps the row fresh and stops the work when asked to.

    Values with metrics are all kept, numbered from 1 per metric; the position within a stage is
    written at most every `WRITE_SECONDS`.
    """

    def __init__(self, database: Database, job_id: str, heartbeat: Heartbeat) -> None:
        self._database = database
        self._job_id = job_id
        self._heartbeat = heartbeat
        self._stage = ""
        self._stage_started_at = time.time()
        self._written_at = 0.0
        self._steps: dict[str, int] = {}
        self._points: list[tuple[str, int, float]] = []
        self._latest: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Note one report.

        Raises:
            CancelledError: somebody asked the job to stop.
        """
        if self._heartbeat.is_cancelled:
            raise CancelledError("The job was cancelled.")
        now = time.time()
        is_new_stage = progress.stage != self._stage
        if is_new_stage:
            self._stage, self._stage_started_at = progress.stage, now
        for name, value in progress.metrics.items():
            self._steps[name] = self._steps.get(name, 0) + 1
            self._points.append((name, self._steps[name], float(value)))
        self._latest = progress
        if is_new_stage or now - self._written_at >= WRITE_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what is not yet written."""
        if self._latest is None:
            return
        now, latest = time.time(), self._latest
        values = {
            "stage": latest.stage,
            "done": int(latest.done),
            "total": int(latest.total),
            "stage_started_at": self._stage_started_at,
            "progress_at": now,
        }
        with self._database.writing() as session:
            session.execute(update(JobRow).where(JobRow.job_id == self._job_id).values(values))
            session.add_all(
                JobMetricRow(job_id=self._job_id, name=name, step=step, value=value)
                for name, step, value in self._points
            )
        self._points = []
        self._written_at = now
