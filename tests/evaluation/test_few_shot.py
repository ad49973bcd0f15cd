from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.few_shot import few_shots
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

PAIRS = {2: range(6), 3: range(4), 4: range(2)}
"""Hidden users and their items; users 0 and 1 are known."""


def split_of(test: dict[int, range]) -> Split:
    pairs = [(user, item) for user, items in test.items() for item in items]
    train = interactions_of([(0, 0), (1, 1)], 5, 6)
    nothing = interactions_of([], 5, 6)
    return Split("cold-users", train, nothing, interactions_of(pairs, 5, 6))


def test_each_user_shows_k_items_and_the_rest_is_relevant() -> None:
    (shot,) = few_shots(split_of(PAIRS), (2,), make_rng(0))
    assert shot.shown.user_counts().tolist() == [0, 0, 2, 2, 0]
    assert shot.split.test.user_counts().tolist() == [0, 0, 4, 2, 0]
    both = shot.shown.joined(shot.split.test)
    assert len(set(zip(both.user_indices, both.item_indices, strict=True))) == 10


def test_the_same_users_are_measured_at_every_k() -> None:
    shots = few_shots(split_of(PAIRS), (1, 3), make_rng(0))
    users = [np.unique(shot.split.test.user_indices).tolist() for shot in shots]
    assert users == [[2, 3], [2, 3]]


def test_what_is_shown_at_a_smaller_k_is_shown_at_a_larger_one() -> None:
    one, three = few_shots(split_of(PAIRS), (3, 1), make_rng(4))
    assert (one.k, three.k) == (1, 3)
    for user in (2, 3):
        shown = set(three.shown.of_user(user).item_indices)
        assert set(one.shown.of_user(user).item_indices) <= shown


def test_other_seeds_show_other_items() -> None:
    shown = {
        tuple(few_shots(split_of(PAIRS), (1,), make_rng(seed))[0].shown.item_indices)
        for seed in range(10)
    }
    assert len(shown) > 1


def test_users_who_are_known_are_no_newcomers() -> None:
    split = split_of({0: range(1, 6), 2: range(6)})
    (shot,) = few_shots(split, (1,), make_rng(0))
    assert np.unique(shot.shown.user_indices).tolist() == [2]


def test_too_many_shots_are_refused() -> None:
    with pytest.raises(DataError, match="No hidden user has more than 6 items"):
        few_shots(split_of(PAIRS), (6,), make_rng(0))


@pytest.mark.parametrize("ks", [(), (0, 1)])
def test_a_number_of_shots_is_1_or_more(ks: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="'shots'"):
        few_shots(split_of(PAIRS), ks, make_rng(0))
