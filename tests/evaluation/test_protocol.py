"""The protocol on splits that can be judged by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kgrec_core.contracts import IndexArray, Progress
from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.protocol import EvaluationResult, evaluate, paired_difference
from kgrec_core.evaluation.ranking import ndcg_at_k, recall_at_k
from kgrec_core.rng import make_rng
from tests.graph_samples import interactions_of

# Users 0, 1 are warm, 2 is cold, 3 has no test item. Items 0, 1 are warm, 2 to 4 are cold.
SPLIT = Split(
    "random",
    train=interactions_of([(0, 0), (1, 1), (3, 0)], 4, 5),
    validation=interactions_of([(1, 0)], 4, 5),
    test=interactions_of([(0, 1), (0, 2), (1, 3), (2, 0)], 4, 5),
)
LISTS = np.array([[1, 4, 2], [4, 3, -1], [1, 0, 2], [0, 1, 2]], dtype=np.int64)


def by_table(user_indices: IndexArray) -> IndexArray:
    return LISTS[user_indices]


@pytest.fixture(scope="module")
def result() -> EvaluationResult:
    return evaluate(by_table, SPLIT, ks=(1, 3), rng=make_rng(0))


def test_users_without_test_items_are_left_out(result: EvaluationResult) -> None:
    assert result.n_users == 3
    assert result.user_indices.tolist() == [0, 1, 2]


def test_metrics_are_means_over_users(result: EvaluationResult) -> None:
    assert result.metrics["recall@1"] == pytest.approx((1 / 2 + 0 + 0) / 3)
    assert result.metrics["recall@3"] == pytest.approx(1.0)
    assert result.metrics["mrr@3"] == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert result.metrics["precision@3"] == pytest.approx((2 + 1 + 1) / 9)
    assert result.metrics["hit_rate@1"] == pytest.approx(1 / 3)
    assert result.metrics["map@3"] == pytest.approx(((1 + 2 / 3) / 2 + 1 / 2 + 1 / 2) / 3)


def test_the_values_of_each_user_are_kept(result: EvaluationResult) -> None:
    relevant = SPLIT.relevant_by_user()
    for row, user in enumerate(result.user_indices.tolist()):
        found = result.per_user["ndcg@3"][row]
        assert found == pytest.approx(ndcg_at_k(LISTS[user], relevant[user], 3))


def test_coverage_and_novelty_are_about_the_lists_of_evaluated_users(
    result: EvaluationResult,
) -> None:
    assert result.metrics["coverage@1"] == pytest.approx(2 / 5)  # items 1 and 4
    # Three users have training items. Item 1 is known to one of them, item 4 to none.
    assert result.metrics["novelty@1"] == pytest.approx((1 + 2 + 1) / 3)


def test_cold_items_count_as_relevant_alone(result: EvaluationResult) -> None:
    part = result.slices["cold items"]
    # User 0 has item 2 at rank 3, user 1 has item 3 at rank 2, user 2 has no cold test item.
    assert (part.n_users, part.n_left_out) == (2, 1)
    assert part.metrics["recall@3"] == pytest.approx(1.0)
    assert part.metrics["mrr@3"] == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_warm_items_count_as_relevant_alone(result: EvaluationResult) -> None:
    part = result.slices["warm items"]
    assert (part.n_users, part.n_left_out) == (2, 1)
    assert part.metrics["mrr@3"] == pytest.approx((1 + 1 / 2) / 2)


def test_users_are_sliced_by_what_training_knows_of_them(result: EvaluationResult) -> None:
    cold, warm = result.slices["cold users"], result.slices["warm users"]
    assert (cold.n_users, warm.n_users) == (1, 2)
    assert cold.metrics["mrr@3"] == pytest.approx(1 / 2)
    assert warm.metrics["mrr@3"] == pytest.approx((1 + 1 / 2) / 2)


def test_a_slice_without_users_is_empty() -> None:
    split = Split(
        "random",
        train=interactions_of([(0, 0), (0, 1)], 1, 3),
        validation=interactions_of([], 1, 3),
        test=interactions_of([(0, 2)], 1, 3),
    )
    result = evaluate(lambda users: np.array([[2]]), split, ks=(1,), rng=make_rng(0))
    part = result.slices["warm items"]
    assert (part.n_users, part.n_left_out, part.metrics, part.intervals) == (0, 1, {}, {})


def test_intervals_hold_the_mean(result: EvaluationResult) -> None:
    assert set(result.intervals) == set(result.per_user)
    for name, (low, high) in result.intervals.items():
        assert low <= result.metrics[name] + 1e-12
        assert high >= result.metrics[name] - 1e-12


def test_equal_users_have_an_interval_without_width() -> None:
    test = interactions_of([(user, 0) for user in range(5)], 5, 2)
    split = Split("random", interactions_of([(0, 1)], 5, 2), interactions_of([], 5, 2), test)
    found = evaluate(lambda users: np.zeros((users.size, 1), int), split, ks=(1,), rng=make_rng(1))
    assert found.intervals["recall@1"] == (1.0, 1.0)


def test_the_interval_has_the_width_of_the_normal_approximation() -> None:
    # 400 users of whom 25 % have a hit: standard error sqrt(0.25 * 0.75 / 400) = 0.02165
    n = 400
    test = interactions_of([(user, 0) for user in range(n)], n, 2)
    split = Split("random", interactions_of([(0, 1)], n, 2), interactions_of([], n, 2), test)
    found = evaluate(
        lambda users: (users[:, None] % 4 > 0).astype(np.int64), split, ks=(1,), rng=make_rng(2)
    )
    low, high = found.intervals["recall@1"]
    assert high - low == pytest.approx(2 * 1.96 * 0.02165, rel=0.12)


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    def run(seed: int) -> dict[str, tuple[float, float]]:
        n = 60
        rng = np.random.default_rng(5)
        pairs = [(user, int(rng.integers(8))) for user in range(n)]
        empty = interactions_of([(0, 8)], n, 9)
        split = Split("random", empty, interactions_of([], n, 9), interactions_of(pairs, n, 9))
        lists = np.tile(np.arange(4), (n, 1))
        return evaluate(lambda users: lists[users], split, ks=(4,), rng=make_rng(seed)).intervals

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_users_come_in_batches_of_at_most_256_and_progress_is_told() -> None:
    n = 600
    split = Split(
        "random",
        interactions_of([(0, 1)], n, 2),
        interactions_of([], n, 2),
        interactions_of([(user, 0) for user in range(n)], n, 2),
    )
    sizes: list[int] = []
    heard: list[Progress] = []

    def rank(users: IndexArray) -> IndexArray:
        sizes.append(users.size)
        return np.zeros((users.size, 1), dtype=np.int64)

    evaluate(rank, split, ks=(1,), rng=make_rng(0), on_progress=heard.append)
    assert sizes == [256, 256, 88]
    assert [(p.done, p.total) for p in heard] == [(256, 600), (512, 600), (600, 600)]


def test_longer_lists_are_cut_at_the_largest_cutoff(result: EvaluationResult) -> None:
    cut = evaluate(by_table, SPLIT, ks=(1,), rng=make_rng(0))
    assert cut.metrics["recall@1"] == result.metrics["recall@1"]
    relevant = SPLIT.relevant_by_user()
    assert cut.per_user["recall@1"][0] == pytest.approx(recall_at_k(LISTS[0], relevant[0], 1))


def test_lists_that_are_too_short_are_refused() -> None:
    with pytest.raises(ConfigError, match="'rank' must give lists of shape"):
        evaluate(by_table, SPLIT, ks=(10,), rng=make_rng(0))


@pytest.mark.parametrize("ks", [(), (0, 5)])
def test_cutoffs_below_one_are_refused(ks: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="'ks'"):
        evaluate(by_table, SPLIT, ks=ks, rng=make_rng(0))


def test_a_split_without_test_items_is_refused_with_a_way_out() -> None:
    empty = Split("none", SPLIT.train, SPLIT.validation, interactions_of([], 4, 5))
    with pytest.raises(DataError, match="Train with a split that holds out"):
        evaluate(by_table, empty, rng=make_rng(0))


def test_a_result_survives_json(result: EvaluationResult) -> None:
    back = EvaluationResult.from_json(json.loads(json.dumps(result.to_json())))
    assert back.metrics == result.metrics
    assert back.intervals == result.intervals
    assert back.slices == result.slices
    assert (back.split_name, back.n_users, back.ks) == ("random", 3, (1, 3))
    assert back.user_indices.dtype == np.int64
    for name, values in result.per_user.items():
        assert back.per_user[name].dtype == np.float32
        np.testing.assert_array_equal(back.per_user[name], values)


def test_the_difference_of_a_result_with_itself_is_zero(result: EvaluationResult) -> None:
    assert paired_difference(result, result, "ndcg@3", make_rng(0)) == (0.0, 0.0, 0.0)


def test_the_difference_is_paired_by_user(result: EvaluationResult) -> None:
    worse = evaluate(lambda users: np.full((users.size, 3), 4), SPLIT, ks=(1, 3), rng=make_rng(0))
    difference, low, high = paired_difference(result, worse, "recall@3", make_rng(0))
    assert difference == pytest.approx(1.0)
    assert low == pytest.approx(1.0)
    assert high == pytest.approx(1.0)


def test_results_about_other_users_cannot_be_compared(result: EvaluationResult) -> None:
    test = interactions_of([(3, 1)], 4, 5)
    other = evaluate(
        by_table, Split("x", SPLIT.train, SPLIT.validation, test), ks=(1, 3), rng=make_rng(0)
    )
    with pytest.raises(DataError, match="different users"):
        paired_difference(result, other, "recall@3", make_rng(0))


def test_an_unknown_metric_is_named(result: EvaluationResult) -> None:
    with pytest.raises(ConfigError, match="coverage@3"):
        paired_difference(result, result, "coverage@3", make_rng(0))
