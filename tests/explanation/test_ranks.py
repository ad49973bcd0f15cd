from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import UnknownIdError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.ranks import known_items, rank_items, rank_of, require_item
from tests.explanation.hand_made import model_of, who_chose

SCORES = np.array([0.5, 0.9, 0.5, 0.1], dtype=np.float32)
NOTHING = np.zeros(0, dtype=np.int64)


def test_equal_scores_are_settled_by_the_lower_index() -> None:
    assert [rank_of(SCORES, NOTHING, item) for item in range(4)] == [2, 1, 3, 4]


def test_what_is_known_has_no_rank_and_takes_none() -> None:
    known = np.array([1])
    assert [rank_of(SCORES, known, item) for item in range(4)] == [1, None, 2, 3]


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=12),
    st.sets(st.integers(0, 11), max_size=6),
)
def test_ranks_are_places_in_the_list_that_is_shown(values: list[int], known: set[int]) -> None:
    scores = np.array(values, dtype=np.float32)
    hidden = np.array(sorted(item for item in known if item < scores.size), dtype=np.int64)
    shown = top_k(scores[None, :], [hidden], scores.size)[0]
    for place, item in enumerate(shown[shown >= 0].tolist(), start=1):
        assert rank_of(scores, hidden, item) == place


def test_a_list_is_no_longer_than_the_catalog() -> None:
    found = rank_items(SCORES, np.array([0]), 10)
    assert found.item_indices.tolist() == [1, 2, 3]
    assert (found.rank(3), found.rank(0)) == (3, None)
    assert found.score(0) == pytest.approx(0.5)


def test_known_items_are_those_of_any_history() -> None:
    assert known_items([who_chose(3, 1), who_chose(1, 2)]).tolist() == [1, 2, 3]
    assert known_items([]).size == 0


@pytest.mark.parametrize("item", [-1, 2])
def test_an_item_that_the_model_does_not_know_is_refused(item: int) -> None:
    with pytest.raises(UnknownIdError, match=f"no item at position {item}"):
        require_item(model_of([[0, 1], [1, 0]]), item)
