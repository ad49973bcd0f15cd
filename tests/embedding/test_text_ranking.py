from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.embedding.behavior_factors import item_factors, ridge_map
from kgrec_core.embedding.text_ranking import (
    hidden_item_folds,
    is_clear_gain,
    ndcg_of_texts,
    text_scores,
)
from kgrec_core.recommender.text_kernel import text_kernel
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

PAIRS = [(u, i) for u in range(12) for i in range(30) if (u * 5 + i * 3) % 4 == 0]
KNOWN = interactions_of(PAIRS, 12, 30)
USABLE = np.arange(30) != 7


def unit_vectors(n: int, dim: int = 5) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    drawn = make_rng(0).normal(size=(n, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("n_items", [30, 150])
def test_scores_are_those_of_the_text_kernel_of_the_models(n_items: int) -> None:
    vectors = unit_vectors(n_items)
    vectors[3] = 0.0
    histories = sp.csr_array((make_rng(1).random((6, n_items)) < 0.2).astype(np.float32))
    targets = np.array([0, 3, 17, 29])
    expected = (histories @ text_kernel(vectors, 100).columns.T).toarray()[:, targets]
    found = text_scores(vectors, targets, histories)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_hidden_items_are_in_no_history_and_in_one_fold_only() -> None:
    folds = list(hidden_item_folds(KNOWN, USABLE, share=0.25, n_folds=3, rng=make_rng(0)))
    hidden = np.concatenate([fold.items for fold in folds])
    assert len(folds) == 3
    assert np.unique(hidden).size == hidden.size == 21
    assert USABLE[hidden].all()
    for fold in folds:
        assert not np.isin(fold.known.item_indices, fold.items).any()
        assert fold.histories[:, fold.items].nnz == 0
        assert fold.relevant.any(axis=1).all()


def test_relevant_are_the_hidden_items_of_each_user() -> None:
    (fold,) = hidden_item_folds(KNOWN, USABLE, share=0.25, n_folds=1, rng=make_rng(0))
    met = set(PAIRS)
    for row in range(fold.relevant.shape[0]):
        history = set(fold.histories[[row]].indices.tolist())
        owners = [
            u for u in range(12) if {i for v, i in met if v == u} - set(fold.items) == history
        ]
        expected = [(owners[0], item) in met for item in fold.items.tolist()]
        assert fold.relevant[row].tolist() == expected


def test_a_perfect_order_of_hidden_items_has_ndcg_one() -> None:
    known = interactions_of([(u, i) for u in range(2) for i in range(12) if i % 2 == u], 2, 12)
    own = np.eye(2, dtype=np.float32)[np.arange(12) % 2]
    folds = hidden_item_folds(
        known, np.ones(12, dtype=np.bool_), share=0.5, n_folds=1, rng=make_rng(0)
    )
    (fold,) = folds
    assert ndcg_of_texts(own, fold) == pytest.approx(1.0)
    assert ndcg_of_texts(own, fold).size == 2


def test_only_a_gain_above_two_standard_errors_is_clear() -> None:
    before = np.zeros(4, dtype=np.float32)
    # Mean 0.25 and deviation 0.25: a standard error of 0.125, twice that is the gain itself.
    assert not is_clear_gain(before, np.array([0.0, 0.5, 0.0, 0.5], dtype=np.float32))
    assert is_clear_gain(before, np.array([0.1, 0.5, 0.1, 0.5], dtype=np.float32))
    assert not is_clear_gain(before, before)
    assert not is_clear_gain(before[:0], before[:0])


@pytest.mark.parametrize("rank", [3, 50])
def test_factors_are_those_of_the_normalized_interactions(rank: int) -> None:
    matrix = make_rng(8).random((12, 30)) < 0.3
    known = interactions_of([(int(u), int(i)) for u, i in np.argwhere(matrix)], 12, 30)
    by_user, by_item = matrix.sum(axis=1), matrix.sum(axis=0)
    scaled = matrix / np.sqrt(np.maximum(np.outer(by_user, by_item), 1))
    _, values, directions = np.linalg.svd(scaled, full_matrices=False)
    exact = directions.T[:, :rank] * values[:rank]
    exact /= np.maximum(np.linalg.norm(exact, axis=1, keepdims=True), 1e-9)
    factors, counts = item_factors(known, rank, make_rng(0))
    np.testing.assert_allclose(factors @ factors.T, exact @ exact.T, atol=1e-4)
    np.testing.assert_array_equal(counts, by_item)


def test_the_map_solves_the_weighted_normal_equations() -> None:
    rng = make_rng(4)
    inputs, targets = (rng.normal(size=(20, n)).astype(np.float32) for n in (4, 2))
    weights = rng.random(20).astype(np.float32)
    for penalty, found in zip(
        (0.5, 10.0), ridge_map(inputs, targets, weights, (0.5, 10.0)), strict=True
    ):
        left = inputs.T @ np.diag(weights) @ inputs + penalty * np.eye(4)
        expected = np.linalg.solve(left, inputs.T @ np.diag(weights) @ targets)
        np.testing.assert_allclose(found, expected, atol=1e-4)
