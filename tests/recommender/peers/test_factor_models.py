from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.contracts import Progress
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.peers.factor_models import FactorRecommender, LightGcnRecommender
from kgrec_core.recommender.peers.factor_settings import LightGcnSettings, MfSoftmaxSettings
from kgrec_core.recommender.peers.factor_training import FactorTrainer, train_factors
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, random_problem

OPAQUE = ("bpr-mf", "mf-softmax", "lightgcn")
QUICK = {"embedding_dim": 8, "max_epochs": 20, "n_epochs": 10}


def fitted(name: str, data: TrainingData, seed: int = 0, **settings: object) -> FactorRecommender:
    recommender = create_recommender(name, QUICK | settings)
    assert isinstance(recommender, FactorRecommender)
    recommender.fit(data, rng=make_rng(seed))
    return recommender


@pytest.mark.parametrize("name", OPAQUE)
@pytest.mark.parametrize("user_index", [2, -1])
def test_a_score_is_told_as_one_profile(name: str, user_index: int) -> None:
    data = random_problem(1, n_users=12, n_items=9)
    user = dataclasses.replace(UserEvidence.of_user(data.known(), 2), user_index=user_index)
    told = fitted(name, data).explain(user, 4)
    (term,) = told.contributions
    assert (term.modality, term.evidence.kind, term.evidence.index) == (
        "collaborative",
        "profile",
        0,
    )
    assert (term.attention, term.gate) == (1.0, 1.0)
    assert told.bias == 0.0
    assert told.score == pytest.approx(term.value, rel=1e-6)


@pytest.mark.parametrize("name", OPAQUE)
def test_newcomers_of_the_checkerboard_are_folded_in_on_their_side(name: str) -> None:
    data = checkerboard()
    recommender = fitted(name, data, max_epochs=100)
    scores = recommender.score(
        [UserEvidence.of_likes(np.array([0, 2, 4])), UserEvidence.of_likes(np.array([1, 5, 7]))]
    )
    assert scores[0, 6::2].min() > scores[0, 1::2].max()
    assert scores[1, 9::2].min() > scores[1, 0::2].max()


@pytest.mark.parametrize("name", OPAQUE)
def test_a_known_user_has_a_vector_of_his_own_and_an_edited_one_has_not(name: str) -> None:
    data = random_problem(2, n_users=12, n_items=9)
    recommender = fitted(name, data)
    known = UserEvidence.of_user(data.known(), 3)
    edited = dataclasses.replace(known, user_index=-1)
    expected = recommender.state().arrays["user_vectors"][3].astype(np.float64)
    vectors = recommender.state().arrays["item_vectors"].astype(np.float64)
    np.testing.assert_allclose(recommender.score([known])[0], vectors @ expected, rtol=1e-5)
    assert not np.allclose(recommender.score([known]), recommender.score([edited]))


@pytest.mark.parametrize("name", OPAQUE)
def test_a_known_user_without_history_is_scored_like_a_stranger(name: str) -> None:
    data = random_problem(3, n_users=12, n_items=9)
    without = dataclasses.replace(
        data,
        train=data.train.select(data.train.user_indices != 5),
        validation=data.validation.select(data.validation.user_indices != 5),
    )
    recommender = fitted(name, without)
    scores = recommender.score([UserEvidence(user_index=5), UserEvidence()])
    np.testing.assert_array_equal(scores[0], scores[1])


@pytest.mark.parametrize("name", OPAQUE)
def test_an_item_without_interactions_scores_zero(name: str) -> None:
    data = random_problem(4, n_users=12, n_items=9)
    without = dataclasses.replace(
        data,
        train=data.train.select(data.train.item_indices != 6),
        validation=data.validation.select(data.validation.item_indices != 6),
    )
    scores = fitted(name, without).score([UserEvidence.of_user(without.known(), 0)])[0]
    assert scores[6] == 0.0
    assert np.delete(scores, 6).all()


@pytest.mark.parametrize("name", OPAQUE)
def test_another_seed_gives_another_model(name: str) -> None:
    data = random_problem(5, n_users=12, n_items=9)
    users = [UserEvidence.of_user(data.known(), 0)]
    one, other = (fitted(name, data, seed).score(users) for seed in (0, 1))
    assert not np.allclose(one, other)


def test_lightgcn_learns_with_pairs_too() -> None:
    data = checkerboard()
    recommender = fitted("lightgcn", data, loss="bpr", max_epochs=100, l2=1e-5)
    users = [UserEvidence.of_user(data.known(), user) for user in range(N)]
    scores = recommender.score(users)
    same = np.arange(N)[:, None] % 2 == np.arange(N)[None, :] % 2
    assert scores[same].mean() > scores[~same].mean() + 1.0


def test_what_validation_chose_is_reported() -> None:
    reached = LightGcnRecommender(LightGcnSettings(embedding_dim=8, max_epochs=10)).fit(
        checkerboard(), rng=make_rng(0)
    )
    assert set(reached) == {"validation ndcg@20", "epochs"}
    assert 0 < reached["validation ndcg@20"] <= 1
    assert reached["epochs"] in {2, 4, 6, 8, 10}


def test_without_a_validation_part_the_epochs_are_those_of_the_settings() -> None:
    data = random_problem(6, n_users=10, n_items=8)
    nothing = data.validation.select(np.zeros(0, dtype=np.int64))
    seen: list[Progress] = []
    settings = MfSoftmaxSettings(embedding_dim=4, n_epochs=7)
    _, metrics = train_factors(
        dataclasses.replace(data, validation=nothing),
        settings,
        rng=make_rng(0),
        on_progress=seen.append,
    )
    assert metrics == {}
    assert [(report.stage, report.done, report.total) for report in seen] == [
        ("Fitting on all known", epoch, 7) for epoch in range(1, 8)
    ]


def test_training_lowers_the_loss() -> None:
    settings = MfSoftmaxSettings(embedding_dim=8, learning_rate=0.002)
    trainer = FactorTrainer(checkerboard().train, settings, make_rng(0))
    losses = [trainer.epoch() for _ in range(100)]
    # Knowing the parity leaves 12 of 24 items: log 12 = 2.48; knowing nothing, log 24 = 3.18.
    assert losses[0] > 3.0
    assert losses[-1] < 2.6


def test_a_loss_that_is_not_finite_stops_the_training() -> None:
    settings = MfSoftmaxSettings(embedding_dim=4, temperature=1e-39)
    trainer = FactorTrainer(checkerboard().train, settings, make_rng(0))
    with pytest.raises(ConfigError, match="finite"):
        trainer.epoch()


def test_scoring_before_the_fit_is_refused() -> None:
    with pytest.raises(MissingStepError, match="lightgcn"):
        LightGcnRecommender(LightGcnSettings()).score([UserEvidence()])
