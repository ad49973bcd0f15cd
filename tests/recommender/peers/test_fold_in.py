from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.recommender.peers.fold_in import (
    SIZE_EXPONENT,
    History,
    LeastSquares,
    UserMap,
    fit_user_map,
)

NOTHING = np.zeros(0, dtype=np.int64)


def vectors_of(seed: int, n: int, dim: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def history_of(items: list[int], confidence: float) -> History:
    confidences = np.full(len(items), confidence)
    return History(np.array(items, dtype=np.int64), confidences - 1.0, confidences)


def test_a_least_squares_vector_is_the_one_worked_out_by_hand() -> None:
    items = np.array([[1.0], [2.0]], dtype=np.float32)
    fold_in = LeastSquares.of(items, ridge=1.0)
    # A = 1 + 4 (all items) + 1 (ridge) + 2 * 4 (confidence 3 in item 1) = 14, pull = 3 * 2.
    assert fold_in.vectors([history_of([1], 3.0)])[0, 0] == pytest.approx(6 / 14)


@given(seed=st.integers(0, 30), confidence=st.floats(1.1, 40.0))
def test_no_small_step_lowers_the_loss_of_a_least_squares_vector(
    seed: int, confidence: float
) -> None:
    items = vectors_of(seed, 7, 3)
    found = LeastSquares.of(items, ridge=0.5).vectors([history_of([0, 4], confidence)])[0]

    def loss(vector: np.ndarray) -> float:
        total = 0.5 * float(vector @ vector)
        for item in range(7):
            target, weight = (1.0, confidence) if item in (0, 4) else (0.0, 1.0)
            total += weight * (target - float(vector @ items[item])) ** 2
        return total

    steps = np.vstack([np.eye(3), -np.eye(3)]) * 1e-3
    assert all(loss(found + step) > loss(found) for step in steps)


@given(seed=st.integers(0, 30), n=st.integers(0, 6))
def test_least_squares_cells_add_up_to_the_score(seed: int, n: int) -> None:
    items = vectors_of(seed, 8, 4)
    fold_in = LeastSquares.of(items, ridge=0.3)
    history = history_of(list(range(n)), 5.0)
    score = fold_in.vectors([history])[0] @ items[7]
    assert fold_in.cells(history, 7).sum() == pytest.approx(score, abs=1e-9)


def test_nobody_asked_gives_no_vectors() -> None:
    items = vectors_of(0, 5, 3)
    assert LeastSquares.of(items, ridge=1.0).vectors([]).shape == (0, 3)
    assert UserMap(items, np.zeros((4, 3))).vectors([]).shape == (0, 3)


def test_a_user_map_sends_the_scaled_sum_of_the_history_through_its_weights() -> None:
    items = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]], dtype=np.float32)
    weights = np.array([[1.0, 0.0], [0.0, 3.0], [0.5, 0.25]])
    found = UserMap(items, weights).vectors([np.array([0, 1]), NOTHING])
    scale = 2.0**-SIZE_EXPONENT
    np.testing.assert_allclose(found[0], [scale + 0.5, 6.0 * scale + 0.25])
    np.testing.assert_allclose(found[1], [0.5, 0.25])


def test_a_fitted_user_map_points_histories_where_the_learned_vectors_point() -> None:
    rng = np.random.default_rng(3)
    items = vectors_of(3, 40, 4)
    histories = [rng.permutation(40)[:12] for _ in range(200)]
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    learned = np.stack([items[own].sum(axis=0) @ turn for own in histories]).astype(np.float32)
    found = fit_user_map(learned, items, histories).vectors(histories)
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(learned, axis=1)
    assert ((found * learned).sum(axis=1) / lengths).mean() > 0.95


def test_a_user_map_of_nobody_adds_up_item_vectors() -> None:
    items = vectors_of(0, 5, 3)
    found = fit_user_map(np.zeros((0, 3), dtype=np.float32), items, [])
    np.testing.assert_allclose(found.vectors([np.array([2])])[0], items[2], rtol=1e-6)
