from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.recommender import neighbors
from kgrec_core.recommender.neighbors import Similarity, nearest_items
from tests.recommender.problems import interactions_of, random_problem


def naive(matrix: np.ndarray, similarity: Similarity) -> np.ndarray:
    """Targets times sources, one cell at a time."""
    n_items = matrix.shape[1]
    lengths, counts = matrix.sum(axis=1), matrix.sum(axis=0)
    kernel = np.zeros((n_items, n_items))
    for target in range(n_items):
        for source in range(n_items):
            shared = [u for u in range(len(matrix)) if matrix[u, target] and matrix[u, source]]
            if target == source or not shared:
                continue
            together = sum(lengths[u] ** -similarity.user_exponent for u in shared)
            scale = counts[source] ** similarity.source_exponent
            scale *= counts[target] ** similarity.target_exponent
            kernel[target, source] = together / (scale + similarity.shrinkage)
    return kernel


@given(
    seed=st.integers(0, 20),
    user=st.floats(0, 1),
    source=st.floats(0, 1),
    target=st.floats(0, 1),
    shrinkage=st.floats(0, 20),
)
def test_the_kernel_is_that_of_a_naive_loop(
    seed: int, user: float, source: float, target: float, shrinkage: float
) -> None:
    data = random_problem(seed, n_users=8, n_items=6)
    similarity = Similarity(user, source, target, shrinkage, n_neighbors=100)
    found = nearest_items(data.train, similarity).toarray()
    expected = naive(data.train.matrix().toarray() > 0, similarity)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)


def test_blocks_of_targets_make_the_same_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_problem(4, n_users=20, n_items=11)
    similarity = Similarity(0.5, 0.5, 0.5, 1.0, n_neighbors=4)
    whole = nearest_items(data.train, similarity).toarray()
    monkeypatch.setattr(neighbors, "BLOCK", 3)
    np.testing.assert_array_equal(nearest_items(data.train, similarity).toarray(), whole)


def test_only_the_strongest_sources_of_each_target_are_kept() -> None:
    data = random_problem(5, n_users=30, n_items=12)
    everything = nearest_items(data.train, Similarity(0.3, 0.4, 0.6, 2.0, 100)).toarray()
    few = nearest_items(data.train, Similarity(0.3, 0.4, 0.6, 2.0, 3))
    assert np.diff(few.indptr).tolist() == [3] * 12
    strongest = -np.sort(-everything, axis=1)[:, :3]
    np.testing.assert_allclose(-np.sort(-few.toarray(), axis=1)[:, :3], strongest)


def test_an_item_that_nobody_chose_has_no_neighbors_and_is_none() -> None:
    found = nearest_items(
        interactions_of([(0, 0), (0, 1), (1, 0)], 2, 3), Similarity(0, 0.5, 0.5, 0, 5)
    )
    assert isinstance(found, sp.csr_array)
    # Item 0 has two users, item 1 one, and they share one: 1 / sqrt(2).
    expected = np.zeros((3, 3))
    expected[0, 1] = expected[1, 0] = 2**-0.5
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-6)


def test_a_history_beyond_the_limit_is_compared_by_what_most_people_chose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbors, "LONGEST_HISTORY", 3)
    pairs = [(0, item) for item in range(6)] + [(1, 4), (1, 5), (2, 5)]
    found = nearest_items(interactions_of(pairs, 3, 6), Similarity(1.0, 0.0, 0.0, 0.0, 100))
    # User 0 speaks for items 5, 4 and, of those that nobody else chose, the first; counts 1/6 each.
    expected = np.zeros((6, 6))
    for left, right, value in [(0, 4, 1 / 6), (0, 5, 1 / 6), (4, 5, 1 / 6 + 1 / 2)]:
        expected[left, right] = expected[right, left] = value
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-6)


def test_one_long_history_costs_no_more_pairs_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbors, "LONGEST_HISTORY", 50)
    n_items = 2000
    alone = interactions_of([(0, item) for item in range(n_items)], 1, n_items)
    found = nearest_items(alone, Similarity(0.5, 0.5, 0.5, 10.0, 200))
    assert found.nnz == 50 * 49
