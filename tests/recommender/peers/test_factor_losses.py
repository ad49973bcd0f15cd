from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from kgrec_core.recommender.peers.factor_losses import bpr_loss, draw_negatives, softmax_loss

HISTORIES = sp.csr_array(
    np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1]], dtype=np.float32)
)
RNG = np.random.default_rng(0)
USERS = torch.from_numpy(RNG.normal(size=(4, 3)).astype(np.float32))
ITEMS = torch.from_numpy(RNG.normal(size=(4, 3)).astype(np.float32))


def test_the_softmax_loss_is_the_mean_over_interactions_of_a_naive_loop() -> None:
    scores = (USERS @ ITEMS.T).numpy().astype(np.float64)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = -np.mean(np.log([shares[2, 1], shares[0, 0], shares[0, 2]]))
    found = softmax_loss(USERS, ITEMS, np.array([2, 0]), HISTORIES)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_the_bpr_loss_compares_with_the_only_item_left() -> None:
    histories = sp.csr_array(np.array([[1, 0, 1, 1]], dtype=np.float32))
    scores = (USERS[:1] @ ITEMS.T).numpy()[0].astype(np.float64)
    expected = np.mean([np.log1p(np.exp(scores[1] - scores[item])) for item in (0, 2, 3)])
    rng = np.random.default_rng(3)
    found = bpr_loss(USERS[:1], ITEMS, np.array([0]), sp.csr_array(histories), rng=rng)
    # A draw finds the free item in ten tries with probability 0.94; this seed finds it each time.
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_no_negative_was_chosen_and_all_others_come_up() -> None:
    owners = np.repeat(np.array([0, 2]), 200)
    drawn, is_negative = draw_negatives(owners, HISTORIES, np.random.default_rng(1))
    kept = is_negative.nonzero()[0]
    assert set(drawn[kept][owners[kept] == 0].tolist()) == {1, 3}
    assert set(drawn[kept][owners[kept] == 2].tolist()) == {0, 2, 3}


def test_a_user_who_chose_everything_has_no_negatives_and_no_loss() -> None:
    _, is_negative = draw_negatives(np.array([3, 3]), HISTORIES, np.random.default_rng(1))
    assert not is_negative.any()
    rng = np.random.default_rng(1)
    assert float(bpr_loss(USERS, ITEMS, np.array([3]), HISTORIES, rng=rng)) == 0.0


@pytest.mark.parametrize("name", ["softmax", "bpr"])
def test_a_step_against_the_gradient_lowers_the_loss(name: str) -> None:
    def loss(users: torch.Tensor) -> torch.Tensor:
        batch = np.array([0, 2])
        if name == "softmax":
            return softmax_loss(users, ITEMS, batch, HISTORIES)
        return bpr_loss(users, ITEMS, batch, HISTORIES, rng=np.random.default_rng(5))

    users = USERS.clone().requires_grad_()
    before = loss(users)
    before.backward()
    after = loss((users - 0.01 * users.grad).detach())
    assert float(after) < float(before.detach())
