"""Ranked lists and their metrics, against values by hand and naive loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.ranking import (
    METRIC_NAMES,
    average_precision_at_k,
    hit_rate_at_k,
    metrics_of_hits,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank,
    top_k,
)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def scores(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


NOTHING = ints()

# Hits at ranks 2 and 4; item 8 is not found.
RANKED, RELEVANT = ints(5, 3, 9, 7, 1), ints(3, 7, 8)


def test_the_best_items_come_first() -> None:
    found = top_k(scores([0.1, 0.9, 0.5]), [NOTHING], 2)
    assert found.tolist() == [[1, 2]]
    assert found.dtype == np.int64


def test_equal_scores_are_settled_by_the_lower_index_also_at_the_border() -> None:
    assert top_k(scores([1, 2, 1, 2, 1]), [NOTHING], 4).tolist() == [[1, 3, 0, 2]]


def test_excluded_items_are_not_shown() -> None:
    found = top_k(scores([3, 2, 1], [3, 2, 1]), [ints(0), ints(1, 2)], 2)
    assert found.tolist() == [[1, 2], [0, -1]]


def test_lists_are_filled_with_minus_one_when_k_is_larger_than_the_catalog() -> None:
    assert top_k(scores([1, 2]), [NOTHING], 4).tolist() == [[1, 0, -1, -1]]


def test_everything_excluded_gives_only_padding() -> None:
    assert top_k(scores([1, 2]), [ints(0, 1)], 2).tolist() == [[-1, -1]]


def test_no_rows_give_no_lists() -> None:
    assert top_k(np.zeros((0, 5), dtype=np.float32), [], 3).shape == (0, 3)


def test_a_catalog_without_items_gives_only_padding() -> None:
    assert top_k(np.zeros((1, 0), dtype=np.float32), [NOTHING], 2).tolist() == [[-1, -1]]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(DataError, match="not finite"):
        top_k(scores([1, bad]), [NOTHING], 1)


def test_the_scores_are_not_changed() -> None:
    given_scores = scores([3, 2, 1])
    top_k(given_scores, [ints(0)], 2)
    assert given_scores.tolist() == [[3, 2, 1]]


def test_one_list_of_excluded_items_per_row_is_required() -> None:
    with pytest.raises(DataError, match="one entry per row"):
        top_k(scores([1, 2]), [], 1)


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=4),
    st.sets(st.integers(0, 5)),
    st.integers(1, 8),
)
def test_ranking_equals_sorting_by_score_then_index(
    rows: list[list[int]], excluded: set[int], k: int
) -> None:
    found = top_k(scores(*rows), [ints(*sorted(excluded))] * len(rows), k)
    for row, ranked in zip(rows, found.tolist(), strict=True):
        best = sorted(set(range(6)) - excluded, key=lambda i: (-row[i], i))[:k]
        assert ranked == best + [-1] * (k - len(best))


def test_recall_is_hits_by_relevant_items() -> None:
    assert recall_at_k(RANKED, RELEVANT, 2) == pytest.approx(1 / 3)
    assert recall_at_k(RANKED, RELEVANT, 5) == pytest.approx(2 / 3)


def test_precision_is_hits_by_k() -> None:
    assert precision_at_k(RANKED, RELEVANT, 4) == pytest.approx(2 / 4)


def test_precision_divides_by_k_when_the_list_is_shorter() -> None:
    assert precision_at_k(ints(3), RELEVANT, 10) == pytest.approx(1 / 10)


def test_ndcg_discounts_by_the_logarithm_of_the_rank() -> None:
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at_k(RANKED, RELEVANT, 5) == pytest.approx(gain / ideal)


def test_ndcg_reaches_one_with_fewer_relevant_items_than_places() -> None:
    assert ndcg_at_k(ints(3, 7, 0, 1), ints(7, 3), 4) == pytest.approx(1.0)


def test_ndcg_reaches_one_with_more_relevant_items_than_places() -> None:
    assert ndcg_at_k(ints(3, 7), ints(1, 3, 7, 9), 2) == pytest.approx(1.0)


def test_hit_rate_is_one_from_the_first_hit_on() -> None:
    assert [hit_rate_at_k(RANKED, RELEVANT, k) for k in (1, 2, 5)] == [0.0, 1.0, 1.0]


def test_average_precision_is_normalized_by_what_could_be_found() -> None:
    assert average_precision_at_k(RANKED, RELEVANT, 5) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert average_precision_at_k(RANKED, RELEVANT, 2) == pytest.approx((1 / 2) / 2)


def test_reciprocal_rank_counts_from_one() -> None:
    assert reciprocal_rank(RANKED, RELEVANT) == pytest.approx(1 / 2)
    assert reciprocal_rank(ints(1, 2), ints(3)) == 0.0
    assert reciprocal_rank(ints(), ints(3)) == 0.0


def test_padding_is_never_a_hit() -> None:
    padded = ints(5, 3, -1, -1)
    assert recall_at_k(padded, ints(3), 4) == 1.0
    assert precision_at_k(padded, ints(3), 4) == 0.25
    assert recall_at_k(ints(-1, -1), ints(3), 2) == 0.0


def test_nothing_relevant_is_an_error() -> None:
    with pytest.raises(DataError, match="held-out"):
        recall_at_k(RANKED, ints(), 5)


@pytest.mark.parametrize("k", [0, -1])
def test_a_cutoff_below_one_is_refused(k: int) -> None:
    with pytest.raises(ConfigError, match="'k' must be a positive integer"):
        ndcg_at_k(RANKED, RELEVANT, k)
    with pytest.raises(ConfigError, match="'k' must be a positive integer"):
        top_k(scores([1, 2]), [NOTHING], k)


def naive(name: str, hits: list[bool], n_relevant: int, k: int) -> float:
    """The definitions once more, as loops."""
    shown = hits[:k]
    gain = sum(1 / math.log2(rank + 1) for rank, hit in enumerate(shown, 1) if hit)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, n_relevant) + 1))
    precisions = [sum(shown[:rank]) / rank for rank, hit in enumerate(shown, 1) if hit]
    firsts = [1 / rank for rank, hit in enumerate(shown, 1) if hit]
    return {
        "recall": sum(shown) / n_relevant,
        "precision": sum(shown) / k,
        "ndcg": gain / ideal,
        "hit_rate": float(any(shown)),
        "map": sum(precisions) / min(k, n_relevant),
        "mrr": firsts[0] if firsts else 0.0,
    }[name]


@given(st.integers(0, 7), st.data())
def test_all_metrics_equal_naive_loops(n_ranked: int, data: st.DataObject) -> None:
    row = st.lists(st.booleans(), min_size=n_ranked, max_size=n_ranked)
    hits = data.draw(st.lists(row, min_size=1, max_size=4))
    extra = [data.draw(st.integers(0 if any(row) else 1, 4)) for row in hits]
    n_relevant = [sum(row) + more for row, more in zip(hits, extra, strict=True)]
    table = np.array(hits, dtype=np.bool_).reshape(len(hits), n_ranked)
    found = metrics_of_hits(table, ints(*n_relevant), (1, 3, 10))
    assert set(found) == {f"{name}@{k}" for name in METRIC_NAMES for k in (1, 3, 10)}
    for key, values in found.items():
        name, k = key.split("@")
        expected = [naive(name, h, n, int(k)) for h, n in zip(hits, n_relevant, strict=True)]
        np.testing.assert_allclose(values, expected, rtol=1e-6)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1), st.permutations(range(6)))
def test_renaming_the_items_changes_no_metric(
    ranked: list[int], relevant: set[int], names: list[int]
) -> None:
    renamed = [names[item] for item in ranked]
    for metric in (recall_at_k, precision_at_k, ndcg_at_k, hit_rate_at_k, average_precision_at_k):
        before = metric(ints(*ranked), ints(*relevant), 3)
        after = metric(ints(*renamed), ints(*(names[item] for item in relevant)), 3)
        assert before == after


@given(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1), st.integers(1, 8))
def test_accuracy_lies_between_zero_and_one(ranked: list[int], relevant: set[int], k: int) -> None:
    hits = np.isin(ranked, list(relevant))[None, :]
    for values in metrics_of_hits(hits, ints(len(relevant)), (k,)).values():
        assert 0.0 <= values[0] <= 1.0 + 1e-6
