from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.contracts import Progress
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.peers.als import AlsRecommender, AlsSettings
from kgrec_core.recommender.peers.fold_in import History
from kgrec_core.rng import make_rng
from tests.recommender.problems import checkerboard, random_problem

SMALL = AlsSettings(embedding_dim=4, l2=0.5, alpha=3.0, n_iterations=8)


def fitted(settings: AlsSettings, data: TrainingData, seed: int = 0) -> AlsRecommender:
    recommender = AlsRecommender(settings)
    recommender.fit(data, rng=make_rng(seed))
    return recommender


def test_item_vectors_nearly_solve_their_own_half_step() -> None:
    """At the end of the alternation an item's vector is the answer to its users' vectors."""
    data = random_problem(1, n_users=30, n_items=8)
    recommender = fitted(SMALL.model_copy(update={"n_iterations": 200}), data)
    known = data.known()
    items = recommender.fold_in.item_vectors.astype(np.float64)
    histories = [UserEvidence.of_user(known, user).item_indices for user in range(30)]
    users = recommender.fold_in.vectors(
        [History(own, np.full(own.size, 3.0), np.full(own.size, 4.0)) for own in histories]
    )
    confidence = np.where(known.matrix().toarray() > 0, 4.0, 1.0)
    for item in range(8):
        weights = confidence[:, item]
        system = (users * weights[:, None]).T @ users + 0.5 * np.eye(4)
        pull = users[weights > 1].sum(axis=0) * 4.0
        np.testing.assert_allclose(items[item], np.linalg.solve(system, pull), atol=5e-3)


def test_each_history_item_gets_its_own_contribution() -> None:
    data = random_problem(2, n_users=20, n_items=10)
    recommender = fitted(SMALL, data)
    user = UserEvidence.of_likes(np.array([1, 4, 6]))
    told = recommender.explain(user, 2)
    assert {term.evidence.index for term in told.contributions} == {1, 4, 6}
    assert {term.evidence.kind for term in told.contributions} == {"item"}
    assert told.bias == 0.0
    assert told.residual <= 1e-6


def test_a_known_user_is_scored_by_the_evidence_and_not_by_who_it_is() -> None:
    data = random_problem(2, n_users=20, n_items=10)
    recommender = fitted(SMALL, data)
    known = UserEvidence.of_user(data.known(), 3)
    anybody = dataclasses.replace(known, user_index=-1)
    np.testing.assert_array_equal(recommender.score([known]), recommender.score([anybody]))


def test_weights_count_only_when_their_exponent_says_so() -> None:
    data = random_problem(3, n_users=20, n_items=10)
    items, times = np.array([1, 4]), np.zeros(2, dtype=np.int64)
    light = UserEvidence(items, np.array([1.0, 1.0], dtype=np.float32), times)
    heavy = UserEvidence(items, np.array([1.0, 5.0], dtype=np.float32), times)
    plain = fitted(SMALL, data)
    np.testing.assert_array_equal(plain.score([light]), plain.score([heavy]))
    weighted = fitted(SMALL.model_copy(update={"weight_exponent": 1.0}), data)
    assert not np.allclose(weighted.score([light]), weighted.score([heavy]))


def test_another_seed_gives_other_vectors() -> None:
    data = random_problem(4, n_users=20, n_items=10)
    one, other = (fitted(SMALL, data, seed).fold_in.item_vectors for seed in (0, 1))
    assert not np.allclose(one, other)


def test_items_without_interactions_score_zero() -> None:
    data = checkerboard()
    only_even = dataclasses.replace(
        data,
        train=data.train.select(data.train.item_indices % 2 == 0),
        validation=data.validation.select(data.validation.item_indices % 2 == 0),
    )
    scores = fitted(SMALL, only_even).score([UserEvidence.of_likes(np.array([0, 2]))])[0]
    assert not scores[1::2].any()
    assert scores[4::2].all()


def test_every_iteration_is_reported() -> None:
    seen: list[Progress] = []
    data = random_problem(5, n_users=10, n_items=6)
    AlsRecommender(SMALL).fit(data, rng=make_rng(0), on_progress=seen.append)
    assert [(report.done, report.total) for report in seen] == [(n, 8) for n in range(1, 9)]


def test_scoring_before_the_fit_is_refused() -> None:
    with pytest.raises(MissingStepError, match="ALS"):
        AlsRecommender(SMALL).score([UserEvidence()])
