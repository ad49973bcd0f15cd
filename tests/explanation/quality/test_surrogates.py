"""Explanations from outside: they find the order of a model whose order is known."""

from __future__ import annotations

import numpy as np

from kgrec_core.explanation.quality.surrogates import leave_one_out_order, lime_order
from kgrec_core.explanation.rescoring import Rescorer
from kgrec_core.rng import make_rng
from tests.explanation.additive import Additive, history

VALUES = (0.5, -2.0, 3.0, 1.0, 0.0)


def rescorer() -> Rescorer:
    table = np.zeros((7, 7))
    table[:5, 5] = VALUES
    return Rescorer(Additive(table.tolist()), history(range(5)), 5)


def test_leaving_one_out_finds_the_order_of_an_additive_model() -> None:
    assert leave_one_out_order(rescorer()).tolist() == [2, 3, 0, 4, 1]


def test_a_local_linear_model_finds_it_too() -> None:
    assert lime_order(rescorer(), make_rng(0)).tolist() == [2, 3, 0, 4, 1]


def test_leaving_one_out_asks_once_per_unit_and_once_for_all() -> None:
    asked = rescorer()
    leave_one_out_order(asked)
    assert asked.n_scored == 6
