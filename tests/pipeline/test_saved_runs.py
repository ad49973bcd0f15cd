"""Runs, jobs and measurements that were saved by other versions of kgrec."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.embedding.kg_embedding import KgeSettings
from kgrec_core.errors import ArtifactError, ConfigError
from kgrec_core.jobs.payloads import TunePayload, saved_payload
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.embedding_graph import embed_graph, embedding_folder, open_embedding
from kgrec_core.pipeline.evaluating import run_settings
from kgrec_core.pipeline.importing import ImportResult
from kgrec_core.pipeline.loaded_run import load_run
from kgrec_core.pipeline.training import train
from kgrec_core.pipeline.tuning_result import TuningResult
from kgrec_core.saved_settings import SETTINGS_VERSION, VERSION_KEY
from kgrec_core.storage.records import JobRecord, RunRecord
from kgrec_core.storage.tables import RunRow
from kgrec_core.storage.workspace import Workspace

LATER = SETTINGS_VERSION + 1
QUICK = {"use_embedding": False, "use_vectors": False, "n_rounds": 0}


@pytest.fixture
def run(fresh: Workspace, imported: ImportResult) -> RunRecord:
    settings = TrainSettings(
        model_settings=QUICK, split=SplitSettings(name="none"), text_model="none"
    )
    return train(fresh, imported.dataset.fingerprint, settings)


def as_before_versions(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings of the fusion model as they were saved before they had a version."""
    old = {key: value for key, value in settings.items() if key != VERSION_KEY}
    return {"use_kg_vectors" if key == "use_embedding" else key: old[key] for key in old}


def change_listed(
    workspace: Workspace, run: RunRecord, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with workspace.database.writing() as session:
        row = session.get_one(RunRow, run.run_id)
        session.execute(update(RunRow).values(settings=change(row.settings)))


def change_state(
    workspace: Workspace, run: RunRecord, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Rewrite the settings of the fitted model, and its size in the manifest."""
    folder = workspace.run_folder(run.run_id)
    content = json.dumps(change(json.loads((folder / "state.json").read_text())))
    (folder / "state.json").write_text(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["state.json"] = len(content.encode())
    (folder / "manifest.json").write_text(json.dumps(manifest))


def listed_without_version(settings: dict[str, Any]) -> dict[str, Any]:
    old = as_before_versions(settings)
    return old | {"model_settings": as_before_versions(old["model_settings"])}


def state_without_version(state: dict[str, Any]) -> dict[str, Any]:
    old = as_before_versions(state)
    return old | {"settings": as_before_versions(old["settings"])}


def test_a_run_keeps_the_version_of_its_settings(fresh: Workspace, run: RunRecord) -> None:
    folder = fresh.run_folder(run.run_id)
    for name in ("settings.json", "state.json"):
        assert json.loads((folder / name).read_text())[VERSION_KEY] == SETTINGS_VERSION
    assert fresh.resolve_run(run.run_id).settings[VERSION_KEY] == SETTINGS_VERSION


def test_a_run_from_before_versions_scores_as_before(fresh: Workspace, run: RunRecord) -> None:
    before = load_run(fresh, run.run_id)
    expected = before.recommender.score([before.evidence_of(2)])
    change_listed(fresh, run, listed_without_version)
    change_state(fresh, run, state_without_version)
    after = load_run(fresh, run.run_id)
    assert after.settings == before.settings
    assert after.recommender.score([after.evidence_of(2)]).tolist() == expected.tolist()


def test_an_old_run_without_a_row_is_taken_up_under_the_names_of_today(
    fresh: Workspace, run: RunRecord
) -> None:
    folder = fresh.run_folder(run.run_id)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["record"]["settings"] = listed_without_version(manifest["record"]["settings"])
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with fresh.database.writing() as session:
        session.delete(session.get_one(RunRow, run.run_id))
    fresh.close()
    assert fresh.resolve_run(run.run_id).settings["model_settings"] == QUICK


def test_a_run_of_a_later_version_is_listed_but_not_opened(
    fresh: Workspace, run: RunRecord
) -> None:
    change_listed(fresh, run, lambda settings: {**settings, VERSION_KEY: LATER})
    assert [record.run_id for record in fresh.runs()] == [run.run_id]
    with pytest.raises(ArtifactError, match=f"the run {run.run_id} are of version {LATER}"):
        run_settings(fresh.resolve_run(run.run_id))


def test_a_fitted_model_of_a_later_version_says_to_update(fresh: Workspace, run: RunRecord) -> None:
    change_state(fresh, run, lambda state: {**state, VERSION_KEY: LATER})
    with pytest.raises(ArtifactError, match="Update kgrec"):
        load_run(fresh, run.run_id)


def test_a_fitted_model_with_an_unknown_setting_names_it(fresh: Workspace, run: RunRecord) -> None:
    def change(state: dict[str, Any]) -> dict[str, Any]:
        return {**state, "settings": {**state["settings"], "use_magic": True}}

    change_state(fresh, run, change)
    with pytest.raises(ArtifactError, match=r"no setting 'use_magic' .*\(got True\).*train again"):
        load_run(fresh, run.run_id)


def job(kind: str, payload: dict[str, Any]) -> JobRecord:
    return JobRecord("j1", kind, payload, "queued", "", 0, 0, None, "", {}, 0.0, None, None)


def test_a_job_that_waited_through_an_update_means_what_it_meant() -> None:
    settings = {"model": "fusion", "model_settings": {"use_kg_vectors": True}}
    found = saved_payload(job("tune", {"dataset": "d", "settings": settings}))
    assert isinstance(found, TunePayload)
    assert found.settings.model_settings == {"use_embedding": True}


def test_a_job_of_a_later_version_says_to_update() -> None:
    with pytest.raises(ArtifactError, match="the job j1 are of version"):
        saved_payload(job("train", {"dataset": "d", VERSION_KEY: LATER}))


def test_a_job_with_an_unknown_field_names_it() -> None:
    with pytest.raises(ArtifactError, match="no setting 'speed' in 'TrainPayload'"):
        saved_payload(job("train", {"dataset": "d", "speed": 3}))


def test_a_job_of_a_kind_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"no work for jobs of the kind 'dance'; .* has import"):
        saved_payload(job("dance", {}))


def test_vectors_of_a_graph_keep_the_version_of_their_settings(
    fresh: Workspace, imported: ImportResult
) -> None:
    quick = KgeSettings(model="distmult", embedding_dim=4, epochs=1)
    made = embed_graph(fresh, imported.dataset.fingerprint, quick)
    path = embedding_folder(fresh, made.fingerprint) / "manifest.json"
    manifest = json.loads(path.read_text())
    assert manifest["settings"].pop(VERSION_KEY) == SETTINGS_VERSION
    rewrite(path, manifest)
    assert open_embedding(fresh, made.fingerprint).settings == quick
    manifest["settings"]["speed"] = 3
    rewrite(path, manifest)
    with pytest.raises(ArtifactError, match="no setting 'speed'"):
        open_embedding(fresh, made.fingerprint)


def rewrite(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content))


def test_a_search_from_before_versions_offers_settings_under_the_names_of_today() -> None:
    trial = {"number": 0, "settings": {"use_kg_vectors": True}, "value": 0.5, "seconds": 1.0}
    saved = {
        "model": "fusion",
        "settings": {"use_kg_vectors": True},
        "value": 0.5,
        "metric": "ndcg@20",
        "trials": [{**trial, "state": "done"}],
        "seconds": 1.0,
        "ended_by": "trials",
    }
    found = TuningResult.from_json(saved)
    assert found.settings == found.trials[0].settings == {"use_embedding": True}


def test_a_benchmark_from_before_versions_names_settings_as_today() -> None:
    saved: dict[str, Any] = {
        "head": {},
        "settings": {"model_settings": {"fusion": {"use_kg_vectors": True}}},
        "cells": [{"model": "fusion", "settings": {"use_kg_vectors": True}}],
        "means": [],
        "comparisons": [],
    }
    found = BenchmarkReport.from_json(saved)
    assert found.settings["model_settings"] == {"fusion": {"use_embedding": True}}
    assert found.cells[0]["settings"] == {"use_embedding": True}
    assert BenchmarkReport.from_json(found.to_json()) == found


def test_a_benchmark_from_before_versions_labels_its_models_as_today() -> None:
    row = {"label": "fusion with kg vectors", "metric": "ndcg@20"}
    saved: dict[str, Any] = {
        "head": {},
        "settings": {},
        "cells": [{**row, "model": "fusion", "settings": {}}, {"label": "ease"}],
        "means": [row],
        "comparisons": [row],
    }
    found = BenchmarkReport.from_json(saved)
    labels = [part["label"] for part in (*found.cells, *found.means, *found.comparisons)]
    assert labels == ["fusion with embedding", "ease", *["fusion with embedding"] * 2]
