"""Coverage and novelty, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kgrec_core.errors import DataError
from kgrec_core.evaluation.beyond_accuracy import (
    catalog_coverage,
    gini_index,
    novelty,
    self_information,
)


def lists(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def test_coverage_counts_each_shown_item_once() -> None:
    assert catalog_coverage(lists([0, 1], [1, 2]), 6) == pytest.approx(3 / 6)


def test_coverage_leaves_out_padding() -> None:
    assert catalog_coverage(lists([0, -1], [0, -1]), 4) == pytest.approx(1 / 4)


def test_coverage_of_empty_lists_is_zero() -> None:
    assert catalog_coverage(lists([-1, -1]), 4) == 0.0


def test_coverage_needs_a_catalog() -> None:
    with pytest.raises(DataError):
        catalog_coverage(lists([-1]), 0)


def test_an_item_that_all_users_know_has_no_surprise() -> None:
    assert self_information(np.array([7]), 7).tolist() == [0.0]


def test_an_item_that_nobody_knows_has_finite_surprise() -> None:
    assert self_information(np.array([0]), 7).tolist() == [3.0]  # -log2(1 / 8)


def test_novelty_is_the_mean_over_all_shown_places() -> None:
    counts = np.array([7, 1, 0])  # 0 bits, 2 bits, 3 bits among 7 users
    assert novelty(lists([0, 1], [2, 2]), counts, 7) == pytest.approx((0 + 2 + 3 + 3) / 4)


def test_novelty_leaves_out_padding() -> None:
    assert novelty(lists([1, -1], [-1, -1]), np.array([7, 1, 0]), 7) == pytest.approx(2.0)


def test_novelty_of_empty_lists_is_zero() -> None:
    assert novelty(lists([-1]), np.array([3]), 7) == 0.0


def test_rarer_items_are_more_novel() -> None:
    bits = self_information(np.arange(5), 4)
    assert (np.diff(bits) < 0).all()
    assert bits[0] == pytest.approx(math.log2(5))


def test_places_shared_evenly_have_gini_0() -> None:
    assert gini_index(np.array([[0, 1], [2, 3]]), 4) == pytest.approx(0.0)


def test_all_places_to_one_of_four_items_have_gini_three_quarters() -> None:
    assert gini_index(np.array([[2, -1], [2, -1]]), 4) == pytest.approx(0.75)


def test_gini_is_half_the_mean_absolute_difference_over_the_mean() -> None:
    counts = np.array([3, 0, 1, 4])
    ranked = np.repeat(np.arange(4), counts)[None, :]
    naive = np.abs(counts[:, None] - counts).mean() / (2 * counts.mean())
    assert gini_index(ranked, 4) == pytest.approx(naive)


def test_lists_that_show_nothing_have_no_gini() -> None:
    with pytest.raises(DataError):
        gini_index(np.full((1, 2), -1), 4)
