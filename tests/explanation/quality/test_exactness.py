"""What a deletion does: told, with fixed weights, and in total."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.explanation.masking import units_of, without
from kgrec_core.explanation.quality.exactness import (
    direct_effects,
    kendall_tau,
    largest_path_gap,
    leave_one_out,
    told_effects,
)
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.explanation.additive import Additive, history
from tests.recommender.problems import checkerboard, random_problem


@pytest.fixture(scope="module")
def fusion() -> tuple[FusionRecommender, UserEvidence]:
    data = random_problem(3, n_users=14, n_items=20)
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    return recommender, UserEvidence.of_user(data.known(), 2)


def test_total_effects_are_those_of_scoring_again_one_by_one(
    fusion: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fusion
    found = leave_one_out(recommender, user, [4, 9])
    whole = recommender.score([user])[0]
    for item in (4, 9):
        expected = [
            whole[item] - recommender.score([without(user, [unit])])[0, item]
            for unit in units_of(user)
        ]
        assert found[item] == pytest.approx(np.array(expected), abs=1e-6)


def test_with_fixed_weights_a_deletion_takes_off_the_contribution(
    fusion: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fusion
    direct = direct_effects(recommender, user, list(range(20)))
    assert direct is not None
    for item in range(20):
        told = told_effects(recommender.explain(user, item), user)
        assert direct[item] == pytest.approx(told, abs=1e-5)


def test_this_also_holds_for_items_that_nobody_chose_and_for_named_interests() -> None:
    data = checkerboard(n_extra=3)
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    user = UserEvidence(
        np.array([2, 4, 9]),
        np.ones(3, dtype=np.float32),
        np.full(3, -(2**63), dtype=np.int64),
        entity_indices=np.array([data.graph.n_items]),
    )
    cold = data.graph.n_items - 1
    direct = direct_effects(recommender, user, [cold, 6])
    assert direct is not None
    for item in (cold, 6):
        told = told_effects(recommender.explain(user, item), user)
        assert np.abs(told).max() > 0
        assert direct[item] == pytest.approx(told, abs=1e-5)


def test_the_total_effect_differs_where_weights_move(
    fusion: tuple[FusionRecommender, UserEvidence],
) -> None:
    recommender, user = fusion
    told = told_effects(recommender.explain(user, 4), user)
    assert np.abs(leave_one_out(recommender, user, [4])[4] - told).max() > 1e-4


def test_a_model_without_weights_of_its_own_has_no_fixed_ones() -> None:
    assert direct_effects(Additive([[1, 0], [0, 1]]), history([0]), [1]) is None


def test_kendalls_tau_by_hand() -> None:
    # Of the six pairs (1,2) (1,3) (1,4) (2,3) (2,4) (3,4) one is turned round.
    first, second = np.array([1.0, 2, 3, 4]), np.array([1.0, 3, 2, 4])
    assert kendall_tau(first, second) == pytest.approx((5 - 1) / 6)


def test_a_constant_list_has_no_tau() -> None:
    assert kendall_tau(np.array([1.0, 1.0]), np.array([1.0, 2.0])) is None


def test_paths_that_do_not_add_up_are_noticed() -> None:
    paths = (PathContribution((0, 5, 1), (0, 1), 0.25), PathContribution((0, 6, 1), (2, 3), 0.5))
    unit = EvidenceUnit("item", 0)
    exact = Contribution("graph", unit, 0.75, 1.0, 1.0, 0.75, paths)
    wrong = Contribution("graph", unit, 1.0, 1.0, 1.0, 1.0, paths)
    plain = Contribution("text", unit, 1.0, 1.0, 1.0, 1.0)
    assert largest_path_gap(PairExplanation(1, 0.75, 0.0, (exact, plain))) == 0
    assert largest_path_gap(PairExplanation(1, 1.0, 0.0, (exact, wrong))) == pytest.approx(0.25)
    assert largest_path_gap(PairExplanation(1, 1.0, 0.0, (plain,))) is None


def test_a_graph_term_without_a_path_is_noticed() -> None:
    unit = EvidenceUnit("item", 0)
    bare = Contribution("graph", unit, 0.5, 1.0, 1.0, 0.5)
    assert largest_path_gap(PairExplanation(1, 0.5, 0.0, (bare,))) == 0.5
