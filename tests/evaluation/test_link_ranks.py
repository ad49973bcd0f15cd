from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import DataError
from kgrec_core.evaluation.link_ranks import precision_recall, rank_metrics, realistic_ranks

NOTHING = np.zeros(0, dtype=np.int64)


def ranks_of(scores: list[float], target: int, excluded: list[int] | None = None) -> float:
    row = np.array([scores], dtype=np.float32)
    others = np.array(excluded or [], dtype=np.int64)
    return float(realistic_ranks(row, np.array([target]), [others])[0])


def test_the_rank_counts_from_one() -> None:
    assert [ranks_of([3.0, 2.0, 1.0], target) for target in range(3)] == [1.0, 2.0, 3.0]


def test_ties_share_the_mean_of_their_ranks() -> None:
    # Scores 2, 1, 1, 1, 0: the three ones hold ranks 2, 3 and 4.
    assert {ranks_of([2.0, 1.0, 1.0, 1.0, 0.0], target) for target in (1, 2, 3)} == {3.0}


def test_a_constant_model_gets_the_middle_wherever_the_target_stands() -> None:
    assert {ranks_of([0.5] * 5, target) for target in range(5)} == {3.0}


def test_other_true_answers_do_not_compete() -> None:
    assert ranks_of([3.0, 2.0, 1.0], 2, excluded=[0]) == 2.0


def test_a_target_among_the_excluded_still_has_its_rank() -> None:
    assert ranks_of([3.0, 2.0, 1.0], 1, excluded=[0, 1]) == 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(DataError, match="not finite"):
        ranks_of([1.0, bad, 0.0], 1)


@given(st.integers(0, 10_000))
def test_ranks_agree_with_a_naive_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_rows, n = int(rng.integers(1, 5)), int(rng.integers(1, 9))
    scores = rng.integers(0, 4, size=(n_rows, n)).astype(np.float32)
    targets = rng.integers(n, size=n_rows)
    excluded = [np.flatnonzero(rng.random(n) < 0.3) for _ in range(n_rows)]
    found = realistic_ranks(scores, targets, excluded)
    for row in range(n_rows):
        others = [i for i in range(n) if i != targets[row] and i not in excluded[row].tolist()]
        own = scores[row, targets[row]]
        best = 1 + sum(scores[row, i] > own for i in others)
        worst = best + sum(scores[row, i] == own for i in others)
        assert found[row] == (best + worst) / 2


def test_metrics_of_ranks_by_hand() -> None:
    metrics = rank_metrics(np.array([1.0, 2.0, 4.0, 20.0]))
    assert metrics["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 20) / 4)
    assert metrics["mean_rank"] == 6.75
    assert [metrics[f"hits@{k}"] for k in (1, 3, 10)] == [0.25, 0.5, 0.75]


@pytest.mark.parametrize("ranks", [[], [0.5], [np.nan]])
def test_impossible_ranks_are_refused(ranks: list[float]) -> None:
    with pytest.raises(DataError):
        rank_metrics(np.array(ranks))


def test_the_curve_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.1], dtype=np.float32)
    curve = precision_recall(scores, np.array([True, True, False, True]))
    assert curve.thresholds.tolist() == pytest.approx([0.9, 0.8, 0.1])
    assert curve.precision.tolist() == pytest.approx([1.0, 2 / 3, 3 / 4])
    assert curve.recall.tolist() == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert curve.average_precision == pytest.approx((1.0 + 2 / 3 + 3 / 4) / 3)


def test_equal_scores_give_the_base_rate_whatever_the_order() -> None:
    scores = np.zeros(4, dtype=np.float32)
    for order in ([True, False, False, False], [False, False, False, True]):
        assert precision_recall(scores, np.array(order)).average_precision == 0.25


def test_a_curve_without_a_true_example_is_refused() -> None:
    with pytest.raises(DataError, match="at least one true"):
        precision_recall(np.zeros(2, dtype=np.float32), np.array([False, False]))


def test_a_curve_over_nan_is_refused() -> None:
    with pytest.raises(DataError, match="not finite"):
        precision_recall(np.array([np.nan, 1.0], dtype=np.float32), np.array([True, False]))


def test_one_entry_of_excluded_per_row_is_needed() -> None:
    with pytest.raises(DataError, match="one entry per row"):
        realistic_ranks(np.zeros((2, 3), dtype=np.float32), np.array([0, 1]), [NOTHING])
