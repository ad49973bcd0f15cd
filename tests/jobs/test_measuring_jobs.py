from __future__ import annotations

from typing import Any

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.errors import ConfigError
from kgrec_core.jobs.payloads import (
    BenchmarkPayload,
    EmbedPayload,
    SignalPayload,
    TunePayload,
    checked_payload,
)
from kgrec_core.jobs.queue import submit
from kgrec_core.jobs.worker import run_job
from kgrec_core.pipeline.benchmarking import kept_benchmarks
from kgrec_core.pipeline.embedding_graph import open_embedding
from kgrec_core.pipeline.explain_quality.measuring import kept_quality
from kgrec_core.pipeline.kg_signal import kept_signal
from kgrec_core.pipeline.training import train
from kgrec_core.pipeline.tuning_runs import kept_tunings
from kgrec_core.storage.records import JobRecord
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace

PLAIN = {"model": "ease", "text_model": "none"}


def done_here(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str, payload: dict[str, Any]
) -> JobRecord:
    """The job as it ended, done in this process: a new one takes seconds to start."""
    monkeypatch.setattr("kgrec_core.jobs.queue.start_next", lambda workspace: None)
    job_id = submit(workspace, kind, payload)
    with workspace.database.reading() as session:
        assert session.get_one(JobRow, job_id).state == "queued"
    return run_job(workspace, job_id)


def test_a_search_runs_as_a_job_with_the_curve_of_its_trials(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = {"dataset": "tiny", "settings": PLAIN, "tuning": {"n_trials": 4}}
    job = done_here(workspace, monkeypatch, "tune", payload)
    assert job.state == "done"
    assert len(job.result["trials"]) == 4
    values = [point.value for point in job.metrics if point.name == "validation ndcg@20"]
    assert values == [trial["value"] for trial in job.result["trials"]]
    fingerprint = workspace.resolve_dataset("tiny").fingerprint
    assert [found.to_json() for found in kept_tunings(workspace, fingerprint)] == [job.result]


def test_the_test_of_the_links_runs_as_a_job(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = {"dataset": "tiny", "settings": {"n_scrambles": 20}}
    job = done_here(workspace, monkeypatch, "signal", payload)
    assert job.state == "done"
    kept = kept_signal(workspace, workspace.resolve_dataset("tiny").fingerprint)
    assert kept is not None
    assert kept.to_json() == job.result


def test_a_benchmark_runs_as_a_job(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"models": ["popularity"], "reference": "popularity", "text_model": "none"}
    job = done_here(workspace, monkeypatch, "benchmark", {"dataset": "tiny", "settings": settings})
    assert job.state == "done"
    (kept,) = kept_benchmarks(workspace, job.result["fingerprint"])
    assert kept.to_json() == job.result["report"]
    assert kept.mean("popularity", "ndcg@20") > 0


def test_entity_vectors_are_learned_as_a_job(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"model": "complex", "epochs": 2, "embedding_dim": 4}
    job = done_here(workspace, monkeypatch, "embed", {"dataset": "tiny", "settings": settings})
    assert job.state == "done"
    kept = open_embedding(workspace, job.result["embedding"])
    assert kept.settings.model == "complex"
    assert kept.to_json() == {key: job.result[key] for key in kept.to_json()}
    losses = [point.value for point in job.metrics if point.name == "loss"]
    assert len(losses) >= 2
    assert all(value > 0 for value in losses)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("benchmark", BenchmarkPayload),
        ("tune", TunePayload),
        ("signal", SignalPayload),
        ("embed", EmbedPayload),
    ],
)
def test_only_the_data_set_has_to_be_named(kind: str, expected: type) -> None:
    assert isinstance(checked_payload(kind, {"dataset": "tiny"}), expected)


def test_a_wrong_budget_is_refused_when_the_job_is_put_in_line(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match=r"'tuning.n_trials' in 'TunePayload'"):
        submit(workspace, "tune", {"dataset": "tiny", "tuning": {"n_trials": 0}})


def test_measuring_explanations_runs_as_a_job(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = TrainSettings(model="popularity", text_model="none")
    run_id = train(workspace, workspace.resolve_dataset("tiny").fingerprint, settings).run_id
    quick = {"n_users": 3, "k": 2, "n_peer_users": 2, "twins": False, "peer": False}
    job = done_here(workspace, monkeypatch, "explain-quality", {"run": run_id, "settings": quick})
    assert job.state == "done"
    kept = kept_quality(workspace, run_id)
    assert kept is not None
    assert job.result == {"run": run_id, "n_missed": len(kept.missed)}
