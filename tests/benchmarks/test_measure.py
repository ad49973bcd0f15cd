"""Lists of other libraries are judged by our measures, and refused when they cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.peers.export_split import atomic_files, fingerprint_of_files
from benchmarks.peers.measure import chosen_records, judged, markdown, rank_from_lists
from benchmarks.peers.records import JOINED
from kgrec_core.errors import DataError, UnknownIdError
from tests.benchmarks.problems import TEST_LISTS, record_of, small_problem

PROBLEM = small_problem()
SPLIT = fingerprint_of_files(atomic_files(PROBLEM))


def test_lists_become_item_indices_filled_up_with_minus_one() -> None:
    rank = rank_from_lists(record_of(), PROBLEM, k=3)

    item = PROBLEM.dataset.items.index_of
    expected = [[item("i3"), item("i4"), -1], [item("i3"), item("i4"), -1]]
    assert rank(np.array([1, 0])).tolist() == expected


def test_a_longer_list_is_cut() -> None:
    rank = rank_from_lists(record_of(), PROBLEM, k=1)

    assert rank(np.array([0])).tolist() == [[PROBLEM.dataset.items.index_of("i3")]]


def test_metrics_of_lists_are_those_worked_out_by_hand() -> None:
    row = judged(PROBLEM, [record_of(split=SPLIT)])[0]

    second = 1 / math.log2(3)
    assert row.result.n_users == 2
    assert row.result.metrics["recall@20"] == pytest.approx((1 + 1 / 2) / 2)
    assert row.result.metrics["mrr@10"] == pytest.approx((1 + 1 / 2) / 2)
    assert row.result.metrics["ndcg@20"] == pytest.approx((1 + second / (1 + second)) / 2)


def test_a_test_user_without_a_list_is_named() -> None:
    with pytest.raises(DataError, match="no list for the test user 'u1'"):
        rank_from_lists(record_of({"u0": ["i3"]}), PROBLEM)


@pytest.mark.parametrize("items", [["i3", "i3"], ["i3", "i0"], ["i3", "i2"]])
def test_a_list_with_a_double_or_a_seen_item_is_refused(items: list[str]) -> None:
    with pytest.raises(DataError, match="list of user 'u0' holds an item twice or one"):
        rank_from_lists(record_of(TEST_LISTS | {"u0": items}), PROBLEM)


def test_an_unknown_item_is_named() -> None:
    with pytest.raises(UnknownIdError, match="no item 'i99'"):
        rank_from_lists(record_of(TEST_LISTS | {"u0": ["i99"]}), PROBLEM)


def test_a_record_of_another_split_is_refused() -> None:
    with pytest.raises(DataError, match="was made for the split 0000"):
        judged(PROBLEM, [record_of(split="0000")])


def test_of_each_model_the_best_trial_and_its_joined_fit_are_kept() -> None:
    best = record_of(trial=1, validation=0.6, capped=True)
    joined = record_of(trial=1, fitted_on=JOINED, validation=None)
    outdated = record_of(trial=0, fitted_on=JOINED, validation=None)
    other = record_of(model="EASE", trial=0)

    chosen = chosen_records([record_of(trial=0), best, joined, outdated, other])

    assert chosen == [(best, 2, 1), (joined, 2, 1), (other, 1, 0)]


def test_a_joined_fit_without_trials_is_kept() -> None:
    joined = record_of(fitted_on=JOINED, validation=None)

    assert chosen_records([joined]) == [(joined, 0, 0)]


def test_the_reference_is_compared_with_the_others_user_by_user() -> None:
    better = record_of(
        {"u0": ["i3"], "u1": ["i4", "i1"]}, split=SPLIT, model="EASE", fitted_on=JOINED
    )
    rows = judged(PROBLEM, [record_of(split=SPLIT), better], "recbole:EASE")

    differences = {row.record.model: row.difference for row in rows}
    second = 1 / math.log2(3)
    assert differences["EASE"] is None
    assert differences["BPR"] is not None
    assert differences["BPR"][0] == pytest.approx((1 - second / (1 + second)) / 2)


def test_the_table_shows_the_capped_trials_and_how_far_the_own_figures_are_off() -> None:
    own = judged(PROBLEM, [record_of(split=SPLIT)])[0].result.metrics
    shifted = [("recall@20", own["recall@20"] - 0.25), ("ndcg@20", own["ndcg@20"])]
    rows = judged(PROBLEM, [record_of(split=SPLIT, capped=True, own=shifted)])

    cells = [cell.strip() for cell in markdown(rows).splitlines()[-1].split("|")]

    assert cells[1:3] == ["recbole 1.2.1 BPR", "train"]
    assert cells[3] == "0.7500"
    assert "1 (1)" in cells
    assert "2e-01" in cells
