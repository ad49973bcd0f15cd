from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import update

from kgrec_core.contracts import Progress
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.jobs import queue
from kgrec_core.jobs.payloads import checked_payload
from kgrec_core.jobs.progress import Heartbeat, JobProgress
from kgrec_core.jobs.queue import cancel, get_job, submit
from kgrec_core.jobs.worker import run_job
from kgrec_core.storage.artifacts import host_name
from kgrec_core.storage.job_list import read_job
from kgrec_core.storage.records import MetricPoint
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace

SETTINGS = {"model": "popularity"}


def waiting_job(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    """A job in line whose process is not started, so that the test plays the worker."""
    monkeypatch.setattr(queue, "start_next", lambda _workspace: None)
    return submit(workspace, "train", {"dataset": "tiny", "settings": SETTINGS})


def change(workspace: Workspace, job_id: str, **values: object) -> None:
    with workspace.database.writing() as session:
        session.execute(update(JobRow).where(JobRow.job_id == job_id).values(values))


def test_progress_and_metric_history_are_readable_while_the_job_runs(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    change(workspace, job_id, state="running")
    with Heartbeat(workspace.database, job_id) as heartbeat:
        progress = JobProgress(workspace.database, job_id, heartbeat)
        progress(Progress("One", 1, 4, {"ndcg": 0.25}))
        progress(Progress("One", 2, 4, {"ndcg": 0.5, "recall": 0.125}))
        progress(Progress("Two", 3, 5, {}))
        job = get_job(workspace, job_id)
    assert (job.state, job.stage, job.done, job.total) == ("running", "Two", 3, 5)
    assert job.fraction == 0.6
    assert job.metrics == (
        MetricPoint(1, "ndcg", 0.25),
        MetricPoint(1, "recall", 0.125),
        MetricPoint(2, "ndcg", 0.5),
    )


class CountedWrites(JobProgress):
    n_writes = 0

    def flush(self) -> None:
        self.n_writes += 1
        super().flush()


def test_many_reports_are_few_writes_but_no_metric_is_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgrec_core.jobs.progress.WRITE_SECONDS", 3600.0)
    job_id = waiting_job(workspace, monkeypatch)
    with Heartbeat(workspace.database, job_id) as heartbeat:
        progress = CountedWrites(workspace.database, job_id, heartbeat)
        for step in range(2000):
            progress(Progress("One", step, 2000, {"loss": float(step)}))
        progress.flush()
    points = read_job(workspace.database, job_id).metrics
    assert [point.value for point in points] == [float(step) for step in range(2000)]
    assert progress.n_writes == 2  # when the stage began, and at the end


def test_the_rest_of_a_stage_is_told_from_its_pace(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    now = time.time()
    change(
        workspace,
        job_id,
        state="running",
        beat_at=now,
        done=10,
        total=40,
        stage_started_at=now - 20,
        progress_at=now,
    )
    # 10 units took 20 s, so 30 more take 60 s.
    eta = get_job(workspace, job_id).eta_seconds
    assert eta == pytest.approx(60, abs=2)


def test_a_heartbeat_goes_on_while_the_work_is_silent(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    with Heartbeat(workspace.database, job_id):
        with workspace.database.reading() as session:
            first = session.get_one(JobRow, job_id).beat_at
        time.sleep(2.2)
        with workspace.database.reading() as session:
            second = session.get_one(JobRow, job_id).beat_at
    assert first is not None
    assert second is not None
    assert second - first > 0.9


@pytest.mark.parametrize(("silence", "state"), [(10.0, "running"), (16.0, "lost")])
def test_a_job_is_lost_when_its_heartbeat_is_older_than_15_seconds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, silence: float, state: str
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    change(workspace, job_id, state="running", beat_at=time.time() - silence)
    job = get_job(workspace, job_id)
    assert job.state == state
    assert bool(job.error) == (state == "lost")


def test_a_job_whose_process_is_gone_is_lost_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    job_id = waiting_job(workspace, monkeypatch)
    now = time.time()
    values = {"state": "running", "beat_at": now, "started_at": now, "process_id": gone.pid}
    change(workspace, job_id, **values, host="elsewhere")
    assert get_job(workspace, job_id).state == "running"
    change(workspace, job_id, host=host_name())
    assert get_job(workspace, job_id).state == "lost"


def test_a_wish_to_cancel_stops_the_work_at_its_next_report(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    change(workspace, job_id, state="running", beat_at=time.time(), process_id=os.getpid())
    cancel(workspace, job_id)
    record = run_job(workspace, job_id)
    assert record.state == "cancelled"
    assert record.finished_at is not None
    assert workspace.runs() == []


def test_a_waiting_job_is_cancelled_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    cancel(workspace, job_id)
    assert get_job(workspace, job_id).state == "cancelled"


def test_a_job_that_is_over_cannot_be_run_or_cancelled_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    assert run_job(workspace, job_id).state == "done"
    with pytest.raises(ConfigError, match="is done already"):
        run_job(workspace, job_id)
    cancel(workspace, job_id)
    assert get_job(workspace, job_id).state == "done"
    assert len(workspace.runs()) == 1


def test_a_failure_is_kept_as_its_sentence(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "start_next", lambda _workspace: None)
    payload = {"path": "/nowhere/at/all"}
    job_id = submit(workspace, "import", payload)
    record = run_job(workspace, job_id)
    assert record.state == "failed"
    assert "/nowhere/at/all" in record.error
    assert "Traceback" not in record.error


def test_a_bug_is_raised_for_the_log_and_the_job_says_where_to_look(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("kgrec_core.pipeline.training.train", broken)
    job_id = waiting_job(workspace, monkeypatch)
    with pytest.raises(ZeroDivisionError):
        run_job(workspace, job_id)
    record = get_job(workspace, job_id)
    assert record.state == "failed"
    assert f"jobs/{job_id}.log" in record.error
    assert "ZeroDivisionError" in record.error


@pytest.mark.parametrize(
    ("kind", "payload", "sentence"),
    [
        ("dance", {}, "'kind' must be one of"),
        ("train", {}, "'dataset' in 'TrainPayload'"),
        ("train", {"dataset": "tiny", "setings": {}}, "'setings'"),
        ("evaluate", {"run": "x", "ks": ["many"]}, "'ks.0'"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_starts(
    kind: str, payload: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        checked_payload(kind, payload)


def test_a_job_on_unknown_data_is_refused_at_once(workspace: Workspace) -> None:
    with pytest.raises(UnknownIdError, match="There is no data set 'tinny'"):
        submit(workspace, "train", {"dataset": "tinny"})
    assert workspace.jobs() == []


def test_an_unknown_job_is_refused(workspace: Workspace) -> None:
    for ask in (get_job, cancel, run_job):
        with pytest.raises(UnknownIdError, match="There is no job 'x'"):
            ask(workspace, "x")


def test_a_name_means_what_it_meant_when_the_job_was_put_in_line(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = waiting_job(workspace, monkeypatch)
    assert get_job(workspace, job_id).payload["dataset"] == workspace.datasets()[0].fingerprint
