"""What if: hand-made sums first, then the fusion model against its own explanations."""

from __future__ import annotations

import dataclasses
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.explanation.what_if import (
    Change,
    ItemEffect,
    Term,
    WhatIf,
    changed_evidence,
    item_effect,
    what_if,
)
from kgrec_core.recommender.contract import UNKNOWN_USER, EvidenceUnit, TrainingData, UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.muting import Muted
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from tests.explanation.hand_made import model_of, who_chose
from tests.recommender.problems import checkerboard, random_problem

KERNEL = [
    [0.0, 0.0, 0.5, 0.1, 0.2],
    [0.0, 0.0, 0.1, 0.4, 0.0],
    [0.0, 0.0, 0.0, 0.3, 0.9],
    [0.0] * 5,
    [0.0] * 5,
]
"""With 0 and 1 chosen, items 2, 3, 4 score 0.6, 0.5, 0.2."""
MODEL = model_of(KERNEL)
NO_BEHAVIOR = Muted(frozenset({"collaborative"}))


def item(index: int) -> EvidenceUnit:
    return EvidenceUnit("item", index)


def answer(change: Change, k: int = 2) -> WhatIf:
    return what_if(MODEL, who_chose(0, 1), change, k)


@lru_cache
def fusion() -> tuple[FusionRecommender, TrainingData]:
    data = random_problem(4, n_users=20, n_items=16)
    recommender = FusionRecommender(FusionSettings(n_rounds=0))
    recommender.fit(data, rng=make_rng(0))
    return recommender, data


def somebody() -> UserEvidence:
    _, data = fusion()
    user = UserEvidence.of_user(data.known(), 1)
    return dataclasses.replace(
        user, entity_indices=np.array([16]), text_vectors=data.text_vectors[:1], texts=("sea",)
    )


def test_a_dropped_choice_moves_the_others_and_is_not_offered_again() -> None:
    found = answer(Change(dropped=(item(0),)))
    assert found.before.item_indices.tolist() == [2, 3]
    assert found.after.item_indices.tolist() == [3, 2]
    assert (found.before.rank(0), found.after.rank(0)) == (None, None)
    moved = [(m.item_index, m.rank_before, m.rank_after) for m in found.moves]
    assert moved == [(3, 2, 1), (2, 1, 2)]
    scores = [(m.score_before, m.score_after) for m in found.moves]
    assert scores == [pytest.approx((0.5, 0.4)), pytest.approx((0.6, 0.1))]
    assert (found.entered, found.left) == ((), ())


def test_an_added_like_is_ranked_on_neither_side() -> None:
    found = answer(Change(likes=((2, 1.0),)))
    assert found.before.item_indices.tolist() == [3, 4]
    assert found.after.item_indices.tolist() == [4, 3]
    assert found.after.score(4) == pytest.approx(1.1)


def test_items_that_enter_and_leave_are_told() -> None:
    found = answer(Change(dropped=(item(1),)), k=1)
    assert (found.entered, found.left) == ((), ())
    found = answer(Change(dropped=(item(0),)), k=1)
    assert [m.item_index for m in found.entered] == [3]
    (left,) = found.left
    assert (left.item_index, left.rank_before, left.rank_after) == (2, 1, 2)
    assert (left.in_before, left.in_after) == (True, False)


def test_muting_the_only_view_leaves_zeros() -> None:
    found = answer(Change(muted=NO_BEHAVIOR))
    assert not found.after.scores.any()
    assert found.after.item_indices.tolist() == [2, 3]
    assert found.user_after is found.user_before


def test_a_change_of_nothing_changes_nothing() -> None:
    found = answer(Change())
    assert Change().is_empty
    assert found.recommender_after is MODEL
    assert np.array_equal(found.before.scores, found.after.scores)


def test_the_direct_effect_is_what_came_minus_what_went() -> None:
    found = answer(Change(dropped=(item(0),), likes=((2, 1.0),)))
    effect = item_effect(MODEL, found, 3)
    assert effect.gone == (Term("collaborative", item(0), pytest.approx(0.1)),)
    assert effect.came == (Term("collaborative", item(2), pytest.approx(0.3)),)
    assert effect.direct == pytest.approx(0.2)
    assert effect.total == pytest.approx(0.7 - 0.5)
    assert effect.shifted == pytest.approx(0.0, abs=1e-6)
    assert (effect.rank_before, effect.rank_after) == (1, 2)


def test_an_added_like_comes_with_the_time_of_the_newest_choice() -> None:
    user = UserEvidence(
        np.array([0, 1]), np.array([1, 2], dtype=np.float32), np.array([50, 70]), user_index=4
    )
    after = changed_evidence(user, Change(likes=((3, 2.5),)))
    assert after.item_indices.tolist() == [0, 1, 3]
    assert after.item_weights.tolist() == [1, 2, 2.5]
    assert after.item_times.tolist() == [50, 70, 70]
    assert after.user_index == UNKNOWN_USER


def test_without_times_an_added_like_has_none() -> None:
    after = changed_evidence(UserEvidence(), Change(likes=((3, 1.0),)))
    assert after.item_times.tolist() == [NO_TIME]


def test_a_like_that_is_there_already_gets_the_new_weight() -> None:
    after = changed_evidence(who_chose(0, 1), Change(likes=((0, 4.0),)))
    assert after.item_indices.tolist() == [1, 0]
    assert after.item_weights.tolist() == [1, 4]


def test_entities_and_words_are_added_once() -> None:
    user = dataclasses.replace(
        who_chose(0),
        entity_indices=np.array([9]),
        texts=("sea",),
        text_vectors=np.ones((1, 2), dtype=np.float32),
    )
    asked: list[tuple[str, ...]] = []

    def encode(words: tuple[str, ...]) -> np.ndarray:
        asked.append(words)
        return np.zeros((len(words), 2), dtype=np.float32)

    change = Change(entity_indices=(9, 8), words=("sea", " storm ", "", "storm"))
    after = changed_evidence(user, change, encode)
    assert after.entity_indices.tolist() == [9, 8]
    assert after.texts == ("sea", "storm")
    assert after.text_vectors.tolist() == [[1, 1], [0, 0]]
    assert asked == [("storm",)]


def test_words_need_somebody_who_reads_them() -> None:
    with pytest.raises(ConfigError, match="need a text model"):
        answer(Change(words=("sea",)))


def test_what_is_not_there_cannot_be_dropped() -> None:
    with pytest.raises(ConfigError, match="'dropped' must name evidence"):
        answer(Change(dropped=(item(2),)))


def test_a_profile_cannot_be_dropped() -> None:
    with pytest.raises(ConfigError, match="whole profile"):
        answer(Change(dropped=(EvidenceUnit("profile", 0),)))


def test_a_like_of_an_unknown_item_or_without_weight_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="no item at position 7"):
        answer(Change(likes=((7, 1.0),)))
    with pytest.raises(ConfigError, match="weights above 0"):
        answer(Change(likes=((3, 0.0),)))


def test_a_model_with_parameters_per_user_compares_two_users_that_it_folds_in() -> None:
    data = checkerboard()
    recommender = create_recommender("bpr-mf", {"max_epochs": 3})
    recommender.fit(data, rng=make_rng(0))
    user = UserEvidence.of_user(data.known(), 0)
    edited = what_if(recommender, user, Change(dropped=(item(2),)), 5)
    folded = dataclasses.replace(user, user_index=UNKNOWN_USER)
    assert np.array_equal(edited.before.scores, recommender.score([folded])[0])
    assert edited.shifts_before
    muted = what_if(recommender, user, Change(muted=NO_BEHAVIOR), 5)
    assert np.array_equal(muted.before.scores, recommender.score([user])[0])
    assert not muted.shifts_before


def test_a_model_that_reads_evidence_alone_shows_the_same_list_before() -> None:
    recommender, _ = fusion()
    found = what_if(
        recommender, somebody(), Change(dropped=(item(int(somebody().item_indices[0])),)), 5
    )
    assert not found.shifts_before


def effect_of(change: Change, index: int) -> ItemEffect:
    recommender, _ = fusion()
    found = what_if(recommender, somebody(), change, 5)
    return item_effect(recommender, found, index)


@settings(max_examples=25)
@given(
    st.sets(st.sampled_from(["collaborative", "graph", "text"]), max_size=2),
    st.sets(st.sampled_from(["directed_by", "starring", "sequel_of"]), max_size=2),
    st.integers(0, 15),
)
def test_muting_shares_nothing_out_anew_so_direct_and_total_effect_are_equal(
    modalities: set[str], relations: set[str], index: int
) -> None:
    effect = effect_of(Change(muted=Muted(frozenset(modalities), frozenset(relations))), index)
    assert effect.total == pytest.approx(effect.direct, abs=1e-6)
    assert all(term.modality in modalities | {"graph"} for term in effect.gone)


@settings(max_examples=25)
@given(st.data())
def test_the_direct_effect_of_a_drop_is_the_contribution_of_what_is_dropped(
    data: st.DataObject,
) -> None:
    recommender, _ = fusion()
    user = somebody()
    units = [item(int(index)) for index in user.item_indices]
    units += [EvidenceUnit("entity", 16), EvidenceUnit("text", 0, "sea")]
    dropped = tuple(sorted(data.draw(st.sets(st.sampled_from(units), min_size=1)), key=repr))
    index = data.draw(st.integers(0, 15))
    effect = effect_of(Change(dropped=dropped), index)
    own = [t.value for t in recommender.explain(user, index).contributions if t.evidence in dropped]
    assert effect.direct == pytest.approx(-sum(own), abs=1e-9)
    assert effect.total == pytest.approx(effect.after.score - effect.before.score)
    # The rest of the evidence shares the attention: the two effects add up with what shifted.
    kept = {(t.modality, t.evidence): t.value for t in effect.before.contributions}
    shifted = effect.after.bias - effect.before.bias
    for key in {*kept, *((t.modality, t.evidence) for t in effect.after.contributions)}:
        if key[1] not in dropped:
            after = [t.value for t in effect.after.contributions if (t.modality, t.evidence) == key]
            shifted += sum(after) - kept.get(key, 0.0)
    # Scores are float32: seven digits.
    assert effect.shifted == pytest.approx(shifted, rel=1e-6, abs=2e-6)


def test_dropping_and_muting_at_once_counts_each_term_once() -> None:
    recommender, _ = fusion()
    user = somebody()
    dropped = item(int(user.item_indices[0]))
    change = Change(dropped=(dropped,), muted=Muted(frozenset({"graph"})))
    effect = effect_of(change, 9)
    gone = [
        t.value
        for t in recommender.explain(user, 9).contributions
        if t.modality == "graph" or t.evidence == dropped
    ]
    assert gone
    assert effect.direct == pytest.approx(-sum(gone), abs=1e-9)
