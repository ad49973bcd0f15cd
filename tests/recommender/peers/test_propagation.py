from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.recommender.peers.propagation import Propagation, normalized_adjacency

CPU = torch.device("cpu")


def histories_of(seed: int) -> sp.csr_array:
    rng = np.random.default_rng(seed)
    return sp.csr_array((rng.random((5, 4)) < 0.4).astype(np.float32))


def naive(histories: np.ndarray) -> np.ndarray:
    n_users, n_items = histories.shape
    full = np.zeros((n_users + n_items, n_users + n_items))
    for user in range(n_users):
        for item in range(n_items):
            if histories[user, item]:
                scale = (histories[user].sum() * histories[:, item].sum()) ** -0.5
                full[user, n_users + item] = full[n_users + item, user] = scale
    return full


@given(seed=st.integers(0, 40))
def test_the_adjacency_divides_by_the_roots_of_both_degrees(seed: int) -> None:
    histories = histories_of(seed)
    found = normalized_adjacency(histories).toarray()
    np.testing.assert_allclose(found, naive(histories.toarray()), rtol=1e-6)


def test_two_layers_are_the_mean_of_three_walks() -> None:
    histories = histories_of(1)
    vectors = torch.from_numpy(np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32))
    step = naive(histories.toarray())
    walks = np.eye(9) + step + step @ step
    found = Propagation(histories, 2, CPU)(vectors).numpy()
    np.testing.assert_allclose(found, walks @ vectors.numpy() / 3, atol=1e-6)


def test_no_layer_changes_nothing() -> None:
    vectors = torch.ones((9, 2))
    assert torch.equal(Propagation(histories_of(2), 0, CPU)(vectors), vectors)


@given(seed=st.integers(0, 20), n_layers=st.integers(0, 3))
def test_the_map_is_its_own_transpose(seed: int, n_layers: int) -> None:
    matrix = Propagation(histories_of(seed), n_layers, CPU)(torch.eye(9)).numpy()
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-6)
