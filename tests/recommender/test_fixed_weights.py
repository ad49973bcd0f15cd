"""Scores of one user with the weights of the whole evidence."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.explanation.masking import units_of, without
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fixed_weights import fixed_weights
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import random_problem


@pytest.fixture(scope="module")
def fitted() -> tuple[FusionRecommender, UserEvidence]:
    data = random_problem(3, n_users=14, n_items=20)
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    return recommender, UserEvidence.of_user(data.known(), 2)


def test_with_everything_left_the_scores_are_the_usual_ones(
    fitted: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fitted
    fixed = fixed_weights(recommender.model, user).score([user])
    assert fixed == pytest.approx(recommender.score([user]), abs=1e-6)


def test_effects_of_single_choices_add_up_to_that_of_all(
    fitted: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fitted
    fixed, units = fixed_weights(recommender.model, user), units_of(user)
    whole = fixed.score([user])[0].astype(np.float64)
    single = sum(whole - fixed.score([without(user, [unit])])[0] for unit in units)
    assert single == pytest.approx(whole - fixed.score([without(user, units)])[0], abs=1e-5)


def test_weights_that_are_not_held_do_move(
    fitted: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fitted
    left = without(user, units_of(user)[:1])
    fixed = fixed_weights(recommender.model, user).score([left])
    assert np.abs(fixed - recommender.score([left])).max() > 1e-4
