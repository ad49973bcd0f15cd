"""Jobs listed on PostgreSQL; skipped where no server is named."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kgrec_core.jobs import queue
from kgrec_core.jobs.queue import start_next, submit
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from tests.jobs.job_waiting import wait_until_over
from tests.storage.server_database import needs_server, schema_url
from tests.store_samples import write_tables

pytestmark = needs_server

N_STARTERS = 6


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with schema_url() as url:
        opened = Workspace(tmp_path / "ws", url)
        import_path(opened, write_tables(tmp_path / "tables"), name="tiny")
        yield opened
        opened.close()


def test_a_job_works_in_a_process_of_its_own(workspace: Workspace) -> None:
    job = wait_until_over(workspace, submit(workspace, "graph", {"dataset": "tiny"}))
    assert (job.state, job.error) == ("done", "")
    assert job.result["counts"]["entities"] == 44


def test_of_many_starters_at_once_one_starts_a_job(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "start_next", lambda _: None)
    for _ in range(N_STARTERS):
        submit(workspace, "graph", {"dataset": "tiny"})
    monkeypatch.setattr(queue, "_spawn", lambda *_: os.getpid())
    ready = threading.Barrier(N_STARTERS)

    def start(_: int) -> str | None:
        ready.wait()
        return start_next(workspace)

    with ThreadPoolExecutor(N_STARTERS) as pool:
        started = [job_id for job_id in pool.map(start, range(N_STARTERS)) if job_id]
    running = [job.job_id for job in workspace.jobs() if job.state == "running"]
    assert len(started) == 1
    assert started == running
