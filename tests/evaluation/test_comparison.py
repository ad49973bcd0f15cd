from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.comparison import (
    compare_users,
    holm,
    mean_over_seeds,
    paired_by_user,
    sign_flip_p_value,
)
from kgrec_core.rng import make_rng


def test_the_share_of_flips_that_are_as_far_is_the_p_value() -> None:
    # Of the 2^3 sign patterns of (1, 1, 1) two have |sum| >= 3, so p is near 1/4.
    p = sign_flip_p_value(np.ones(3), make_rng(0), 20_000)
    assert p == pytest.approx(0.25, abs=0.01)


def test_differences_that_all_point_one_way_have_the_smallest_p_value() -> None:
    assert sign_flip_p_value(np.full(200, 0.1), make_rng(0), 999) == 1 / 1000


def test_no_difference_has_p_value_1() -> None:
    assert sign_flip_p_value(np.zeros(9), make_rng(0), 99) == 1.0


def test_under_no_effect_one_test_in_ten_is_below_a_tenth() -> None:
    rng = make_rng(5)
    p_values = [sign_flip_p_value(rng.normal(size=30), rng, 199) for _ in range(400)]
    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=0.05)


def test_the_same_seed_gives_the_same_p_value() -> None:
    differences = np.array([0.3, -0.1, 0.2, 0.4, -0.3])
    first, again, other = (sign_flip_p_value(differences, make_rng(s), 50) for s in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize(("differences", "n_flips"), [(np.zeros(0), 10), (np.ones(2), 0)])
def test_a_test_without_users_or_flips_is_refused(differences: np.ndarray, n_flips: int) -> None:
    with pytest.raises((ConfigError, DataError)):
        sign_flip_p_value(differences, make_rng(0), n_flips)


def test_holm_by_hand() -> None:
    corrected = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert corrected == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: dict[str, float]) -> None:
    corrected = holm(p_values)
    assert list(corrected) == list(p_values)
    assert all(p_values[name] <= corrected[name] <= 1 for name in p_values)
    by_size = sorted(p_values, key=lambda name: p_values[name])
    values = [corrected[name] for name in by_size]
    assert values == sorted(values)


def test_the_interval_over_seeds_is_that_of_student() -> None:
    # mean 2, standard deviation 1, t(2, .975) = 4.3027: half width 4.3027 / sqrt(3).
    found = mean_over_seeds([1.0, 2.0, 3.0])
    assert (found.mean, found.low, found.high) == pytest.approx((2.0, -0.48413, 4.48413), abs=1e-4)


def test_one_seed_has_no_interval() -> None:
    found = mean_over_seeds([0.5])
    assert (found.mean, found.low, found.high, found.n_seeds) == (0.5, None, None, 1)


def test_no_seed_has_no_mean() -> None:
    with pytest.raises(DataError):
        mean_over_seeds([])


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_a_user_of_several_splits_counts_once() -> None:
    first, second = np.array([0, 1]), np.array([1, 2])
    a = [(first, column(1, 1)), (second, column(0, 3))]
    b = [(first, column(0, 0)), (second, column(1, 1))]
    # User 0: 1; user 1: (1 - 1) / 2; user 2: 2.
    assert paired_by_user(a, b).tolist() == [1.0, 0.0, 2.0]


def test_results_about_other_users_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="different users"):
        paired_by_user([(np.array([0]), column(1))], [(np.array([1]), column(1))])


def test_results_of_other_splits_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="same splits"):
        paired_by_user([(np.array([0]), column(1))], [])


def test_a_comparison_holds_mean_interval_and_test() -> None:
    found = compare_users(make_rng(0).normal(0.5, 1.0, 400), make_rng(1), n_flips=999)
    assert found.low < found.difference < found.high
    assert found.low > 0
    assert found.p_value == 1 / 1000
    assert found.n_users == 400
