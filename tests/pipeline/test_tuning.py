from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.splitting import make_split
from kgrec_core.errors import CancelledError, ConfigError, DataError
from kgrec_core.evaluation.ranking import ndcg_at_k
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.pipeline.inputs import prepare_inputs
from kgrec_core.pipeline.search_study import search_space_of
from kgrec_core.pipeline.tuning import (
    Trial,
    TuningResult,
    TuningSettings,
    inner_data,
    tune,
)
from kgrec_core.pipeline.tuning_runs import kept_tunings, trials_so_far, tune_dataset
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.item_based import EaseSettings
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.recommender.search_space import Choice, FloatRange, SearchSpace
from kgrec_core.rng import make_rng
from kgrec_core.storage.workspace import Workspace
from tests.recommender.problems import checkerboard, random_problem

FEW = TuningSettings(n_trials=6, seed=3)


def problem() -> TrainingData:
    return random_problem(4, n_users=30, n_items=25)


def without_seconds(result: TuningResult) -> list[Trial]:
    return [dataclasses.replace(trial, seconds=0.0) for trial in result.trials]


def with_space(monkeypatch: pytest.MonkeyPatch, space: SearchSpace) -> None:
    monkeypatch.setattr(EaseSettings, "search_space", space)


def test_the_default_settings_are_always_the_first_trial() -> None:
    first = tune("ease", problem(), FEW).trials[0]
    assert (first.number, first.settings, first.state) == (0, {}, "done")


def test_the_best_of_all_trials_is_chosen() -> None:
    result = tune("ease", problem(), FEW)
    values = [trial.value for trial in result.trials if trial.value is not None]
    assert len(values) == 6
    best = result.trials[int(np.argmax(values))]
    assert (result.value, result.settings) == (best.value, best.settings)


def test_every_model_gets_the_same_number_of_trials() -> None:
    data = problem()
    counts = {name: len(tune(name, data, FEW).trials) for name in ("ease", "item-knn")}
    assert counts == {"ease": 6, "item-knn": 6}


def test_a_model_without_a_search_space_is_tried_once() -> None:
    result = tune("popularity", problem(), FEW)
    assert (len(result.trials), result.settings, result.ended_by) == (1, {}, "space")


def test_the_same_seed_tries_the_same_and_another_seed_tries_others() -> None:
    data = problem()
    again = without_seconds(tune("ease", data, FEW))
    assert without_seconds(tune("ease", data, FEW)) == again
    other = tune("ease", data, FEW.model_copy(update={"seed": 8}))
    assert [trial.settings for trial in other.trials] != [trial.settings for trial in again]


def test_the_value_of_a_trial_is_the_mean_ndcg_of_a_fit_on_training_alone() -> None:
    data = problem()
    recommender = create_recommender("ease", {})
    nothing = data.validation.select(np.zeros(len(data.validation), dtype=bool))
    recommender.fit(dataclasses.replace(data, validation=nothing), rng=make_rng(0))
    values = []
    for user in range(data.train.n_users):
        relevant = data.validation.of_user(user).item_indices
        seen = data.train.of_user(user).item_indices
        if not relevant.size:
            continue
        scores = recommender.score([UserEvidence.of_user(data.train, user)])[0]
        order = [item for item in np.argsort(-scores, kind="stable") if item not in seen]
        values.append(ndcg_at_k(np.array(order[:20]), relevant, 20))
    found = tune("ease", data, TuningSettings(n_trials=1))
    assert found.value == pytest.approx(np.mean(values), abs=1e-6)


def test_the_validation_part_of_a_fit_is_cut_from_the_training_part() -> None:
    data = problem()
    inner = inner_data(data, 0.2, make_rng(0))
    pairs = {(int(u), int(i)) for u, i in zip(*_columns(inner.known()), strict=True)}
    assert pairs == {(int(u), int(i)) for u, i in zip(*_columns(data.train), strict=True)}
    assert 0 < len(inner.validation) < len(inner.train)


def _columns(interactions: Any) -> tuple[Any, Any]:
    return interactions.user_indices, interactions.item_indices


def test_a_trial_that_breaks_a_rule_is_recorded_and_the_search_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_space(monkeypatch, {"l2": Choice((-5.0, 100.0))})
    result = tune("ease", problem(), TuningSettings(n_trials=8))
    failed = [trial for trial in result.trials if trial.state == "failed"]
    assert failed[0].value is None
    assert "'l2' in 'EaseSettings'" in failed[0].error
    assert result.value is not None


def test_settings_that_were_tried_before_are_not_fitted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_space(monkeypatch, {"l2": Choice((50.0, 100.0))})
    result = tune("ease", problem(), TuningSettings(n_trials=8))
    states = [trial.state for trial in result.trials]
    assert states.count("done") == 3  # the default and the two choices
    assert states.count("repeated") == 5


def test_no_trial_starts_after_the_time_is_up_but_the_first_one_always_ends() -> None:
    result = tune("ease", problem(), TuningSettings(n_trials=50, max_seconds=1e-9))
    assert [trial.state for trial in result.trials] == ["done"]
    assert result.ended_by == "time"


def test_fixed_settings_stay_as_they_are() -> None:
    result = tune("item-knn", problem(), FEW, fixed={"n_neighbors": 7})
    assert result.settings["n_neighbors"] == 7
    assert all("n_neighbors" not in trial.settings for trial in result.trials)


def test_wrong_fixed_settings_are_refused_before_the_search() -> None:
    with pytest.raises(ConfigError, match="'l2' in 'EaseSettings'"):
        tune("ease", problem(), FEW, fixed={"l2": -1.0})


def test_without_a_validation_part_there_is_nothing_to_choose_on() -> None:
    data = problem()
    nothing = data.validation.select(np.zeros(len(data.validation), dtype=bool))
    with pytest.raises(DataError, match="Choose a split with a validation share above 0"):
        tune("ease", dataclasses.replace(data, validation=nothing), FEW)


def test_each_trial_reports_its_value_and_the_best_so_far() -> None:
    heard: list[Progress] = []
    result = tune("ease", problem(), FEW, on_progress=heard.append)
    reports = [report.metrics for report in heard if report.metrics]
    values = [trial.value for trial in result.trials if trial.value is not None]
    assert [report["validation ndcg@20"] for report in reports] == values
    assert [report["best validation ndcg@20"] for report in reports] == [
        max(values[: n + 1]) for n in range(len(values))
    ]


def test_a_wish_to_stop_ends_the_search() -> None:
    def stop(progress: Progress) -> None:
        raise CancelledError("stop")

    with pytest.raises(CancelledError):
        tune("ease", problem(), FEW, on_progress=stop)


def test_a_search_finds_settings_that_are_better_than_bad_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_space(monkeypatch, {"l2": FloatRange(0.01, 1e9, log=True)})
    result = tune("ease", checkerboard(), TuningSettings(n_trials=12))
    assert result.value is not None
    assert result.trials[0].value is not None
    assert result.value >= result.trials[0].value


def test_a_result_survives_being_written_down() -> None:
    result = tune("ease", problem(), FEW)
    assert TuningResult.from_json(result.to_json()) == result


def test_a_space_that_names_no_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with_space(monkeypatch, {"l3": FloatRange(1, 2)})
    with pytest.raises(ConfigError, match="got 'l3'"):
        search_space_of("ease")


def with_other_test_part(dataset: Dataset, settings: SplitSettings) -> TrainingData:
    """What a model sees when every test interaction has become another, absurd one."""
    split = make_split(dataset, settings)
    poisoned = dataclasses.replace(
        split,
        test=dataclasses.replace(
            split.test,
            item_indices=np.zeros_like(split.test.item_indices),
            weights=np.full_like(split.test.weights, 1e6),
        ),
    )
    held_out = poisoned.validation.joined(poisoned.test)
    graph = training_graph(build_graph(dataset), dataset, held_out)
    vectors = np.zeros((dataset.n_items, 0), dtype=np.float32)
    return TrainingData(poisoned.train, poisoned.validation, graph, vectors)


def test_poisoning_the_test_part_changes_nothing_in_the_search(filled: Workspace) -> None:
    found = filled.resolve_dataset("tiny").fingerprint
    settings = TrainSettings(model="ease", text_model="none")
    honest = prepare_inputs(filled, found, settings)
    poisoned = with_other_test_part(honest.dataset, settings.split)
    results = [tune("ease", data, FEW) for data in (honest.data, poisoned)]
    assert without_seconds(results[0]) == without_seconds(results[1])
    assert results[0].settings == results[1].settings


def test_what_a_search_is_given_has_no_test_part() -> None:
    names = {field.name for field in dataclasses.fields(TrainingData)}
    assert names == {"train", "validation", "graph", "text_vectors", "side"}


def test_a_listener_gets_all_trials_so_far_after_each_one() -> None:
    heard: list[TuningResult] = []
    result = tune("ease", problem(), FEW, on_trial=heard.append)
    assert [len(found.trials) for found in heard] == [1, 2, 3, 4, 5, 6]
    assert {found.ended_by for found in heard} == {""}
    assert (heard[-1].trials, heard[-1].settings) == (result.trials, result.settings)


def test_a_search_that_is_stopped_leaves_its_trials_to_be_read(filled: Workspace) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    settings, tuning = TrainSettings(model="ease"), TuningSettings(n_trials=4, seed=11)

    def stop_after_two(progress: Progress) -> None:
        if progress.stage == "Trying settings" and progress.done == 2:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        tune_dataset(filled, fingerprint, settings, tuning, on_progress=stop_after_two)
    found = trials_so_far(filled, fingerprint, settings, tuning)
    assert found is not None
    assert (len(found.trials), found.ended_by) == (2, "")


def test_a_search_that_ends_is_kept_and_its_unfinished_trials_go(filled: Workspace) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    settings, tuning = TrainSettings(model="ease"), TuningSettings(n_trials=2, seed=12)
    result = tune_dataset(filled, fingerprint, settings, tuning)
    assert trials_so_far(filled, fingerprint, settings, tuning) is None
    assert result in kept_tunings(filled, fingerprint)
