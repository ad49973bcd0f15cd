from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.jobs.queue import cancel, get_job, job_log_path, start_next, submit
from kgrec_core.pipeline.loaded_run import load_run
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace
from tests.jobs.job_waiting import wait_for, wait_until_over
from tests.store_samples import write_tables

TRAIN = {"dataset": "tiny", "settings": {"text_model": "none"}}


def process_of(workspace: Workspace, job_id: str) -> int:
    with workspace.database.reading() as session:
        found = session.get_one(JobRow, job_id).process_id
    assert found is not None
    return found


def test_jobs_run_one_after_the_other_in_their_own_processes(workspace: Workspace) -> None:
    jobs = [
        submit(workspace, "train", TRAIN),
        submit(workspace, "graph", {"dataset": "tiny"}),
        submit(workspace, "train", TRAIN),
    ]
    assert [get_job(workspace, job).state for job in jobs] == ["running", "queued", "queued"]
    first, graph, second = (wait_until_over(workspace, job) for job in jobs)
    assert [first.state, graph.state, second.state] == ["done"] * 3
    assert os.getpid() not in {process_of(workspace, job) for job in jobs}
    times = [(job.started_at or 0, job.finished_at or 0) for job in (first, graph, second)]
    assert times[0][1] <= times[1][0]
    assert times[1][1] <= times[2][0]
    assert {r.run_id for r in workspace.runs()} == {first.result["run"], second.result["run"]}
    assert first.result["metrics"] == second.result["metrics"]
    assert first.metrics


def test_a_job_goes_on_when_the_page_that_started_it_is_gone(workspace: Workspace) -> None:
    job = submit(workspace, "train", TRAIN)
    root = workspace.root
    workspace.close()
    other = Workspace(root)
    assert wait_until_over(other, job).state == "done"
    other.close()


def test_an_import_and_an_evaluation_run_as_jobs(workspace: Workspace, tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "other", n_users=30, seed=1)
    done = wait_until_over(
        workspace, submit(workspace, "import", {"path": str(folder), "name": "other"})
    )
    assert done.state == "done"
    assert done.result["counts"]["users"] == 30
    assert workspace.resolve_dataset("other").fingerprint == done.result["fingerprint"]
    settings = {"model": "popularity"}
    run = wait_until_over(
        workspace, submit(workspace, "train", {"dataset": "other", "settings": settings})
    )
    payload = {"run": run.result["run"], "ks": [5], "baselines": ["item-knn"]}
    measured = wait_until_over(workspace, submit(workspace, "evaluate", payload))
    assert measured.state == "done"
    assert 0 <= measured.result["metrics"]["ndcg@5"] <= 1
    assert set(measured.result["baselines"]) == {"item-knn"}


def test_cancelling_a_running_job_stops_it_and_lets_the_next_one_run(workspace: Workspace) -> None:
    job = submit(workspace, "train", TRAIN)
    following = submit(workspace, "graph", {"dataset": "tiny"})
    cancel(workspace, job)
    assert wait_until_over(workspace, job).state == "cancelled"
    assert workspace.runs() == []
    assert wait_until_over(workspace, following).state == "done"


def test_the_printed_words_of_a_job_are_in_its_log(workspace: Workspace) -> None:
    job = submit(workspace, "graph", {"dataset": "tiny"})
    wait_until_over(workspace, job)
    end = time.monotonic() + 20
    while not job_log_path(workspace, job).read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert f"{job}: done" in job_log_path(workspace, job).read_text()


@pytest.mark.slow
def test_killing_a_training_at_any_moment_loses_nothing_finished(workspace: Workspace) -> None:
    finished = wait_until_over(workspace, submit(workspace, "train", TRAIN)).result["run"]
    loaded = load_run(workspace, finished)
    expected = loaded.recommend(loaded.evidence_of(0), 10)
    rng = np.random.default_rng(0)
    for pause in (0.0, *rng.uniform(1.5, 3.5, size=4)):
        job = submit(workspace, "train", TRAIN)
        time.sleep(float(pause))
        _kill(workspace, job)
        over = wait_until_over(workspace, job)
        assert over.state in ("lost", "done")
        _require_only_whole_runs(workspace)
    again = Workspace(workspace.root)
    assert finished in {record.run_id for record in again.runs()}
    reloaded = load_run(again, finished)
    found = reloaded.recommend(reloaded.evidence_of(0), 10)
    np.testing.assert_array_equal(found.item_indices, expected.item_indices)
    np.testing.assert_array_equal(found.scores, expected.scores)
    assert not [path for path in (again.root / "runs").iterdir() if path.name.startswith(".")]
    assert wait_until_over(again, submit(again, "train", TRAIN)).state == "done"
    again.close()


@pytest.mark.slow
def test_killing_a_training_while_it_saves_leaves_no_half_run(workspace: Workspace) -> None:
    job = submit(workspace, "train", TRAIN)
    wait_for(workspace, job, lambda seen: seen.is_over or seen.stage == "Saving the run")
    _kill(workspace, job)
    wait_until_over(workspace, job)
    _require_only_whole_runs(workspace)


def test_a_killed_job_does_not_block_the_line(workspace: Workspace) -> None:
    job = submit(workspace, "train", TRAIN)
    following = submit(workspace, "graph", {"dataset": "tiny"})
    _kill(workspace, job)
    assert wait_until_over(workspace, job).state == "lost"
    assert wait_until_over(workspace, following).state == "done"
    assert start_next(workspace) is None


def _kill(workspace: Workspace, job: str) -> None:
    try:
        os.kill(process_of(workspace, job), signal.SIGKILL)
    except ProcessLookupError:
        return


def _require_only_whole_runs(workspace: Workspace) -> None:
    """Every run that any list shows can be loaded and used."""
    fresh = Workspace(workspace.root)
    for record in fresh.runs():
        run = load_run(fresh, record.run_id)
        assert run.recommend(run.evidence_of(1), 5).item_indices.size == 5
    fresh.close()
