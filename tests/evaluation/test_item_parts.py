from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.item_parts import only_items, tail_items, with_warm_test
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of


def test_the_tail_is_the_least_popular_that_hold_a_fifth() -> None:
    # 20 interactions: 0 + 1 + 3 = 4 is a fifth; the next one would exceed it.
    assert tail_items(np.array([10, 3, 0, 6, 1])).tolist() == [False, True, True, False, True]


def test_of_equally_popular_items_the_first_belong_to_the_tail() -> None:
    assert tail_items(np.full(5, 2)).tolist() == [True, False, False, False, False]


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=30),
    st.floats(0.01, 0.99),
)
def test_the_tail_holds_at_most_its_share_and_is_nowhere_more_popular(
    counts: list[int], share: float
) -> None:
    found = np.array(counts, dtype=np.int64)
    tail = tail_items(found, share)
    assert found[tail].sum() <= share * found.sum()
    if tail.any() and not tail.all():
        assert found[tail].max() <= found[~tail].min()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_share_of_the_tail_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ConfigError, match="'share'"):
        tail_items(np.ones(3, dtype=np.int64), share)


def hidden_items() -> Split:
    train = interactions_of([(u, i) for u in range(3) for i in range(4)], 3, 6)
    test = interactions_of([(0, 4), (1, 5)], 3, 6)
    return Split("cold-items", train, interactions_of([], 3, 6), test)


def test_only_chosen_test_items_are_relevant() -> None:
    chosen = np.arange(6) == 5
    found = only_items(hidden_items(), chosen)
    assert found.test.item_indices.tolist() == [5]
    assert len(found.train) == 12


def test_a_part_without_test_items_cannot_be_measured() -> None:
    with pytest.raises(DataError, match="None of the chosen items"):
        only_items(hidden_items(), np.arange(6) == 0)


def test_known_items_join_the_test_and_leave_training() -> None:
    found = with_warm_test(hidden_items(), 0.25, make_rng(0))
    assert found.train.user_counts().tolist() == [3, 3, 3]
    assert found.test.user_counts().tolist() == [2, 2, 1]
    joined = found.train.joined(found.test)
    assert len(set(zip(joined.user_indices, joined.item_indices, strict=True))) == 14
