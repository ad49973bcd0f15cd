"""Counterfactuals: against every subset where that is possible, and by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.counterfactual import (
    Counterfactual,
    NoCounterfactual,
    counterfactual,
)
from kgrec_core.explanation.masking import without
from kgrec_core.explanation.ranks import rank_items
from kgrec_core.explanation.what_if import what_if
from kgrec_core.recommender.contract import (
    UNKNOWN_USER,
    EvidenceUnit,
    Recommender,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.muting import Muted, mute
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from tests.explanation.hand_made import model_of, who_chose
from tests.recommender.problems import checkerboard, random_problem


def listed(recommender: Recommender, user: UserEvidence, known: np.ndarray, k: int) -> list[int]:
    ranked: list[int] = top_k(recommender.score([user]), [known], k)[0].tolist()
    return ranked


def smallest_by_trying_all(
    recommender: Recommender, user: UserEvidence, item: int, k: int
) -> int | None:
    units = [EvidenceUnit("item", int(index)) for index in user.item_indices]
    for size in range(1, len(units) + 1):
        for chosen in combinations(units, size):
            left = without(user, chosen)
            if item not in listed(recommender, left, user.item_indices, k):
                return size
    return None


@lru_cache
def fusion() -> tuple[FusionRecommender, TrainingData]:
    data = random_problem(4, n_users=20, n_items=16)
    recommender = FusionRecommender(FusionSettings(n_rounds=0, use_collaborative=False))
    recommender.fit(data, rng=make_rng(0))
    return recommender, data


def test_the_choice_that_carries_an_item_is_found_and_what_takes_its_place() -> None:
    model = model_of([[0, 0, 0.5, 0.1], [0, 0, 0.1, 0.3], [0] * 4, [0] * 4])
    found = counterfactual(model, who_chose(0, 1), 2, 1)
    assert isinstance(found, Counterfactual)
    assert found.units == (EvidenceUnit("item", 0),)
    assert (found.rank_before, found.rank_after) == (1, 2)
    assert (found.score_before, found.score_after) == pytest.approx((0.6, 0.1))
    assert found.replacement_index == 3
    assert found.is_smallest_proved
    assert found.verified
    assert found.n_scorings == 3


def test_an_item_that_is_listed_without_any_choice_stays() -> None:
    # Without choices both items score 0, and the lower index is shown.
    model = model_of([[0, 0, 0.3, 0.0], [0, 0, 0.3, 0.2], [0] * 4, [0] * 4])
    found = counterfactual(model, who_chose(0, 1), 2, 1)
    assert isinstance(found, NoCounterfactual)
    assert (found.reason, found.rank_before, found.rank_without_all) == ("stays", 1, 1)


EVEN = model_of([*([*[0.0] * 10, 0.2, 0.9 * (at == 9)] for at in range(10)), [0] * 12, [0] * 12])
"""Ten choices carry item 10, 0.2 each; choice 9 carries item 11 with 0.9 as well.

Five choices less leave 1.0 to 0.9, six leave 0.8 to 0.9.
"""


def test_within_the_budget_a_set_of_six_is_proved_to_be_the_smallest() -> None:
    found = counterfactual(EVEN, who_chose(*range(10)), 10, 1)
    assert isinstance(found, Counterfactual)
    assert (found.size, found.is_smallest_proved) == (6, True)
    assert EvidenceUnit("item", 9) not in found.units
    # One before, ten singles, the greedy ones and their cuts, then all pairs up to all fives.
    assert found.n_scorings >= 1 + 10 + 45 + 120 + 210 + 252


def test_beyond_the_budget_the_same_set_is_found_but_not_called_proved() -> None:
    found = counterfactual(EVEN, who_chose(*range(10)), 10, 1, max_scorings=60)
    assert isinstance(found, Counterfactual)
    assert (found.size, found.is_smallest_proved) == (6, False)
    assert found.n_scorings <= 60


@pytest.mark.parametrize("seed", [286, 306, 328])
def test_a_set_that_is_not_proved_has_no_choice_to_spare(seed: int) -> None:
    # Problems in which the greedy order takes a choice that later ones make needless.
    rng = np.random.default_rng(seed)
    kernel = np.zeros((20, 20))
    kernel[:8] = rng.choice([-0.2, 0.0, 0.1, 0.3], (8, 20))
    kernel[:, :8] = 0.0
    model, user, k = model_of(kernel.tolist()), who_chose(*range(8)), int(rng.integers(1, 5))
    item = listed(model, user, user.item_indices, k)[0]
    found = counterfactual(model, user, item, k, max_scorings=60)
    assert isinstance(found, Counterfactual)
    assert not found.is_smallest_proved
    for spared in found.units:
        fewer = [unit for unit in found.units if unit != spared]
        assert item in listed(model, without(user, fewer), user.item_indices, k)


kernels = st.lists(
    st.lists(st.sampled_from([-0.2, 0.0, 0.1, 0.3, 0.5]), min_size=10, max_size=10),
    min_size=5,
    max_size=5,
)


@settings(max_examples=60)
@given(kernels, st.integers(1, 4), st.integers(0, 3))
def test_small_histories_get_the_smallest_set_or_the_proof_that_there_is_none(
    rows: list[list[float]], k: int, place: int
) -> None:
    model = model_of([*rows, *([0.0] * 10 for _ in range(5))])
    user = who_chose(0, 1, 2, 3, 4)
    item = listed(model, user, user.item_indices, k)[min(place, k - 1)]
    expected = smallest_by_trying_all(model, user, item, k)
    found = counterfactual(model, user, item, k)
    if expected is None:
        assert isinstance(found, NoCounterfactual)
        assert found.reason == "stays"
    else:
        assert isinstance(found, Counterfactual)
        assert found.size == expected
        assert found.is_smallest_proved
        after = listed(model, without(user, found.units), user.item_indices, k)
        assert item not in after
        assert found.replacement_index in after


def test_a_fusion_list_loses_its_item_when_the_answer_is_played_back() -> None:
    recommender, data = fusion()
    n_found = 0
    for user_index in range(6):
        user = UserEvidence.of_user(data.known(), user_index)
        for item in listed(recommender, user, user.item_indices, 4):
            found = counterfactual(recommender, user, item, 4)
            if isinstance(found, Counterfactual):
                n_found += 1
                played = what_if(recommender, user, found.change, 4)
                assert item not in played.after.item_indices
                assert played.after.rank(item) == found.rank_after > 4
                assert found.replacement_index in [m.item_index for m in played.entered]
    assert n_found > 6


def smallest_links_by_trying_all(
    recommender: FusionRecommender, user: UserEvidence, item: int, k: int, largest: int
) -> int | None:
    """Any links of the graph, not just those of the item."""
    rows = range(recommender.graph.n_triples)
    for size in range(1, largest + 1):
        for chosen in combinations(rows, size):
            silent = mute(recommender, Muted(triples=frozenset(chosen)))
            if item not in listed(silent, user, user.item_indices, k):
                return size
    return None


def test_no_links_of_the_graph_do_it_with_fewer_than_the_items_own() -> None:
    recommender, data = fusion()
    sizes = set()
    for user_index in (0, 3):
        user = UserEvidence.of_user(data.known(), user_index)
        for item in listed(recommender, user, user.item_indices, 3):
            found = counterfactual(recommender, user, item, 3, mode="links")
            size = found.size if isinstance(found, Counterfactual) else None
            expected = smallest_links_by_trying_all(recommender, user, item, 3, 2)
            if expected is not None or size in (1, 2):
                assert size == expected
            sizes.add(size)
    assert len(sizes) > 1


def test_links_are_verified_by_a_muted_model_and_belong_to_the_item() -> None:
    recommender, data = fusion()
    user = UserEvidence.of_user(data.known(), 0)
    found = [
        counterfactual(recommender, user, item, 3, mode="links")
        for item in listed(recommender, user, user.item_indices, 3)
    ]
    told = [one for one in found if isinstance(one, Counterfactual)]
    assert told
    for one in told:
        assert one.is_smallest_proved
        assert one.units == ()
        assert one.n_scorings <= 4
        ends = data.graph.triples[list(one.triples)][:, [0, 2]]
        assert (ends == one.item_index).any(axis=1).all()
        silent = mute(recommender, Muted(triples=frozenset(one.triples)))
        assert one.item_index not in listed(silent, user, user.item_indices, 3)


def test_a_model_without_paths_has_no_links_to_remove() -> None:
    model = model_of([[0, 1, 0], [0, 0, 0], [0, 0, 0]])
    found = counterfactual(model, who_chose(0), 1, 1, mode="links")
    assert isinstance(found, NoCounterfactual)
    assert found.reason == "nothing to remove"


def test_an_item_that_is_not_in_the_list_is_told_with_its_rank() -> None:
    model = model_of([[0, 0.5, 0.2], [0, 0, 0], [0, 0, 0]])
    for mode in ("interactions", "links"):
        found = counterfactual(model, who_chose(0), 2, 1, mode=mode)
        assert isinstance(found, NoCounterfactual)
        assert (found.reason, found.rank_before) == ("not listed", 2)
        known = counterfactual(model, who_chose(0), 0, 1, mode=mode)
        assert isinstance(known, NoCounterfactual)
        assert (known.reason, known.rank_before) == ("not listed", None)


def test_a_newcomer_without_choices_has_nothing_to_remove() -> None:
    found = counterfactual(model_of([[0, 1], [1, 0]]), UserEvidence(), 0, 1)
    assert isinstance(found, NoCounterfactual)
    assert found.reason == "nothing to remove"


def test_an_item_stays_when_the_catalog_has_no_other_to_show() -> None:
    model = model_of([[0, 0.5, 0.2], [0, 0, 0], [0, 0, 0]])
    found = counterfactual(model, who_chose(0), 1, 2)
    assert isinstance(found, NoCounterfactual)
    assert found.reason == "stays"


def test_the_search_ends_with_its_budget_and_says_so() -> None:
    recommender, data = fusion()
    user = UserEvidence.of_user(data.known(), 0)
    (best,) = listed(recommender, user, user.item_indices, 1)
    found = counterfactual(recommender, user, best, 1, max_scorings=2)
    assert isinstance(found, NoCounterfactual)
    assert (found.reason, found.n_scorings) == ("out of budget", 1)


def test_a_model_with_parameters_per_user_folds_the_user_in_before_as_well() -> None:
    data = checkerboard()
    recommender = create_recommender("bpr-mf", {"max_epochs": 3})
    recommender.fit(data, rng=make_rng(0))
    user = UserEvidence.of_user(data.known(), 0)
    folded = replace(user, user_index=UNKNOWN_USER)
    ranks = rank_items(recommender.score([folded])[0], user.item_indices, 3)
    for item in (3, 9, 11):
        assert counterfactual(recommender, user, item, 3).rank_before == ranks.rank(item)


def test_an_unknown_item_and_a_list_of_nothing_are_refused() -> None:
    model = model_of([[0, 1], [1, 0]])
    with pytest.raises(UnknownIdError):
        counterfactual(model, who_chose(0), 9, 1)
    with pytest.raises(ConfigError, match="'k'"):
        counterfactual(model, who_chose(0), 1, 0)
