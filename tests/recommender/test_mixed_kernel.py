from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.recommender.graph_kernels import graph_kernels
from kgrec_core.recommender.kernels import IncidenceKernel
from kgrec_core.recommender.mixed_kernel import FEWEST_ROWS, MixedKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.text_kernel import text_kernel
from tests.recommender.problems import random_problem

N_ITEMS = 16


def kernels() -> tuple[IncidenceKernel | NeighborKernel, ...]:
    data = random_problem(1, n_users=5, n_items=N_ITEMS)
    return (*graph_kernels(data.graph), text_kernel(data.text_vectors, 4))


def weights(n: int) -> list[float]:
    return [0.0 if place == 1 else 0.3 * (place + 1) for place in range(n)]


@pytest.mark.parametrize("n_rows", [1, FEWEST_ROWS])
@pytest.mark.parametrize("is_sparse", [True, False])
def test_the_mixture_is_the_weighted_sum_of_the_kernels(n_rows: int, is_sparse: bool) -> None:
    parts = kernels()
    own = weights(len(parts))
    left = np.random.default_rng(0).normal(size=(n_rows, N_ITEMS)).astype(np.float32)
    expected = sum(w * (left @ kernel.dense()) for kernel, w in zip(parts, own, strict=True))
    found = MixedKernel(parts, own, N_ITEMS).apply(sp.csr_array(left) if is_sparse else left)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_few_rows_and_many_rows_are_told_the_same() -> None:
    parts = kernels()
    mixed = MixedKernel(parts, weights(len(parts)), N_ITEMS)
    left = sp.csr_array(np.random.default_rng(1).random((FEWEST_ROWS, N_ITEMS), dtype=np.float32))
    alone = mixed.apply(left[[0]])
    np.testing.assert_allclose(mixed.apply(left)[[0]], alone, atol=1e-5)
    np.testing.assert_allclose(mixed.apply(left[[0]]), alone, atol=1e-5)


def test_a_mixture_knows_whether_kernels_or_weights_have_changed() -> None:
    parts = kernels()
    own = weights(len(parts))
    mixed = MixedKernel(parts, own, N_ITEMS)
    assert mixed.is_of(parts, own)
    assert not mixed.is_of(parts, [2 * weight for weight in own])
    assert not mixed.is_of(parts[1:], own[1:])
    assert not mixed.is_of(kernels(), own)
