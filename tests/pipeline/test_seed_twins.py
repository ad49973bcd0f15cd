"""Twins of a run: other seeds, uniform attention, kept with the run and resumable."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.errors import CancelledError
from kgrec_core.pipeline.importing import ImportResult
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.seed_twins import AttentionWorth, SeedTwins, make_twins, twins
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.storage.artifacts import is_complete
from kgrec_core.storage.workspace import Workspace


@pytest.fixture(scope="module")
def made(filled: Workspace, fusion_run: LoadedRun) -> SeedTwins:
    return make_twins(filled, fusion_run.record.run_id)


def test_twins_differ_from_the_run_in_the_seed_alone(made: SeedTwins) -> None:
    own, *others = (run.settings for run in made.seeds)
    assert [settings.seed for settings in others] == [own.seed + 1, own.seed + 2]
    assert all(settings.model_copy(update={"seed": own.seed}) == own for settings in others)
    splits = [run.split.train.item_indices for run in made.seeds]
    assert all(np.array_equal(splits[0], split) for split in splits)


def test_the_uniform_twin_has_the_seed_of_the_run_and_no_attention(made: SeedTwins) -> None:
    assert made.uniform is not None
    assert made.uniform.settings.seed == made.seeds[0].settings.seed
    assert made.uniform.settings.model_settings == {"use_attention": False}


def test_uniform_attention_gives_all_choices_the_same_weight(made: SeedTwins) -> None:
    assert made.uniform is not None
    recommender = made.uniform.recommender
    assert isinstance(recommender, FusionRecommender)
    user = made.uniform.evidence_of(0)
    weights, _ = recommender.model.attention.of_user(user)
    assert weights == pytest.approx(np.full(user.item_indices.size, 1 / user.item_indices.size))


def test_the_worth_of_attention_is_the_difference_of_the_two_runs(made: SeedTwins) -> None:
    assert made.worth is not None
    mean, low, high = made.worth.difference
    assert mean == pytest.approx(made.worth.own - made.worth.uniform, abs=1e-6)
    assert low <= mean <= high
    assert made.worth.own == pytest.approx(made.seeds[0].record.metrics["ndcg@10"])


def test_attention_carries_little_when_the_interval_reaches_zero() -> None:
    assert AttentionWorth("ndcg@10", 0.3, 0.29, (0.01, -0.002, 0.02)).carries_little
    assert not AttentionWorth("ndcg@10", 0.3, 0.29, (0.01, 0.002, 0.02)).carries_little


def test_the_spread_of_attention_covers_every_seed(made: SeedTwins) -> None:
    user = made.seeds[0].evidence_of(0)
    spread = made.attention_spread(user, 1)
    assert spread
    for unit in spread.values():
        assert unit.low <= unit.mean <= unit.high
        assert unit.n_seeds == 3


def test_twins_are_in_no_list_of_runs(
    made: SeedTwins, filled: Workspace, fusion_run: LoadedRun
) -> None:
    filled.open()
    assert [run.run_id for run in filled.runs()].count(fusion_run.record.run_id) == 1
    assert not any("twin" in run.run_id for run in filled.runs())
    assert is_complete(filled.run_folder(fusion_run.record.run_id))


def test_made_twins_are_read_and_not_fitted_again(
    made: SeedTwins, filled: Workspace, fusion_run: LoadedRun
) -> None:
    def refuse(progress: Progress) -> None:
        raise AssertionError(progress.stage)

    again = make_twins(filled, fusion_run.record.run_id, on_progress=refuse)
    user = again.seeds[0].evidence_of(2)
    for before, after in zip(made.seeds, again.seeds, strict=True):
        expected = before.recommender.score([user])
        assert np.array_equal(after.recommender.score([user]), expected)


def test_a_stopped_making_goes_on_with_what_is_missing(
    fresh: Workspace, imported: ImportResult
) -> None:
    settings = TrainSettings(model="ease", text_model="none")
    run_id = train(fresh, imported.dataset.fingerprint, settings).run_id
    assert twins(fresh, run_id) is None

    def stop_at_the_second(progress: Progress) -> None:
        if "seed 2" in progress.stage:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        make_twins(fresh, run_id, on_progress=stop_at_the_second)
    assert twins(fresh, run_id) is None
    stages: list[str] = []
    make_twins(fresh, run_id, on_progress=lambda progress: stages.append(progress.stage))
    assert {stage.split(":")[0] for stage in stages} == {"Fitting again with seed 2"}
    assert twins(fresh, run_id) is not None


def test_a_model_without_the_setting_has_no_uniform_twin(
    fresh: Workspace, imported: ImportResult
) -> None:
    settings = TrainSettings(model="popularity", text_model="none")
    run_id = train(fresh, imported.dataset.fingerprint, settings).run_id
    found = make_twins(fresh, run_id)
    assert (len(found.seeds), found.uniform, found.worth) == (3, None, None)


def test_a_run_that_is_uniform_itself_has_no_uniform_twin(
    fresh: Workspace, imported: ImportResult
) -> None:
    settings = TrainSettings(model_settings={"use_attention": False}, text_model="none")
    run_id = train(fresh, imported.dataset.fingerprint, settings).run_id
    assert make_twins(fresh, run_id).uniform is None


def test_a_loaded_run_is_not_loaded_again(
    made: SeedTwins, filled: Workspace, fusion_run: LoadedRun
) -> None:
    found = twins(filled, fusion_run.record.run_id, run=fusion_run)
    assert found is not None
    assert found.seeds[0] is fusion_run


def test_twin_folders_hold_their_settings(
    made: SeedTwins, filled: Workspace, fusion_run: LoadedRun
) -> None:
    folder = filled.run_folder(fusion_run.record.run_id) / "twin-seed-2"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["settings"]["seed"] == 2
    assert load_run(filled, fusion_run.record.run_id).settings.seed == 0
