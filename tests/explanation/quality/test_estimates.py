"""Means over users: undefined values are left out and counted."""

from __future__ import annotations

import pytest

from kgrec_core.explanation.quality.estimates import Estimate, Observations
from kgrec_core.rng import make_rng


def test_users_count_alike_however_many_pairs_they_have() -> None:
    kept = Observations()
    for value in (0.0, 0.0, 3.0):
        kept.add(1, "x", value)
    kept.add(2, "x", 3.0)
    found = kept.estimate("x", make_rng(0))
    assert found.value == pytest.approx((1.0 + 3.0) / 2)
    assert (found.n_users, found.n_undefined) == (2, 0)


def test_undefined_values_are_left_out_and_their_users_counted() -> None:
    kept = Observations()
    kept.add(1, "x", 2.0)
    kept.add(2, "x", None)
    kept.add(3, "x", float("nan"))
    kept.saw(4)
    found = kept.estimate("x", make_rng(0))
    assert (found.value, found.n_users, found.n_undefined) == (2.0, 1, 3)


def test_what_is_defined_for_nobody_has_no_value() -> None:
    kept = Observations()
    kept.saw(1)
    assert kept.estimate("x", make_rng(0)) == Estimate(None, None, None, 0, 1)


def test_the_interval_holds_the_mean() -> None:
    kept = Observations()
    for user in range(30):
        kept.add(user, "x", float(user % 5))
    found = kept.estimate("x", make_rng(0))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2.0 < found.high


def test_a_difference_is_over_users_who_have_both() -> None:
    kept = Observations()
    kept.add_all(1, {"a": 3.0, "b": 1.0})
    kept.add_all(2, {"a": 9.0, "b": None})
    found = kept.difference("a", "b", make_rng(0))
    assert (found.value, found.n_users, found.n_undefined) == (2.0, 1, 1)


def test_an_estimate_of_a_group_looks_at_its_users_alone() -> None:
    kept = Observations()
    for user in (1, 2, 3):
        kept.add(user, "x", float(user))
    assert kept.estimate("x", make_rng(0), users=(1, 3, 9)).value == pytest.approx(2.0)
    assert kept.estimate("x", make_rng(0), users=(1, 3, 9)).n_undefined == 1


def test_intervals_that_touch_are_not_below_each_other() -> None:
    low, high = Estimate(1.0, 0.5, 1.5, 9, 0), Estimate(2.0, 1.5, 2.5, 9, 0)
    assert not low.is_below(high)
    assert low.is_below(Estimate(2.0, 1.6, 2.5, 9, 0))
