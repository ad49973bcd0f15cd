from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.errors import ArtifactError, CancelledError, ConfigError, MissingStepError
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.pipeline.evaluating import baseline_results, evaluate_run, kept_baselines
from kgrec_core.pipeline.importing import ImportResult
from kgrec_core.pipeline.loaded_run import load_run
from kgrec_core.pipeline.measuring import peak_memory_mb
from kgrec_core.pipeline.training import train
from kgrec_core.storage.artifacts import read_json
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

STAGES = {"read", "graph", "text", "fit", "evaluate"}
POPULARITY = TrainSettings(model="popularity")


def test_a_run_is_listed_with_its_costs_and_metrics(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    listed = filled.resolve_run(fusion_record.run_id)
    assert set(listed.seconds) == STAGES
    assert 10 < listed.peak_memory_mb <= peak_memory_mb()
    assert 0 < listed.metrics["ndcg@20"] <= 1
    assert listed.dataset_name == "tiny"
    assert listed.run_id.startswith("fusion-")


def test_the_folder_of_a_run_holds_data_and_no_code(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    folder = filled.run_folder(fusion_record.run_id)
    names = {path.name for path in folder.iterdir()}
    expected = {"manifest.json", "settings.json", "metrics.json", "state.json", "log.jsonl"}
    assert expected | {"weights.safetensors", "tensorboard"} <= names
    assert read_json(folder / "settings.json")["model"] == "fusion"
    assert read_json(folder / "manifest.json")["libraries"]["numpy"] == np.__version__
    kept = EvaluationResult.from_json(read_json(folder / "metrics.json"))
    assert kept.metrics == fusion_record.metrics
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert {"seconds", "stage", "done", "total", "metrics"} == set(lines[0])


def test_the_same_settings_give_the_same_fingerprint_weights_and_metrics(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    again = train(filled, fusion_record.dataset_fingerprint, TrainSettings(text_model="none"))
    assert again.run_id != fusion_record.run_id
    assert again.fingerprint == fusion_record.fingerprint
    assert again.metrics == fusion_record.metrics
    first, second = (
        load_file(filled.run_folder(run.run_id) / "weights.safetensors")
        for run in (fusion_record, again)
    )
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_another_seed_or_split_is_another_fingerprint(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    fingerprint = fusion_record.dataset_fingerprint
    runs = [
        train(filled, fingerprint, POPULARITY),
        train(filled, fingerprint, POPULARITY.model_copy(update={"seed": 1})),
        train(filled, fingerprint, TrainSettings(model="popularity", split=SplitSettings(seed=1))),
    ]
    assert len({run.fingerprint for run in runs}) == 3


def test_stopping_a_run_by_its_listener_leaves_nothing(
    fresh: Workspace, imported: ImportResult
) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "Saving the run":
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        train(fresh, imported.dataset.fingerprint, POPULARITY, on_progress=stop)
    assert fresh.runs() == []
    assert list((fresh.root / "runs").iterdir()) == []


def test_a_run_on_everything_has_no_test_metrics(fresh: Workspace, imported: ImportResult) -> None:
    settings = TrainSettings(model="popularity", split=SplitSettings(name="none"))
    record = train(fresh, imported.dataset.fingerprint, settings)
    assert record.metrics == {}
    with pytest.raises(MissingStepError, match="nothing is held out"):
        evaluate_run(fresh, record.run_id)


def test_a_run_id_that_is_taken_is_refused(fresh: Workspace, imported: ImportResult) -> None:
    fingerprint = imported.dataset.fingerprint
    train(fresh, fingerprint, POPULARITY, run_id="mine")
    with pytest.raises(ConfigError, match="must be new"):
        train(fresh, fingerprint, POPULARITY, run_id="mine")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (TrainSettings(model="magic"), "'model' must be one of"),
        (TrainSettings(model_settings={"depth": 3}), "There is no setting 'depth'"),
        (TrainSettings(model_settings={"n_rounds": 99}), "'n_rounds' in 'FusionSettings'"),
        (TrainSettings(text_model="/nowhere"), "/nowhere"),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    filled: Workspace, settings: TrainSettings, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        train(filled, filled.resolve_dataset("tiny").fingerprint, settings)


def test_a_run_may_be_evaluated_at_other_cutoffs_and_is_kept(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    first = evaluate_run(filled, fusion_record.run_id, (5,))
    assert set(first.intervals) <= set(first.metrics)
    assert "recall@5" in first.metrics
    kept = filled.run_folder(fusion_record.run_id) / "evaluation-5.json"
    assert kept.exists()
    assert evaluate_run(filled, fusion_record.run_id, (5,)).metrics == first.metrics


def test_the_kept_result_equals_one_made_from_the_loaded_run(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    path = filled.run_folder(fusion_record.run_id) / "evaluation-10.json"
    again = evaluate_run(filled, fusion_record.run_id, (10,))
    assert path.exists()
    assert again.metrics["ndcg@10"] == pytest.approx(fusion_record.metrics["ndcg@10"])


@pytest.mark.parametrize("ks", [(), (0,), (10, -1)])
def test_cutoffs_below_one_are_refused(
    filled: Workspace, fusion_record: RunRecord, ks: tuple[int, ...]
) -> None:
    with pytest.raises(ConfigError, match="'k' must be 1 or larger"):
        evaluate_run(filled, fusion_record.run_id, ks)


def test_baselines_are_measured_on_the_users_of_the_run_and_kept(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    run = evaluate_run(filled, fusion_record.run_id)
    found = baseline_results(filled, fusion_record.run_id)
    assert set(found) == {"popularity", "item-knn", "ease"}
    for result in found.values():
        np.testing.assert_array_equal(result.user_indices, run.user_indices)
    before = {p.name: p.stat().st_mtime_ns for p in _kept_baselines(filled, fusion_record)}
    assert len(before) == 3
    assert baseline_results(filled, fusion_record.run_id)["ease"].metrics == found["ease"].metrics
    after = {p.name: p.stat().st_mtime_ns for p in _kept_baselines(filled, fusion_record)}
    assert after == before


def test_kept_baselines_measure_nothing(fresh: Workspace, imported: ImportResult) -> None:
    record = train(fresh, imported.dataset.fingerprint, POPULARITY)
    assert kept_baselines(fresh, record.run_id) == {}
    baseline_results(fresh, record.run_id, ("ease",), (5,))
    assert set(kept_baselines(fresh, record.run_id, ks=(5,))) == {"ease"}
    assert kept_baselines(fresh, record.run_id) == {}


def test_metrics_that_cannot_be_read_are_made_again_and_the_run_stays(
    fresh: Workspace, imported: ImportResult
) -> None:
    record = train(fresh, imported.dataset.fingerprint, POPULARITY)
    path = fresh.run_folder(record.run_id) / "metrics.json"
    path.write_text("half a fi")
    assert evaluate_run(fresh, record.run_id).metrics == pytest.approx(record.metrics)
    assert read_json(path)["metrics"] == pytest.approx(record.metrics)
    assert [run.run_id for run in fresh.runs()] == [record.run_id]


def test_a_model_that_knows_tastes_beats_popularity(
    filled: Workspace, fusion_record: RunRecord
) -> None:
    popularity = baseline_results(filled, fusion_record.run_id, ("popularity",))["popularity"]
    assert fusion_record.metrics["ndcg@20"] > 1.5 * popularity.metrics["ndcg@20"]


def test_a_run_with_damaged_weights_is_one_sentence(
    fresh: Workspace, imported: ImportResult
) -> None:
    record = train(fresh, imported.dataset.fingerprint, POPULARITY)
    path = fresh.run_folder(record.run_id) / "weights.safetensors"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(ArtifactError, match="damaged"):
        load_run(fresh, record.run_id)


def _kept_baselines(workspace: Workspace, record: RunRecord) -> list:
    return list(workspace.run_folder(record.run_id).glob("baseline-*.json"))
