"""Taking units of evidence out of a user, and keeping only some."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError
from kgrec_core.explanation.masking import only, only_at, units_of, without
from kgrec_core.recommender.contract import UNKNOWN_USER, EvidenceUnit, UserEvidence


def somebody() -> UserEvidence:
    return UserEvidence(
        item_indices=np.array([4, 1, 7]),
        item_weights=np.array([1, 2, 3], dtype=np.float32),
        item_times=np.array([10, 20, 30]),
        entity_indices=np.array([40, 41]),
        text_vectors=np.eye(2, dtype=np.float32),
        texts=("slow", "quiet"),
        friend_indices=np.array([5]),
        attribute_indices=np.array([0, 2]),
        user_index=3,
    )


def test_units_are_listed_by_kind_in_the_order_of_the_evidence() -> None:
    assert units_of(somebody()) == (
        EvidenceUnit("item", 4),
        EvidenceUnit("item", 1),
        EvidenceUnit("item", 7),
        EvidenceUnit("entity", 40),
        EvidenceUnit("entity", 41),
        EvidenceUnit("text", 0, "slow"),
        EvidenceUnit("text", 1, "quiet"),
        EvidenceUnit("friend", 5),
        EvidenceUnit("attribute", 0),
        EvidenceUnit("attribute", 2),
    )


def test_an_item_goes_with_its_weight_and_time() -> None:
    left = without(somebody(), [EvidenceUnit("item", 1)])
    assert left.item_indices.tolist() == [4, 7]
    assert left.item_weights.tolist() == [1, 3]
    assert left.item_times.tolist() == [10, 30]
    assert left.entity_indices.tolist() == [40, 41]


def test_words_go_with_their_vector() -> None:
    left = without(somebody(), [EvidenceUnit("text", 0, "slow")])
    assert left.texts == ("quiet",)
    assert left.text_vectors.tolist() == [[0, 1]]


def test_an_edited_user_is_no_longer_the_known_one() -> None:
    assert without(somebody(), [EvidenceUnit("friend", 5)]).user_index == UNKNOWN_USER


def test_nothing_taken_out_leaves_the_user_as_is() -> None:
    user = somebody()
    assert without(user, []) is user


def test_keeping_nothing_leaves_nobody() -> None:
    assert only(somebody(), []).is_empty


def test_a_whole_profile_cannot_be_taken_out() -> None:
    with pytest.raises(ConfigError, match="whole profile"):
        without(somebody(), [EvidenceUnit("profile", 0)])


@given(st.sets(st.integers(0, 9)))
def test_what_is_taken_out_and_what_is_kept_make_the_whole(places: set[int]) -> None:
    units = units_of(somebody())
    taken = [units[place] for place in sorted(places)]
    kept, gone = without(somebody(), taken), only(somebody(), taken)
    texts = [unit.text for unit in units if unit.kind == "text"]
    assert sorted(kept.item_indices.tolist() + gone.item_indices.tolist()) == [1, 4, 7]
    assert sorted(kept.entity_indices.tolist() + gone.entity_indices.tolist()) == [40, 41]
    assert sorted(kept.texts + gone.texts) == sorted(texts)
    assert len(units_of(kept)) + len(units_of(gone)) == len(units)


@given(st.lists(st.booleans(), min_size=10, max_size=10))
def test_keeping_by_place_is_keeping_the_units_at_these_places(kept: list[bool]) -> None:
    user, mask = somebody(), np.array(kept)
    units = [unit for unit, keep in zip(units_of(user), kept, strict=True) if keep]
    by_place, by_unit = only_at(user, mask), only(user, units)
    assert by_place.item_weights.tolist() == by_unit.item_weights.tolist()
    assert by_place.texts == by_unit.texts
    assert units_of(by_place) == units_of(by_unit)
