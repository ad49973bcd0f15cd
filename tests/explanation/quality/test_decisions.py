"""Named reasons that decide, and reasons by share of the evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.explanation.fidelity import PairFidelity, pair_fidelity
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.quality.decisions import (
    characterization,
    decision,
    named_units,
    share_effects,
)
from kgrec_core.explanation.rescoring import Rescorer
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, PairExplanation
from kgrec_core.rng import make_rng
from tests.explanation.additive import Additive, history
from tests.recommender.problems import graph_of

# Items 0 to 2 are known, 3 is explained, 4 competes: without item 0 it wins.
MODEL = Additive([[0, 0, 0, 4, 0], [0, 0, 0, 1, 2], [0, 0, 0, 1, 1], [0] * 5, [0] * 5])


def fidelity(named: list[EvidenceUnit], cutoff: int = 1) -> PairFidelity:
    user = history([0, 1, 2])
    found = pair_fidelity(MODEL, user, 3, rng=make_rng(0), cutoff=cutoff, named=named)
    assert isinstance(found, PairFidelity)
    return found


def test_reasons_that_carry_the_item_are_necessary_and_sufficient() -> None:
    found = decision(fidelity([EvidenceUnit("item", 0)]))
    assert found is not None
    assert (found.leaves_without, found.stays_alone, found.n_named) == (True, True, 1)


def test_reasons_that_do_not_carry_it_are_neither() -> None:
    found = decision(fidelity([EvidenceUnit("item", 1)]))
    assert found is not None
    assert (found.leaves_without, found.stays_alone) == (False, False)


def test_an_item_that_is_not_listed_decides_nothing() -> None:
    found = pair_fidelity(MODEL, history([1, 2]), 3, rng=make_rng(0), cutoff=1)
    assert isinstance(found, PairFidelity)
    assert decision(found) is None


def test_the_named_units_are_those_of_sentences_that_speak_for_the_item() -> None:
    values = {0: 0.5, 1: -0.9, 2: 0.4, 3: 0.1}
    terms = tuple(
        Contribution("collaborative", EvidenceUnit("item", item), value, 1.0, 1.0, value)
        for item, value in values.items()
    )
    names = Names(graph_of(5, [], []), ("a", "b", "c", "d", "e"))
    found = named_units(PairExplanation(4, 0.1, 0.0, terms), names)
    assert found == (EvidenceUnit("item", 0), EvidenceUnit("item", 2))


def test_the_effects_by_share_are_those_of_the_hand_calculation() -> None:
    # Three units: 1 to 20 % are one unit, 50 % are two.
    found = share_effects(Rescorer(MODEL, history([0, 1, 2]), 3), [np.array([0, 1, 2])])[0]
    assert found.comprehensiveness == pytest.approx((4 * 4 + 5) / 5)
    assert found.sufficiency == pytest.approx((4 * 2 + 1) / 5)


def test_several_orders_are_answered_in_their_order() -> None:
    rescorer = Rescorer(MODEL, history([0, 1, 2]), 3)
    orders = [np.array([0, 1, 2]), np.array([2, 1, 0])]
    both = share_effects(rescorer, orders)
    assert both == [*share_effects(rescorer, orders[:1]), *share_effects(rescorer, orders[1:])]
    assert both[1].comprehensiveness == pytest.approx((4 * 1 + 2) / 5)


def test_characterization_is_the_harmonic_mean() -> None:
    assert characterization(0.5, 1.0) == pytest.approx(2 / 3)
    assert characterization(0.0, 0.0) == 0
    assert characterization(None, 1.0) is None


@given(st.floats(0.01, 1), st.floats(0.01, 1))
def test_characterization_lies_between_its_parts(first: float, second: float) -> None:
    found = characterization(first, second)
    assert found is not None
    assert min(first, second) - 1e-9 <= found <= max(first, second) + 1e-9
