from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.recommender.channels.listeners import (
    AttributeListener,
    EvenListener,
    FriendListener,
    LearnedListener,
    RecencyListener,
    SurpriseListener,
    recency_ranks,
)
from kgrec_core.recommender.contract import UserEvidence


def user_of(items: list[int], times: list[int] | None = None) -> UserEvidence:
    n = len(items)
    moments = times if times is not None else [NO_TIME] * n
    ones = np.ones(n, dtype=np.float32)
    return UserEvidence(np.array(items, dtype=np.int64), ones, np.array(moments, dtype=np.int64))


def test_the_newest_item_has_rank_zero_and_ties_share_their_mean() -> None:
    assert recency_ranks(np.array([10, 30, 20, 20])).tolist() == [3.0, 0.0, 1.5, 1.5]


def test_an_unknown_time_is_the_oldest() -> None:
    assert recency_ranks(np.array([NO_TIME, 5, 7])).tolist() == [2.0, 1.0, 0.0]


@given(st.lists(st.integers(0, 9), max_size=12))
def test_ranks_are_a_permutation_with_shared_means(times: list[int]) -> None:
    ranks = recency_ranks(np.array(times, dtype=np.int64))
    naive = [sum(other > time for other in times) + (times.count(time) - 1) / 2 for time in times]
    assert ranks.tolist() == naive


def test_recency_fades_by_the_decay_and_sums_to_one() -> None:
    found = RecencyListener(0.5).voices(user_of([4, 7, 9], [1, 3, 2]))
    # Ranks 2, 0, 1: weights 1/4, 1, 1/2 of 7/4.
    np.testing.assert_allclose(found.strengths, [1 / 7, 4 / 7, 2 / 7], rtol=1e-6)
    assert found.indices.tolist() == [4, 7, 9]


def test_even_voices_shrink_with_the_length_of_the_history() -> None:
    found = EvenListener(0.5).voices(user_of([1, 2, 3, 4]))
    assert found.strengths.tolist() == [0.5] * 4


def test_learned_voices_make_a_profile_of_length_one() -> None:
    source = np.array([[1.0, 0.0], [0.0, 2.0], [5.0, 5.0]], dtype=np.float32)
    attention = np.log(np.array([3.0, 2.0, 1.0], dtype=np.float32))
    weighted = source * np.exp(attention)[:, None]
    found = LearnedListener(attention, weighted).voices(user_of([0, 1]))
    # The sum is (3, 4), its length 5.
    np.testing.assert_allclose(found.strengths, [3 / 5, 2 / 5], rtol=1e-6)
    profile = found.strengths @ source[found.indices]
    assert np.linalg.norm(profile) == pytest.approx(1.0)


def test_items_that_came_after_the_fit_have_no_voice() -> None:
    listener = LearnedListener(np.zeros(2, np.float32), np.eye(2, dtype=np.float32))
    assert listener.voices(user_of([0, 5])).indices.tolist() == [0]


@pytest.mark.parametrize("items", [[1, 4, 5], [0, 1, 2, 4, 5]])
def test_surprise_solves_the_posterior_of_a_gaussian_prior(items: list[int]) -> None:
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(6, 3)).astype(np.float32)
    prior = rng.random(6).astype(np.float32)
    noise = rng.uniform(0.1, 1.0, size=6).astype(np.float32)
    found = SurpriseListener(factors, prior, noise).voices(user_of(items))
    covariance = factors[items].astype(np.float64) @ factors[items].T
    expected = np.linalg.solve(covariance + np.diag(noise[items]), 1.0 - prior[items])
    np.testing.assert_allclose(found.strengths, expected, rtol=1e-4)


def test_people_speak_alike() -> None:
    user = UserEvidence(friend_indices=np.array([3, 8, 9, 11]), attribute_indices=np.array([0, 2]))
    friends, attributes = FriendListener().voices(user), AttributeListener().voices(user)
    assert (friends.kind, friends.strengths.tolist()) == ("friend", [0.5] * 4)
    assert (attributes.kind, attributes.strengths.tolist()) == ("attribute", [0.5] * 2)


@pytest.mark.parametrize(
    "listener",
    [
        EvenListener(),
        RecencyListener(0.7),
        LearnedListener(np.zeros(2, np.float32), np.eye(2, dtype=np.float32)),
        SurpriseListener(np.ones((2, 1), np.float32), np.zeros(2, np.float32), np.full(1, 0.1)),
        FriendListener(),
        AttributeListener(),
    ],
)
def test_nobody_has_no_voices(listener: EvenListener) -> None:
    found = listener.voices(UserEvidence())
    assert found.indices.size == found.strengths.size == 0
