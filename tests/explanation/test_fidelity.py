"""Fidelity of one pair: four measures, chance, rivals, and pairs that have none."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.fidelity import (
    Gap,
    PairFidelity,
    UndefinedFidelity,
    order_fidelity,
    pair_fidelity,
)
from kgrec_core.explanation.masking import only, units_of, without
from kgrec_core.explanation.rescoring import Rescorer
from kgrec_core.recommender.contract import EvidenceUnit, UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.explanation.additive import Additive, OfProfile, history
from tests.recommender.problems import random_problem

# Items 0 to 2 are the history; 3 is explained; 4 and 5 compete with it.
BY_HAND = Additive(
    [
        [0, 0, 0, 4, 1, 0],
        [0, 0, 0, 2, 3, 0],
        [9, 0, 0, -1, 0, 2],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
)


def measured(found: PairFidelity | UndefinedFidelity) -> PairFidelity:
    assert isinstance(found, PairFidelity)
    return found


def test_the_four_measures_of_three_units_are_those_of_the_hand_calculation() -> None:
    found = measured(pair_fidelity(BY_HAND, history([2, 0, 1]), 3, rng=make_rng(0), cutoff=1))
    # Order of the explanation: item 0 (+4), item 1 (+2), item 2 (-1).
    # Without 0: scores 3: 1, 4: 3, 5: 2 -> rank 3. Without 0, 1: -1, 0, 2 -> 3. Without all:
    # 0, 0, 0 -> item 3 has the lowest index -> rank 1.
    own = found.explainer
    assert own.removed_scores == (1, -1, 0)
    assert own.kept_scores == (4, 6, 5)
    assert own.removed_ranks == (3, 3, 1)
    assert own.deletion == pytest.approx(0)
    assert own.insertion == pytest.approx(5)
    assert own.position == pytest.approx(1 / 3)
    assert own.cndcg == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert (found.score, found.rank, found.n_units, found.n_steps) == (5, 1, 3, 3)


def test_items_taken_out_of_the_history_do_not_become_candidates() -> None:
    # Item 0 would score 9 as soon as it is not known any more.
    found = measured(pair_fidelity(BY_HAND, history([2, 0, 1]), 3, rng=make_rng(0)))
    assert max(found.explainer.removed_ranks) <= 3


def test_the_order_of_popularity_and_that_of_recency_are_measured_beside() -> None:
    counts = np.array([1, 5, 3, 0, 0, 0])
    user = history([0, 1, 2], times=[20, 30, 10])
    found = measured(pair_fidelity(BY_HAND, user, 3, rng=make_rng(0), item_counts=counts))
    assert found.popularity is not None
    assert found.popularity.removed_scores == (3, 4, 0)  # 1, then 2, then 0
    assert found.recency is not None
    assert found.recency.removed_scores == (3, -1, 0)  # 1, then 0, then 2


def test_without_times_and_counts_these_orders_are_missing() -> None:
    found = measured(pair_fidelity(BY_HAND, history([0, 1, 2]), 3, rng=make_rng(0)))
    assert found.popularity is None
    assert found.recency is None


def test_no_more_than_the_asked_number_of_units_go() -> None:
    found = measured(
        pair_fidelity(BY_HAND, history([0, 1, 2]), 3, rng=make_rng(0), max_units=2, n_orders=5)
    )
    assert found.explainer.removed_scores == (1, -1)
    assert len(found.random) == 5
    assert all(len(order.removed_ranks) == 2 for order in found.random)


def test_the_named_reasons_are_compared_with_sets_of_their_size() -> None:
    user, named = history([0, 1, 2]), [EvidenceUnit("item", 0)]
    found = measured(pair_fidelity(BY_HAND, user, 3, rng=make_rng(0), named=named)).named
    assert (found.comprehensiveness, found.sufficiency) == (4, 1)
    assert (found.rank_without, found.rank_alone) == (3, 1)
    assert set(found.random_comprehensiveness) == {4, 2, -1}
    assert found.gap is not None
    assert found.gap.n_beaten == sum(value < 4 for value in found.random_comprehensiveness)


def test_when_everything_is_named_there_is_no_other_set() -> None:
    user = history([0, 1, 2])
    found = measured(pair_fidelity(BY_HAND, user, 3, rng=make_rng(0), named=units_of(user)))
    assert found.named.gap is None


def test_a_gap_tells_mean_interval_and_how_many_are_beaten() -> None:
    gap = Gap.of(np.array([-1.0, 0.0, 1.0, 2.0]))
    assert (gap.mean, gap.n_beaten, gap.n_random) == (0.5, 2, 4)
    assert gap.low == pytest.approx(-0.925)
    assert gap.high == pytest.approx(1.925)
    assert not gap.is_clear


@pytest.mark.parametrize(
    ("recommender", "items", "reason"),
    [
        (BY_HAND, [], "no evidence"),
        (BY_HAND, [0], "one unit"),
        (OfProfile(BY_HAND.weights.tolist()), [0, 1], "profile only"),
        (BY_HAND, [4, 5], "silent"),
    ],
)
def test_a_pair_without_fidelity_says_why(
    recommender: Additive, items: list[int], reason: str
) -> None:
    found = pair_fidelity(recommender, history(items), 3, rng=make_rng(0))
    assert isinstance(found, UndefinedFidelity)
    assert found.reason == reason
    assert found.words.endswith(".")


def test_an_order_of_another_explainer_can_be_measured_where_the_model_names_nothing() -> None:
    order = np.array([0, 1, 2])
    model = OfProfile(BY_HAND.weights.tolist())
    found = measured(pair_fidelity(model, history([0, 1, 2]), 3, rng=make_rng(0), order=order))
    assert found.explainer.removed_scores == (1, -1, 0)


def test_an_unknown_item_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="position 6"):
        pair_fidelity(BY_HAND, history([0, 1]), 6, rng=make_rng(0))


@pytest.mark.parametrize("setting", ["n_orders", "max_units", "cutoff"])
def test_settings_below_one_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match=setting):
        pair_fidelity(BY_HAND, history([0, 1]), 3, rng=make_rng(0), **{setting: 0})


@pytest.fixture(scope="module")
def fusion() -> tuple[FusionRecommender, UserEvidence]:
    data = random_problem(3, n_users=14, n_items=20)
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    known = data.known()
    return recommender, UserEvidence.of_user(known, int(known.user_counts().argmax()))


def test_the_fusion_model_gives_what_a_naive_loop_gives(
    fusion: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fusion
    item = int(top_k(recommender.score([user]), [user.item_indices], 1)[0, 0])
    found = measured(pair_fidelity(recommender, user, item, rng=make_rng(0), max_units=4))
    values: dict[EvidenceUnit, float] = dict.fromkeys(units_of(user), 0.0)
    for term in recommender.explain(user, item).contributions:
        values[term.evidence] += term.value
    order = sorted(values, key=lambda unit: -values[unit])
    for n in range(1, 5):
        left = without(user, order[:n])
        scores = recommender.score([left])
        ranked = top_k(scores, [user.item_indices], recommender.n_items)[0].tolist()
        assert found.explainer.removed_scores[n - 1] == pytest.approx(scores[0, item], abs=1e-6)
        assert found.explainer.removed_ranks[n - 1] == ranked.index(item) + 1
        alone = recommender.score([only(user, order[:n])])[0, item]
        assert found.explainer.kept_scores[n - 1] == pytest.approx(alone, abs=1e-6)
    assert found.explainer.cndcg == pytest.approx(
        sum(1 / math.log2(1 + rank) for rank in found.explainer.removed_ranks) / 4
    )


def test_the_same_part_of_the_evidence_is_scored_once(
    fusion: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fusion
    rescorer = Rescorer(recommender, user, 0)
    rescorer.of_all([rescorer.whole, frozenset([0]), rescorer.whole])
    rescorer.of(frozenset([0]))
    assert rescorer.n_scored == 2


@settings(max_examples=40)
@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=5).filter(any),
    st.integers(1, 5),
    st.integers(0, 3),
)
def test_no_order_of_an_additive_model_beats_that_of_its_contributions(
    weights: list[int], n_steps: int, seed: int
) -> None:
    n = len(weights)
    table = np.zeros((n + 2, n + 2))
    table[:n, n] = weights
    model, user = Additive(table.tolist()), history(range(n))
    found = measured(pair_fidelity(model, user, n, rng=make_rng(seed), max_units=n_steps))
    everything = [np.array(order) for order in itertools.permutations(range(n))]
    others = order_fidelity(Rescorer(model, user, n), everything, found.n_steps, 10)
    assert found.explainer.deletion <= min(order.deletion for order in others) + 1e-9
    assert found.explainer.insertion >= max(order.insertion for order in others) - 1e-9
    assert found.gap("deletion").mean >= -1e-9
