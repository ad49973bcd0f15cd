"""Waiting for jobs in tests, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable

from kgrec_core.jobs.queue import get_job
from kgrec_core.storage.records import JobRecord
from kgrec_core.storage.workspace import Workspace

PATIENCE_SECONDS = 90.0


def wait_for(workspace: Workspace, job_id: str, reached: Callable[[JobRecord], bool]) -> JobRecord:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        job = get_job(workspace, job_id)
        if reached(job):
            return job
        time.sleep(0.05)
    raise TimeoutError(f"{job_id} is {job.state} in '{job.stage}' after {PATIENCE_SECONDS} s")


def wait_until_over(workspace: Workspace, job_id: str) -> JobRecord:
    return wait_for(workspace, job_id, lambda job: job.is_over)
