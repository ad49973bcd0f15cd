from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.co_interactions import PairSampler, hold_out_items
from kgrec_core.embedding.contrast import in_batch_loss
from kgrec_core.embedding.text_adapter import TextAdapter, TextAdapterSettings, fit_text_adapter
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

N_ITEMS, N_NEW, DIM = 120, 40, 12
SETTINGS = TextAdapterSettings(
    rank=4, batch_size=64, max_steps=150, learning_rate=0.02, temperature=0.1, patience=5
)


def texts() -> FloatArray:
    """Mostly noise, with a weak trace of the parity in one direction; the last row is empty."""
    vectors = make_rng(5).normal(size=(N_ITEMS + N_NEW, DIM)).astype(np.float32)
    vectors[:, 0] = np.where(np.arange(N_ITEMS + N_NEW) % 2 == 0, 0.6, -0.6)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[-1] = 0.0
    return vectors


def histories(*, is_random: bool = False) -> Interactions:
    """Sixty users with ten items of their own parity, or of any; the new items have none."""
    rng, pairs = make_rng(6), []
    for user in range(60):
        pool = np.arange(N_ITEMS) if is_random else np.arange(user % 2, N_ITEMS, 2)
        pairs += [(user, int(item)) for item in rng.choice(pool, 10, replace=False)]
    return interactions_of(pairs, 60, N_ITEMS + N_NEW)


@cache
def fitted(seed: int = 0) -> TextAdapter:
    return fit_text_adapter(texts(), histories(), rng=make_rng(seed), settings=SETTINGS)


def share_of_nearest_with_the_same_parity(vectors: FloatArray) -> float:
    """Over the new items that have a text."""
    new = np.arange(N_ITEMS, N_ITEMS + N_NEW - 1)
    cosine = vectors[new] @ vectors[new].T - 2 * np.eye(new.size)
    return float((new[cosine.argmax(axis=1)] % 2 == new % 2).mean())


def test_items_without_any_interaction_gain_too() -> None:
    before = share_of_nearest_with_the_same_parity(texts())
    after = share_of_nearest_with_the_same_parity(fitted().apply(texts()))
    assert before < 0.85
    assert after > 0.95


def test_rows_have_length_one_and_empty_rows_stay_empty() -> None:
    moved = fitted().apply(texts())
    assert np.linalg.norm(moved[:-1], axis=1) == pytest.approx(1.0, abs=1e-5)
    assert not moved[-1].any()
    assert moved.dtype == np.float32


def test_behavior_without_a_pattern_leaves_nearly_nothing_behind() -> None:
    adapter = fit_text_adapter(
        texts(), histories(is_random=True), rng=make_rng(0), settings=SETTINGS
    )
    assert adapter.metrics["loss after"] > adapter.metrics["loss before"] - 0.05
    assert fitted().metrics["loss after"] < fitted().metrics["loss before"] - 0.3


def test_the_same_seed_gives_the_same_adapter_and_another_one_others() -> None:
    again = fit_text_adapter(texts(), histories(), rng=make_rng(0), settings=SETTINGS)
    np.testing.assert_array_equal(again.up, fitted().up)
    assert not np.allclose(fitted(seed=1).up, again.up)


def test_arrays_bring_the_adapter_back() -> None:
    back = TextAdapter.from_arrays(fitted().to_arrays())
    np.testing.assert_array_equal(back.apply(texts()), fitted().apply(texts()))
    assert back.n_steps == fitted().n_steps


def test_incomplete_arrays_are_refused() -> None:
    with pytest.raises(ArtifactError, match="'up'"):
        TextAdapter.from_arrays({"down": np.zeros((2, 1), dtype=np.float32)})


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(DataError, match="length 12"):
        fitted().apply(np.zeros((2, 3), dtype=np.float32))


def test_vectors_have_to_be_one_per_item() -> None:
    with pytest.raises(DataError, match="one row per item"):
        fit_text_adapter(texts()[:-1], histories(), rng=make_rng(0))


def test_without_texts_nothing_can_be_learned() -> None:
    with pytest.raises(DataError, match="No user met two items that have a text"):
        fit_text_adapter(np.zeros_like(texts()), histories(), rng=make_rng(0))


def test_pairs_are_two_items_of_one_user() -> None:
    known = histories()
    met = {(int(u), int(i)) for u, i in zip(known.user_indices, known.item_indices, strict=True)}
    sampler = PairSampler(known, np.ones(known.n_items, dtype=np.bool_))
    first, second = sampler.draw(500, make_rng(0))
    assert (first != second).all()
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        assert any((user, a) in met and (user, b) in met for user in range(known.n_users))


def test_partners_are_drawn_with_the_root_of_their_popularity() -> None:
    # User 0 has items 0, 1, 2; item 1 has four users, item 2 one: weights 1/2 and 1.
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 3), (2, 1), (2, 3), (3, 1), (3, 3)]
    sampler = PairSampler(interactions_of(pairs, 4, 4), np.ones(4, dtype=np.bool_))
    _, second = sampler.draw(40_000, make_rng(0), among=np.array([0]))
    assert (second == 2).sum() / second.size == pytest.approx(2 / 3, abs=0.02)


def test_items_without_text_are_in_no_pair() -> None:
    usable = np.arange(N_ITEMS + N_NEW) % 4 != 0
    first, second = PairSampler(histories(), usable).draw(500, make_rng(0))
    assert usable[first].all()
    assert usable[second].all()


def test_a_share_of_the_usable_items_is_held_out() -> None:
    usable = np.arange(10) < 5
    held = hold_out_items(usable, 0.4, make_rng(0))
    assert held.sum() == 2
    assert not held[5:].any()
    assert hold_out_items(np.array([True]), 0.9, make_rng(0)).sum() == 0


def test_the_loss_agrees_with_a_naive_loop() -> None:
    import torch

    rng = make_rng(3)
    a, b = (rng.normal(size=(4, 3)).astype(np.float32) for _ in range(2))
    first, second = np.array([0, 1, 2, 0]), np.array([5, 6, 5, 2])
    tensors = [torch.from_numpy(part) for part in (a, b, first, second)]
    found = float(in_batch_loss(*tensors, temperature=0.5))
    total = 0.0
    for queries, answers, own, other in ((a, b, first, second), (b, a, second, first)):
        for i in range(4):
            rivals = [
                k for k in range(4) if k == i or (other[k] != other[i] and other[k] != own[i])
            ]
            logits = {k: float(queries[i] @ answers[k]) / 0.5 for k in rivals}
            total -= logits[i] - np.log(sum(np.exp(value) for value in logits.values()))
    assert found == pytest.approx(total / 8, abs=1e-5)
