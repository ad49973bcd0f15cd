from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from kgrec_core.config import MODEL_NAMES
from kgrec_core.contracts import Progress
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.contract import (
    Modality,
    Recommender,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.registry import (
    create_recommender,
    restore_recommender,
    settings_class,
)
from kgrec_core.recommender.search_space import Choice, SearchSpace
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, random_problem

PERSONAL = [name for name in MODEL_NAMES if name != "popularity"]


def fitted(name: str, data: TrainingData, seed: int = 0) -> Recommender:
    recommender = create_recommender(name, {})
    recommender.fit(data, rng=make_rng(seed))
    return recommender


def histories(data: TrainingData) -> list[UserEvidence]:
    return [UserEvidence.of_user(data.known(), user) for user in range(data.train.n_users)]


def best_unseen(scores: np.ndarray, seen: np.ndarray) -> int:
    masked = scores.copy()
    masked[seen] = -np.inf
    return int(np.argmax(masked))


@pytest.mark.parametrize("name", PERSONAL)
def test_each_user_of_the_checkerboard_gets_the_held_out_item(name: str) -> None:
    data = checkerboard()
    users = histories(data)
    scores = fitted(name, data).score(users)
    found = [best_unseen(scores[u], users[u].item_indices) for u in range(N)]
    assert found == list(range(N))


def test_popularity_ranks_by_the_number_of_users() -> None:
    data = random_problem(3, n_users=20, n_items=8)
    scores = fitted("popularity", data).score([UserEvidence()])[0]
    counts = np.bincount(data.known().item_indices, minlength=8)
    assert scores.tolist() == counts.tolist()


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_scores_do_not_depend_on_batch_mates(name: str) -> None:
    data = random_problem(1, n_users=12, n_items=9)
    recommender, users = fitted(name, data), histories(data)
    together = recommender.score(users)
    alone = np.concatenate([recommender.score([user]) for user in users])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("name", MODEL_NAMES)
@pytest.mark.parametrize(("n_users", "n_items"), [(12, 9), (7, 15)])
def test_every_pair_is_explained_exactly(name: str, n_users: int, n_items: int) -> None:
    data = random_problem(2, n_users=n_users, n_items=n_items)
    recommender = fitted(name, data)
    users = [*histories(data), UserEvidence()]
    scores = recommender.score(users)
    for row, user in enumerate(users):
        for item in range(n_items):
            told = recommender.explain(user, item)
            total = told.bias + sum(term.value for term in told.contributions)
            assert abs(total - scores[row, item]) <= 1e-5 * max(1.0, abs(scores[row, item]))
            assert told.residual <= 1e-5


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_each_contribution_is_attention_times_gate_times_kernel(name: str) -> None:
    data = random_problem(4, n_users=10, n_items=14)
    recommender = fitted(name, data)
    terms = [t for user in histories(data) for t in recommender.explain(user, 3).contributions]
    for term in terms:
        assert term.value == pytest.approx(term.attention * term.gate * term.kernel, rel=1e-6)
    assert bool(terms) == (name != "popularity")


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_a_learned_profile_is_told_at_most_once(name: str) -> None:
    data = random_problem(4, n_users=10, n_items=14)
    told = fitted(name, data).explain(histories(data)[0], 3)
    profiles = [term for term in told.contributions if term.evidence.kind == "profile"]
    assert len(profiles) == len({term.modality for term in profiles})


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_a_saved_model_scores_like_the_fitted_one(name: str) -> None:
    data = random_problem(5, n_users=11, n_items=13)
    recommender, users = fitted(name, data), histories(data)
    restored = restore_recommender(name, recommender.state(), data)
    assert restored.n_items == 13
    np.testing.assert_array_equal(restored.score(users), recommender.score(users))


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_a_restored_model_accepts_more_items_at_the_end(name: str) -> None:
    data, longer = checkerboard(), checkerboard(n_extra=2)
    recommender = fitted(name, data)
    restored = restore_recommender(name, recommender.state(), longer)
    users = histories(data)
    scores = restored.score(users)
    assert scores.shape == (N, N + 2)
    assert np.isfinite(scores).all()
    assert restored.explain(users[0], N).residual <= 1e-5


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_the_same_seed_gives_the_same_model(name: str) -> None:
    data = random_problem(6, n_users=15, n_items=10)
    users = histories(data)
    first, second = fitted(name, data, seed=7), fitted(name, data, seed=7)
    np.testing.assert_array_equal(first.score(users), second.score(users))


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_scores_are_finite_without_any_interaction(name: str) -> None:
    data = random_problem(8, n_users=6, n_items=7)
    nothing = np.zeros(0, dtype=np.int64)
    empty = TrainingData(
        data.train.select(nothing), data.train.select(nothing), data.graph, data.text_vectors
    )
    scores = fitted(name, empty).score([UserEvidence(), UserEvidence.of_likes(np.array([1]))])
    assert scores.shape == (2, 7)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_arguments_are_not_changed(name: str) -> None:
    data = random_problem(9, n_users=9, n_items=12)
    before = (data.train.weights.copy(), data.text_vectors.copy(), data.graph.triples.copy())
    fitted(name, data).score(histories(data))
    for old, new in zip(
        before, (data.train.weights, data.text_vectors, data.graph.triples), strict=True
    ):
        np.testing.assert_array_equal(old, new)


def test_progress_counts_up_to_its_total() -> None:
    seen: list[Progress] = []
    data = random_problem(10, n_users=20, n_items=12)
    create_recommender("fusion", {}).fit(data, rng=make_rng(0), on_progress=seen.append)
    assert all(0 <= report.done <= report.total for report in seen)
    assert any("validation ndcg" in report.metrics for report in seen)


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"must be one of fusion, ease.*got 'nobody'"):
        create_recommender("nobody", {})


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="use_grph"):
        create_recommender("fusion", {"use_grph": False})


def test_all_modalities_off_is_refused() -> None:
    off = {f"use_{name}": False for name in get_args(Modality)}
    with pytest.raises(ConfigError, match="at least one modality"):
        create_recommender("fusion", off)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_a_search_tries_only_what_the_settings_accept(name: str) -> None:
    owner = settings_class(name)
    space: SearchSpace = getattr(owner, "search_space", {})
    for setting, values in space.items():
        ends = values.options if isinstance(values, Choice) else (values.low, values.high)
        for value in ends:
            assert getattr(owner(**{setting: value}), setting) == value


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_every_setting_is_described_for_people(name: str) -> None:
    fields = settings_class(name).model_fields
    assert all(field.description for field in fields.values())
