from __future__ import annotations

import itertools

import numpy as np
import pytest

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.short_history import (
    Kept,
    curve_lengths,
    fit_rival,
    kept_history,
    user_curve,
)
from kgrec_core.recommender.contract import UNKNOWN_USER, UserEvidence

USER = UserEvidence(
    np.array([4, 2, 9, 7], dtype=np.int64),
    np.ones(4, dtype=np.float32),
    np.array([30, 10, 40, 20], dtype=np.int64),
    friend_indices=np.array([1], dtype=np.int64),
    user_index=3,
)


@pytest.mark.parametrize(
    ("kept", "items"),
    [
        (Kept(0), []),
        (Kept(1), [9]),
        (Kept(2), [4, 9]),
        (Kept(2, "oldest"), [2, 7]),
        (Kept(4), [4, 2, 9, 7]),
        (Kept(99, "oldest"), [4, 2, 9, 7]),
    ],
)
def test_the_newest_or_oldest_stay(kept: Kept, items: list[int]) -> None:
    found = kept_history(USER, kept)
    assert found.item_indices.tolist() == items
    assert found.friend_indices.tolist() == [1]
    assert found.user_index == UNKNOWN_USER


def test_a_random_part_depends_on_the_seed_and_grows_by_adding() -> None:
    parts = [set(kept_history(USER, Kept(n, "random", 5)).item_indices.tolist()) for n in range(5)]
    assert [len(part) for part in parts] == [0, 1, 2, 3, 4]
    assert all(small < large for small, large in itertools.pairwise(parts))
    singles = {
        kept_history(USER, Kept(1, "random", seed)).item_indices.item() for seed in range(40)
    }
    assert singles == {4, 2, 9, 7}


def test_without_times_the_last_line_of_the_file_is_the_newest() -> None:
    user = UserEvidence(
        np.array([5, 6], dtype=np.int64),
        np.ones(2, dtype=np.float32),
        np.full(2, NO_TIME, dtype=np.int64),
    )
    assert kept_history(user, Kept(1)).item_indices.tolist() == [6]


@pytest.mark.parametrize("wrong", [{"n_items": -1}, {"n_items": 1, "order": "best"}])
def test_what_cannot_be_kept_is_refused(wrong: dict) -> None:
    with pytest.raises(ConfigError):
        Kept(**wrong)


def test_curves_are_dense_where_little_is_known() -> None:
    assert curve_lengths(3) == (0, 1, 2, 3)
    assert curve_lengths(13) == (0, 1, 2, 3, 5, 8, 12, 13)
    assert curve_lengths(20) == (0, 1, 2, 3, 5, 8, 12, 20)


def test_points_of_a_curve_are_counted_by_hand(fusion_run: LoadedRun) -> None:
    """The popular list leaves out the whole history, so it is the same at every length."""
    popular = fit_rival(fusion_run, "popularity")
    user, k = 0, 10
    curve = user_curve(fusion_run, {"p": popular}, user, order="newest", seed=0, k=k)["p"]
    history = fusion_run.evidence_of(user).item_indices.tolist()
    test = fusion_run.split.test
    held_out = set(test.item_indices[test.user_indices == user].tolist())
    counts = fusion_run.split.fitting().item_counts()
    free = [item for item in np.argsort(-counts, kind="stable").tolist() if item not in history]
    expected = len(held_out & set(free[:k]))
    assert [point.n_known for point in curve] == list(curve_lengths(len(history)))
    assert {(point.found, point.low, point.high) for point in curve} == {(expected,) * 3}


def test_a_random_order_is_a_mean_over_draws_with_its_range(fusion_run: LoadedRun) -> None:
    curve = user_curve(fusion_run, {"f": fusion_run.recommender}, 0, order="random", seed=0, k=5)[
        "f"
    ]
    assert all(point.low <= point.found <= point.high for point in curve)
    assert curve[0].low == curve[0].high
    assert curve[-1].low == curve[-1].high


def test_the_end_of_the_curve_is_the_list_of_the_whole_history(fusion_run: LoadedRun) -> None:
    user = 4
    curve = user_curve(
        fusion_run, {"f": fusion_run.recommender}, user, order="oldest", seed=0, k=10
    )["f"]
    ranked = fusion_run.recommend(fusion_run.evidence_of(user), 10).item_indices
    test = fusion_run.split.test
    held_out = test.item_indices[test.user_indices == user]
    assert curve[-1].found == np.isin(ranked, held_out).sum()


def test_a_user_without_held_out_items_cannot_be_judged(fusion_run: LoadedRun) -> None:
    bare = np.setdiff1d(np.arange(fusion_run.dataset.n_users), fusion_run.split.test.user_indices)
    user = int(bare[0]) if bare.size else -1
    with pytest.raises(DataError, match="held out"):
        user_curve(fusion_run, {}, user, order="newest", seed=0, k=5)
