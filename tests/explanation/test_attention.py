"""Attention per unit of evidence and its spread over seeds."""

from __future__ import annotations

import pytest

from kgrec_core.explanation.attention import attention_spread, unit_attention
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    Modality,
    PairExplanation,
)

FIRST, SECOND = EvidenceUnit("item", 1), EvidenceUnit("item", 2)


def told(*terms: tuple[Modality, EvidenceUnit, float, float]) -> PairExplanation:
    parts = [
        Contribution(modality, unit, attention * gate, attention, gate, 1.0)
        for modality, unit, attention, gate in terms
    ]
    return PairExplanation(0, 0.0, 0.0, tuple(parts))


def test_attention_of_a_unit_is_averaged_by_gate() -> None:
    pair = told(("graph", FIRST, 0.2, 1.0), ("text", FIRST, 0.6, 3.0))
    assert unit_attention(pair) == {FIRST: pytest.approx((0.2 + 1.8) / 4)}


def test_without_gates_the_mean_is_plain() -> None:
    pair = told(("graph", FIRST, 0.2, 0.0), ("text", FIRST, 0.6, 0.0))
    assert unit_attention(pair) == {FIRST: pytest.approx(0.4)}


def test_a_unit_that_is_silent_under_one_seed_has_no_weight_there() -> None:
    spread = attention_spread(
        [
            told(("graph", FIRST, 0.5, 1.0), ("graph", SECOND, 0.3, 1.0)),
            told(("graph", FIRST, 0.7, 1.0)),
        ]
    )
    assert (spread[FIRST].low, spread[FIRST].high) == (0.5, 0.7)
    assert spread[FIRST].mean == pytest.approx(0.6)
    assert (spread[SECOND].low, spread[SECOND].mean) == (0.0, pytest.approx(0.15))
