from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.errors import ConfigError
from kgrec_core.recommender.fusion_settings import FitParameters
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.posterior import Correction, require_memory, ridge_of, solve

PARAMETERS = FitParameters(denoise=0.3, ridge=0.7)


def random_users(n_users: int, n_items: int) -> sp.csr_array:
    rng = np.random.default_rng(n_users)
    dense = rng.random((n_users, n_items)) * (rng.random((n_users, n_items)) < 0.4)
    return sp.csr_array(dense.astype(np.float32))


def random_kernel(n_items: int, seed: int) -> NeighborKernel:
    rng = np.random.default_rng(seed)
    dense = rng.random((n_items, n_items)) * (rng.random((n_items, n_items)) < 0.5)
    np.fill_diagonal(dense, 0.0)
    columns = sp.csr_array(dense.astype(np.float32))
    return NeighborKernel("k", columns, np.ones(n_items, np.float32), np.full(columns.nnz, -1))


def naive_weights(users: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Each column on its own, with its own item left out of the regression."""
    n_items = users.shape[1]
    gram = users.T @ users
    ridge = ridge_of(np.diag(gram).astype(np.float32), PARAMETERS).astype(np.float64)
    weights = np.zeros((n_items, n_items))
    for i in range(n_items):
        rest = [j for j in range(n_items) if j != i]
        system = gram[np.ix_(rest, rest)] + np.diag(ridge[rest])
        target = gram[rest, i] + ridge[rest] * content[rest, i]
        weights[rest, i] = np.linalg.solve(system, target)
    return weights


def cells_of(correction: Correction, n_items: int) -> np.ndarray:
    rows = np.arange(n_items)
    return np.stack([correction.cells(rows, column) for column in range(n_items)], axis=1)


@pytest.mark.parametrize(("n_users", "n_items"), [(5, 9), (20, 9)])
@pytest.mark.parametrize("weights", [(0.0, 0.0), (0.8, 0.3)])
def test_closed_form_equals_one_regression_per_item(
    n_users: int, n_items: int, weights: tuple[float, float]
) -> None:
    users = random_users(n_users, n_items)
    kernels = (random_kernel(n_items, 1), random_kernel(n_items, 2))
    content = sum(
        weight * kernel.columns.toarray().T.astype(np.float64)
        for weight, kernel in zip(weights, kernels, strict=True)
    )
    found = solve(users, PARAMETERS).correction(kernels, weights)
    expected = naive_weights(users.toarray().astype(np.float64), content) - content
    np.testing.assert_allclose(cells_of(found, n_items), expected, atol=2e-5)


@pytest.mark.parametrize(("n_users", "n_items"), [(6, 10), (25, 10)])
def test_features_are_the_scores_of_the_final_model_for_unseen_items(
    n_users: int, n_items: int
) -> None:
    users = random_users(n_users, n_items)
    kernels = (random_kernel(n_items, 3), random_kernel(n_items, 4))
    weights = (0.5, 1.5)
    solved = solve(users, PARAMETERS)
    rows = np.array([0, 3, 5])
    features = solved.features(rows, kernels)
    linear = features.base + sum(
        w * part for w, part in zip(weights, features.content, strict=True)
    )
    part = users[rows]
    dense = part.toarray()
    final = solved.correction(kernels, weights).apply(part) + sum(
        w * kernel.apply(dense) for w, kernel in zip(weights, kernels, strict=True)
    )
    unseen = dense == 0
    np.testing.assert_allclose(linear[unseen], final[unseen], atol=1e-5)


@pytest.mark.parametrize(("n_users", "n_items"), [(4, 8), (16, 8)])
def test_apply_sums_the_cells(n_users: int, n_items: int) -> None:
    users = random_users(n_users, n_items)
    correction = solve(users, PARAMETERS).correction((), ())
    expected = users.toarray() @ cells_of(correction, n_items)
    np.testing.assert_allclose(correction.apply(users), expected, atol=1e-5)


def test_an_extended_correction_keeps_old_cells_and_adds_zeros() -> None:
    correction = solve(random_users(4, 8), PARAMETERS).correction((), ())
    longer = cells_of(correction.extended(10), 10)
    np.testing.assert_array_equal(longer[:8, :8], cells_of(correction, 8))
    assert not longer[8:].any()
    assert not longer[:, 8:].any()


def test_a_system_that_cannot_fit_is_refused_before_it_is_built() -> None:
    with pytest.raises(ConfigError, match=r"about 24,000,000.*are free.*'item-knn'"):
        require_memory(31_622_777, 31_622_777)  # 6 squares of 4 bytes: 24 * 1e15 bytes


def test_a_small_system_is_accepted() -> None:
    require_memory(100, 200)


def test_few_users_and_very_many_items_are_counted_by_their_product() -> None:
    with pytest.raises(ConfigError, match=r"needs about 200,000\.0 GB"):
        # Five arrays of 1,000 x 10^10 cells of 4 bytes; the squares of 1,000 users are nothing.
        require_memory(1_000, 10_000_000_000)


def test_few_items_and_very_many_users_need_squares_of_items_alone() -> None:
    require_memory(10_000_000_000, 100)


@pytest.mark.parametrize("n_users", [5, 20])
def test_sums_over_items_are_those_of_the_cells(n_users: int) -> None:
    found = solve(random_users(n_users, 9), PARAMETERS).correction((random_kernel(9, 1),), (0.5,))
    values = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    rows = np.array([8, 0, 3])
    expected = cells_of(found, 9)[rows] @ values
    np.testing.assert_allclose(found.weighed(rows, values), expected, atol=1e-5)
