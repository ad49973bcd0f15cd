"""Attention against deletions, shuffled weights, and weights that do not know the item."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.explanation.quality.attention_tests import (
    attention_agreement,
    attention_change,
    shuffle_effect,
)
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, PairExplanation
from kgrec_core.rng import make_rng


def pair(*parts: tuple[int, float, float]) -> PairExplanation:
    """Terms of (item, attention, kernel)."""
    terms = [
        Contribution("collaborative", EvidenceUnit("item", i), a * kernel, a, 1.0, kernel)
        for i, a, kernel in parts
    ]
    return PairExplanation(9, 0.0, 0.0, tuple(terms))


UNITS = [EvidenceUnit("item", item) for item in range(4)]


def test_attention_that_ranks_like_deletions_agrees_fully() -> None:
    told = pair((0, 0.5, 1.0), (2, 0.2, 1.0), (3, 0.3, 1.0))
    effects = np.array([3.0, 99.0, 1.0, 2.0])  # unit 1 says nothing and is left out
    assert attention_agreement(told, UNITS, effects) == pytest.approx(1.0)
    assert attention_agreement(told, UNITS, -effects) == pytest.approx(-1.0)


def test_shuffling_equal_weights_changes_nothing() -> None:
    told = pair((0, 0.5, 1.0), (1, 0.5, 7.0))
    assert shuffle_effect(told, make_rng(0)) == 0


def test_shuffling_weights_of_equal_kernels_changes_nothing() -> None:
    told = pair((0, 0.9, 2.0), (1, 0.1, 2.0))
    assert shuffle_effect(told, make_rng(0)) == pytest.approx(0)


def test_a_shuffle_of_two_weights_moves_the_score_by_what_they_differ() -> None:
    # Turned round, the score goes from 0.8 * 1 to 0.2 * 1: 0.6 of 0.8.
    told = pair((0, 0.8, 1.0), (1, 0.2, 0.0))
    found = {shuffle_effect(told, make_rng(seed), n_shuffles=1) or 0.0 for seed in range(20)}
    assert sorted(found) == pytest.approx([0.0, 0.75])


def test_one_unit_cannot_be_shuffled() -> None:
    assert shuffle_effect(pair((0, 1.0, 1.0)), make_rng(0)) is None


def test_weights_that_stay_from_item_to_item_are_global() -> None:
    assert attention_change([pair((0, 0.4, 1.0)), pair((0, 0.4, 5.0))]) == 0
    assert attention_change([pair((0, 0.2, 1.0)), pair((0, 0.6, 1.0))]) == pytest.approx(1.0)
    assert attention_change([pair((0, 0.2, 1.0))]) is None
