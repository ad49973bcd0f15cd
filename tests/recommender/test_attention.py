from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion_settings import FitParameters
from tests.recommender.problems import random_problem

YEAR = 365 * 86400


def test_strength_follows_weight_age_and_popularity() -> None:
    parameters = FitParameters(weight_exponent=1.0, half_life=float(YEAR), item_exponent=0.5)
    attention = Attention(
        parameters, np.array([1.0, 0.5], dtype=np.float32), mean_weight=2.0, typical_scale=0.75
    )
    user = UserEvidence(
        np.array([0, 1]), np.array([4.0, 2.0], dtype=np.float32), np.array([0, YEAR])
    )
    shares, scale = attention.of_user(user)
    # Item 0: (4/2) * 0.5 (one half-life old) * 1 = 1. Item 1: (2/2) * 1 * 0.5 = 0.5.
    np.testing.assert_allclose(shares, [2 / 3, 1 / 3], atol=1e-6)
    assert scale == pytest.approx(1.5 * 2**-0.25)


@given(seed=st.integers(0, 50), exponent=st.floats(0, 1), n_texts=st.integers(0, 2))
def test_attention_sums_to_one_over_all_evidence(seed: int, exponent: float, n_texts: int) -> None:
    data = random_problem(seed, n_users=4, n_items=10)
    parameters = FitParameters(weight_exponent=exponent, half_life=1e7)
    attention = Attention.of(parameters, data.train)
    history = UserEvidence.of_user(data.train, 0)
    user = UserEvidence(
        history.item_indices,
        history.item_weights,
        history.item_times,
        np.array([11]),
        np.zeros((n_texts, 8), dtype=np.float32),
        ("words",) * n_texts,
    )
    shares, _ = attention.of_user(user)
    assert shares.size == history.item_indices.size + 1 + n_texts
    assert shares.min() >= 0
    assert float(shares.sum()) == pytest.approx(1.0, abs=1e-5)


def test_the_matrix_holds_what_each_user_would_get_alone() -> None:
    data = random_problem(3, n_users=6, n_items=10)
    attention = Attention.of(FitParameters(weight_exponent=0.5, half_life=1e7), data.train)
    matrix = attention.matrix(data.train).toarray()
    for user_index in range(6):
        user = UserEvidence.of_user(data.train, user_index)
        shares, scale = attention.of_user(user)
        expected = np.zeros(10)
        expected[user.item_indices] = shares * scale
        np.testing.assert_allclose(matrix[user_index], expected, atol=1e-5)


def test_nobody_known_has_no_attention_and_no_scale() -> None:
    data = random_problem(3, n_users=6, n_items=10)
    shares, scale = Attention.of(FitParameters(), data.train).of_user(UserEvidence())
    assert shares.size == 0
    assert scale == 0.0


def test_long_histories_say_less_about_what_nobody_touched() -> None:
    attention = Attention(FitParameters(cold_exponent=0.5), np.ones(9, np.float32), 1.0, 1.0)
    nine = UserEvidence(np.arange(9), np.ones(9, np.float32), np.zeros(9, np.int64))
    assert attention.cold_share(nine) == pytest.approx(1 / 3)
    assert attention.cold_share(UserEvidence()) == 1.0
