"""A prior over users is the factor analysis of their choices."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.recommender.channels.few_shots import UNSEEN_USERS, few_shot_channel
from kgrec_core.recommender.channels.listeners import SurpriseListener
from kgrec_core.recommender.contract import UserEvidence
from tests.recommender.problems import interactions_of, random_problem


def test_factors_and_noise_share_the_variance_of_each_item() -> None:
    data = random_problem(1, n_users=12, n_items=6)
    channel = few_shot_channel(data.train)
    assert channel is not None
    assert isinstance(channel.listener, SurpriseListener)
    matrix = data.train.matrix().toarray() > 0
    matrix = matrix[matrix.any(axis=1)].astype(np.float64)
    weights = matrix.sum(axis=1) ** -0.5
    weights /= weights.sum()
    mean = sum(weight * row for weight, row in zip(weights, matrix, strict=True))
    covariance = sum(
        weight * np.outer(row - mean, row - mean)
        for weight, row in zip(weights, matrix, strict=True)
    )
    values, vectors = np.linalg.eigh(covariance)
    best = (vectors[:, 1:] * values[1:]) @ vectors[:, 1:].T  # rank 5 of 6
    found = np.stack([channel.kernel.cells(np.arange(6), item) for item in range(6)], axis=1)
    np.testing.assert_allclose(found, best, atol=1e-5)
    left_over = np.diag(covariance) - np.diag(best)
    noise = left_over + UNSEEN_USERS * (weights**2).sum()
    np.testing.assert_allclose(channel.listener.noise, noise, atol=1e-5)
    np.testing.assert_allclose(channel.listener.prior, mean, rtol=1e-5)


def test_short_histories_shape_the_prior_more_than_long_ones() -> None:
    # One user with a single choice, one with four: weights 1 and 1/2, so 2/3 and 1/3.
    channel = few_shot_channel(interactions_of([(0, 0), (1, 1), (1, 2), (1, 3), (1, 4)], 2, 5))
    assert channel is not None
    assert isinstance(channel.listener, SurpriseListener)
    np.testing.assert_allclose(channel.listener.prior, [2 / 3, *[1 / 3] * 4], rtol=1e-6)


def test_one_choice_raises_what_those_who_made_it_chose_more_often() -> None:
    pairs = [(user, item) for user in range(10) for item in (0, 1)]
    pairs += [(user, item) for user in range(10, 20) for item in (2, 3)]
    channel = few_shot_channel(interactions_of(pairs, 20, 4))
    assert channel is not None
    scores = channel.scores([UserEvidence(np.array([0]), np.ones(1), np.zeros(1, np.int64))])[0]
    # All histories are as long: covariance 1/4 between items of one taste, -1/4 across; the
    # noise of item 0 is what 5 unseen users add, 5 / 20, and its surprise 1/2.
    strength = 0.5 / (0.25 + UNSEEN_USERS / 20)
    np.testing.assert_allclose(scores, strength * np.array([1, 1, -1, -1]) / 4, atol=1e-5)


def test_one_user_is_no_prior() -> None:
    assert few_shot_channel(interactions_of([(0, 0), (0, 1)], 1, 3)) is None


@pytest.mark.parametrize("n_users", [2, 40])
def test_rare_items_keep_a_noise(n_users: int) -> None:
    pairs = [(user, user % 2) for user in range(n_users)] + [(0, 2)]
    channel = few_shot_channel(interactions_of(pairs, n_users, 4))
    assert channel is not None
    assert isinstance(channel.listener, SurpriseListener)
    assert (channel.listener.noise > 0).all()
