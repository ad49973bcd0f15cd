from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.formats import read_dataset
from kgrec_core.data.profile import dataset_profile, gini
from tests.data_samples import Write, dataset_of

JAN_15, MARCH_2 = 1_610_668_800, 1_614_643_200  # 2021


def test_counts_density_and_cold_ones() -> None:
    dataset = dataset_of([(0, 0), (0, 1), (1, 0)], extra_items=2)
    profile = dataset_profile(dataset)
    assert profile.counts["interactions"] == 3
    assert profile.density == pytest.approx(3 / 8)
    assert (profile.n_cold_users, profile.n_cold_items) == (0, 2)
    assert (profile.mean_per_user, profile.median_per_item) == (1.5, 0.5)


def test_histograms_have_bins_of_doubling_width() -> None:
    pairs = [(0, item) for item in range(5)] + [(1, 0)]
    profile = dataset_profile(dataset_of(pairs))
    assert profile.per_user.edges.tolist() == [0, 1, 2, 4, 8]
    assert profile.per_user.counts.tolist() == [0, 1, 0, 1]
    assert profile.per_item.counts.tolist() == [0, 4, 1]


def test_months_without_interactions_are_listed_too() -> None:
    profile = dataset_profile(dataset_of([(0, 0), (0, 1), (1, 1)], times=[JAN_15, MARCH_2, JAN_15]))
    assert profile.months == (("2021-01", 2), ("2021-02", 0), ("2021-03", 1))
    assert (profile.first_time, profile.last_time) == (JAN_15, MARCH_2)


def test_data_without_times_have_no_months() -> None:
    profile = dataset_profile(dataset_of([(0, 0)]))
    assert (profile.months, profile.first_time, profile.last_time) == ((), None, None)


def test_few_weights_get_a_bin_each() -> None:
    dataset = dataset_of([(0, 0), (0, 1), (1, 1)], weights=[1, 5, 5])
    profile = dataset_profile(dataset)
    assert profile.weight_values == (1, 5)
    assert profile.weights.counts.tolist() == [1, 2]


def test_many_weights_share_bins_and_none_is_lost() -> None:
    weights = [float(n + 1) ** 2 for n in range(40)]
    profile = dataset_profile(dataset_of([(0, n) for n in range(40)], weights=weights))
    assert profile.weight_values == ()
    assert profile.weights.counts.sum() == 40


def test_the_most_popular_items_come_first_and_ties_in_order() -> None:
    dataset = dataset_of([(0, 3), (1, 3), (0, 1), (0, 2)])
    assert dataset_profile(dataset, n_top=2).top_items == (("i3", 2), ("i1", 1))


def test_shares_of_items_with_text_and_links(tmp_path: Path, write: Write) -> None:
    write("ratings.csv", "user_id,movie_id,rating\n1,7,3\n2,7,4\n1,8,5\n")
    plot = "A long tale of many words that goes on until the very end of the road"
    write("movies.csv", f"movie_id,title,genres,plot\n7,Seven,Drama|War,{plot}\n8,Eight,,\n")
    profile = dataset_profile(read_dataset(tmp_path)[0])
    assert profile.share_with_text == 0.5
    assert profile.share_with_column == {"has_genre": 0.5}


def test_gini_of_equal_and_of_extreme_counts() -> None:
    assert gini(np.array([3, 3, 3])) == 0
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(3 / 4)
    assert gini(np.zeros(3, dtype=np.int64)) == 0
    assert gini(np.zeros(0, dtype=np.int64)) == 0


@given(counts=st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_gini_is_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    n, total = len(counts), sum(counts)
    expected = sum(abs(a - b) for a in counts for b in counts) / (2 * n * total)
    assert gini(np.array(counts, dtype=np.int64)) == pytest.approx(expected)
