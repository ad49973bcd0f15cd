from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.co_interactions import PairSampler
from kgrec_core.embedding.contrast import in_batch_loss
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

N_ITEMS = 120


def histories() -> Interactions:
    """Sixty users with ten items of their own parity."""
    rng, pairs = make_rng(6), []
    for user in range(60):
        pool = np.arange(user % 2, N_ITEMS, 2)
        pairs += [(user, int(item)) for item in rng.choice(pool, 10, replace=False)]
    return interactions_of(pairs, 60, N_ITEMS)


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
    first, second = sampler.draw(160_000, make_rng(0))
    partners = second[first == 0]
    assert (partners == 2).sum() / partners.size == pytest.approx(2 / 3, abs=0.02)


def test_items_without_text_are_in_no_pair() -> None:
    usable = np.arange(N_ITEMS) % 4 != 0
    first, second = PairSampler(histories(), usable).draw(500, make_rng(0))
    assert usable[first].all()
    assert usable[second].all()


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
