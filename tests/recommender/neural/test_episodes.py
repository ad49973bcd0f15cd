from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.recommender.neural.episodes import draw_episodes, padded
from kgrec_core.rng import make_rng

CPU = torch.device("cpu")


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    share=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 1000),
)
def test_support_and_query_are_two_parts_of_the_history(
    sizes: list[int], share: float, seed: int
) -> None:
    histories = [np.arange(100 * row, 100 * row + size) for row, size in enumerate(sizes)]
    drawn = draw_episodes(
        histories,
        few_shot_share=share,
        most_known=99,
        most_wanted=99,
        rng=make_rng(seed),
        device=CPU,
    )
    for row, history in enumerate(histories):
        known = drawn.support.items[row][drawn.support.mask[row]].tolist()
        wanted = drawn.query.items[row][drawn.query.mask[row]].tolist()
        assert wanted
        assert sorted(known + wanted) == history.tolist()


def test_a_few_shot_episode_knows_at_most_ten_items() -> None:
    histories = [np.arange(50)] * 40
    drawn = draw_episodes(
        histories, few_shot_share=1.0, most_known=99, most_wanted=99, rng=make_rng(0), device=CPU
    )
    sizes = drawn.support.mask.sum(dim=1)
    assert (int(sizes.min()), int(sizes.max())) == (0, 10)


def test_long_histories_are_cut_to_what_is_asked_for() -> None:
    drawn = draw_episodes(
        [np.arange(50)],
        few_shot_share=0.0,
        most_known=5,
        most_wanted=3,
        rng=make_rng(1),
        device=CPU,
    )
    assert drawn.support.items.shape == (1, 5)
    assert drawn.query.items.shape[1] <= 3


def test_lists_of_different_length_are_filled_up() -> None:
    found = padded([np.array([7, 8]), np.zeros(0, dtype=np.int64)], CPU)
    assert found.items.tolist() == [[7, 8], [0, 0]]
    assert found.mask.tolist() == [[True, True], [False, False]]
