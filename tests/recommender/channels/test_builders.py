from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.recommender.channels.builders import (
    attribute_channel,
    friend_channel,
    transition_channel,
)
from kgrec_core.recommender.contract import UserEvidence
from tests.recommender.problems import interactions_of


def test_what_follows_often_is_said_louder_than_what_came_before() -> None:
    pairs = [(user, item) for user in range(4) for item in (0, 1)]
    known = dataclasses.replace(
        interactions_of(pairs, 4, 3), times=np.array([0, 1] * 4, dtype=np.int64)
    )
    channel = transition_channel(known, decay=0.5)
    assert channel is not None
    after, before = (
        channel.kernel.cells(np.array([0, 1]), 1)[0],
        channel.kernel.cells(np.array([0, 1]), 0)[1],
    )
    # Four users choose 1 after 0: 4 forward, 0.3 * 4 backward, each over its damping.
    assert after == pytest.approx(4 / (4**0.5 * 4**0.3 + 1), rel=1e-6)
    assert before == pytest.approx(1.2 / (1.2**0.5 * 1.2**0.3 + 1), rel=1e-6)


def test_without_times_there_is_no_order() -> None:
    assert transition_channel(interactions_of([(0, 0), (0, 1)], 1, 2), 0.5) is None


def test_friends_say_what_they_chose_and_long_lists_say_less_of_each() -> None:
    known = interactions_of([(1, 0), (2, 0), (2, 1), (2, 2), (2, 3)], 3, 4)
    friends = sp.csr_array(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=np.float32))
    channel = friend_channel(known, friends)
    assert channel is not None
    user = UserEvidence(friend_indices=np.array([1, 2]))
    expected = np.array([1 + 0.5, 0.5, 0.5, 0.5]) / np.sqrt(2)
    np.testing.assert_allclose(channel.scores([user])[0], expected, rtol=1e-6)


def test_nobody_has_friends() -> None:
    known = interactions_of([(0, 0)], 1, 1)
    assert friend_channel(known, sp.csr_array((1, 1), dtype=np.float32)) is None


def test_an_attribute_speaks_for_what_its_people_choose_more_often() -> None:
    pairs = [(u, 0) for u in range(10)] + [(u, 1) for u in range(10, 20)]
    known = interactions_of(pairs, 20, 2)
    is_writer = np.zeros((20, 1), dtype=np.float32)
    is_writer[:10] = 1.0
    channel = attribute_channel(known, sp.csr_array(is_writer))
    assert channel is not None
    for_first, for_second = channel.scores([UserEvidence(attribute_indices=np.array([0]))])[0]
    assert for_first > 0 > for_second


def test_an_attribute_of_everybody_says_nothing() -> None:
    known = interactions_of([(u, u % 3) for u in range(30)], 30, 3)
    channel = attribute_channel(known, sp.csr_array(np.ones((30, 1), dtype=np.float32)))
    assert channel is not None
    scores = channel.scores([UserEvidence(attribute_indices=np.array([0]))])
    np.testing.assert_allclose(scores, 0.0, atol=1e-6)
