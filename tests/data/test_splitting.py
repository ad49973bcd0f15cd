from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.config import SplitSettings
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.data.splitting import make_split, n_held_out
from kgrec_core.errors import ConfigError, DataError
from tests.data_samples import dataset_of

NAMES = ("random", "leave-last-out", "temporal", "cold-items", "cold-users", "none")
PAIRS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=2, max_size=50)
FRACTION = st.floats(0.05, 0.9)


def _pairs(interactions: Interactions) -> list[tuple[int, int]]:
    users, items = interactions.user_indices, interactions.item_indices
    return list(zip(users.tolist(), items.tolist(), strict=True))


def _split(dataset: Dataset, name: str, **values: float) -> Split:
    return make_split(dataset, SplitSettings.model_validate({"name": name} | values))


def _grid(n_users: int = 8, n_items: int = 10) -> Dataset:
    pairs = [(user, item) for user in range(n_users) for item in range(n_items)]
    times = [1_600_000_000 + 60 * ((user * 7 + item * 3) % 50) for user, item in pairs]
    return dataset_of(pairs, times=times)


@settings(max_examples=60)
@given(
    pairs=PAIRS,
    name=st.sampled_from(NAMES),
    test=FRACTION,
    validation=st.floats(0, 0.9),
    seed=st.integers(0, 99),
)
def test_the_parts_are_disjoint_and_complete(
    pairs: set[tuple[int, int]], name: str, test: float, validation: float, seed: int
) -> None:
    ordered = sorted(pairs)
    dataset = dataset_of(ordered, times=[1_600_000_000 + n // 2 for n in range(len(ordered))])
    values = {"test_fraction": test, "validation_fraction": validation, "seed": seed}
    try:
        split = _split(dataset, name, **values)
    except DataError:
        return
    found = [*_pairs(split.train), *_pairs(split.validation), *_pairs(split.test)]
    assert sorted(found) == sorted(_pairs(dataset.interactions))
    assert split.train.n_items == dataset.n_items


@settings(max_examples=60)
@given(pairs=PAIRS, test=FRACTION, validation=st.floats(0, 0.9), seed=st.integers(0, 99))
def test_random_takes_the_stated_number_per_user_and_leaves_one(
    pairs: set[tuple[int, int]], test: float, validation: float, seed: int
) -> None:
    dataset = dataset_of(sorted(pairs))
    values = {"test_fraction": test, "validation_fraction": validation, "seed": seed}
    counts = dataset.interactions.user_counts().tolist()
    n_test = [max(0, min(math.floor(n * test + 0.5), n - 1)) for n in counts]
    if not sum(n_test):
        with pytest.raises(DataError, match="holds out nothing"):
            _split(dataset, "random", **values)
        return
    split = _split(dataset, "random", **values)
    assert split.test.user_counts().tolist() == n_test
    rest = [n - held_out for n, held_out in zip(counts, n_test, strict=True)]
    n_validation = [max(0, min(math.floor(n * validation + 0.5), n - 1)) for n in rest]
    assert split.validation.user_counts().tolist() == n_validation
    assert split.train.user_counts().min() >= 1


@pytest.mark.parametrize("name", ["random", "cold-items", "cold-users"])
def test_the_seed_decides(name: str) -> None:
    dataset = _grid()
    first, again, other = (_split(dataset, name, seed=seed) for seed in (1, 1, 2))
    assert _pairs(first.test) == _pairs(again.test)
    assert _pairs(first.validation) == _pairs(again.validation)
    assert _pairs(first.test) != _pairs(other.test)


def test_half_a_row_is_rounded_up_but_never_takes_the_last() -> None:
    assert [n_held_out(n, 0.5) for n in (0, 1, 2, 3, 4)] == [0, 0, 1, 2, 2]
    assert n_held_out(10, 0.25) == 3
    assert n_held_out(10, 0.04) == 0
    assert n_held_out(2, 0.9) == 1


def test_leave_last_out_takes_the_last_by_time_and_the_one_before() -> None:
    pairs = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]
    dataset = dataset_of(pairs, times=[30, 10, 20, 5, 5, 1])
    split = _split(dataset, "leave-last-out")
    assert _pairs(split.test) == [(0, 0), (1, 1)]  # user 1 has a tie: the later row
    assert _pairs(split.validation) == [(0, 2)]
    assert _pairs(split.train) == [(0, 1), (1, 0), (2, 0)]


def test_leave_last_out_without_validation_gives_it_to_training() -> None:
    dataset = dataset_of([(0, 0), (0, 1), (0, 2)], times=[1, 2, 3])
    split = _split(dataset, "leave-last-out", validation_fraction=0)
    assert (len(split.train), len(split.validation)) == (2, 0)


@pytest.mark.parametrize("name", ["leave-last-out", "temporal"])
def test_splits_by_time_refuse_data_without_times(name: str) -> None:
    with pytest.raises(ConfigError, match=r"2 of 2 have none.*'random'"):
        _split(dataset_of([(0, 0), (0, 1)]), name)


def test_temporal_trains_on_the_past_only() -> None:
    split = _split(_grid(), "temporal", test_fraction=0.3, validation_fraction=0.2)
    assert split.train.times.max() < split.validation.times.min()
    assert split.validation.times.max() < split.test.times.min()


def test_temporal_takes_the_stated_share_when_times_differ() -> None:
    dataset = dataset_of([(0, item) for item in range(10)], times=list(range(1, 11)))
    split = _split(dataset, "temporal", test_fraction=0.2, validation_fraction=0.25)
    assert split.test.times.tolist() == [9, 10]
    assert split.validation.times.tolist() == [7, 8]


def test_temporal_keeps_equal_times_together() -> None:
    dataset = dataset_of([(0, item) for item in range(4)], times=[1, 2, 2, 3])
    split = _split(dataset, "temporal", test_fraction=0.5, validation_fraction=0)
    assert split.test.times.tolist() == [3]


def test_cold_items_are_hidden_completely() -> None:
    split = _split(_grid(n_items=10), "cold-items", test_fraction=0.2)
    hidden = np.unique(split.test.item_indices)
    assert hidden.size == 2
    assert not np.isin(split.train.item_indices, hidden).any()
    assert not np.isin(split.validation.item_indices, hidden).any()
    assert split.cold_items()[hidden].all()


def test_cold_users_are_hidden_completely() -> None:
    split = _split(_grid(n_users=8), "cold-users", test_fraction=0.25)
    hidden = np.unique(split.test.user_indices)
    assert hidden.size == 2
    assert split.cold_users()[hidden].all()
    assert len(split.validation) > 0


def test_items_that_nobody_met_are_not_drawn_as_cold() -> None:
    dataset = dataset_of([(0, 0), (1, 1)], extra_items=50)
    assert len(_split(dataset, "cold-items", test_fraction=0.5).test) == 1


def test_cold_items_need_two() -> None:
    with pytest.raises(DataError, match="at least two items"):
        _split(dataset_of([(0, 0), (1, 0)]), "cold-items")


def test_given_parts_are_taken_as_they_are() -> None:
    dataset = dataset_of([(0, 0), (0, 1), (0, 2)], parts=[0, 1, 2])
    split = _split(dataset, "given")
    assert [_pairs(part) for part in (split.train, split.validation, split.test)] == [
        [(0, 0)],
        [(0, 1)],
        [(0, 2)],
    ]


def test_given_parts_without_validation_get_one_from_training() -> None:
    pairs = [(0, item) for item in range(10)]
    dataset = dataset_of(pairs, parts=[0] * 8 + [2] * 2)
    split = _split(dataset, "given", validation_fraction=0.25)
    assert (len(split.train), len(split.validation), len(split.test)) == (6, 2, 2)


def test_given_needs_parts() -> None:
    with pytest.raises(ConfigError, match="came without parts"):
        _split(dataset_of([(0, 0), (0, 1)]), "given")


def test_none_holds_out_nothing() -> None:
    split = _split(_grid(), "none")
    assert (len(split.validation), len(split.test)) == (0, 0)


def test_making_a_split_does_not_change_the_data() -> None:
    dataset = dataset_of([(0, item) for item in range(10)], parts=[0] * 8 + [2] * 2)
    assert dataset.given_parts is not None
    before = dataset.given_parts.copy()
    _split(dataset, "given")
    assert (dataset.given_parts == before).all()
