"""What stands in for the regression where one solve would take minutes and gigabytes."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.contracts import no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender import search
from kgrec_core.recommender.channels.builders import factor_channel
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_channels import fit_channels, similarity_of
from kgrec_core.recommender.fusion_settings import FitParameters, FusionSettings
from kgrec_core.recommender.neighbors import nearest_items
from kgrec_core.recommender.similarity_choice import SIMILARITIES, choose_similarity
from kgrec_core.recommender.validation import LOWEST, mean_ndcg
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, random_problem


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LARGEST_REGRESSION", 5)


@pytest.mark.parametrize(
    ("n_users", "n_items", "expected"),
    [
        (1_000_000, 8_000, True),  # a square of items
        (1_000_000, 8_001, False),
        (8_000, 25_000, True),  # 2 * 10^8 cells in each dense users-by-items array
        (8_000, 25_001, False),
        (8_001, 9_000, False),
    ],
)
def test_a_regression_stops_where_its_dense_arrays_grow_too_large(
    n_users: int, n_items: int, expected: bool
) -> None:
    index = np.zeros(0, dtype=np.int64)
    nobody = Interactions(index, index, np.zeros(0, np.float32), index, n_users, n_items)
    assert search.has_regression(nobody) is expected


@pytest.mark.usefixtures("everything_is_large")
def test_without_a_regression_the_held_out_items_are_still_found() -> None:
    data = checkerboard()
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    assert recommender.model.correction is None
    users = Histories(data.known()).all_of(range(N))
    scores = recommender.score(users)
    for user, row in zip(users, scores, strict=True):
        row[user.item_indices] = -np.inf
    assert scores.argmax(axis=1).tolist() == list(range(N))


@pytest.mark.usefixtures("everything_is_large")
def test_neighbors_and_factors_stand_in_and_scores_stay_exact() -> None:
    data = random_problem(3, n_users=24, n_items=16)
    channels, _ = fit_channels(
        data, data.known(), FusionSettings(), FitParameters(), make_rng(0), no_progress
    )
    assert {"neighbors", "factors"} <= {channel.name for channel in channels}
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    for user_index in range(0, 24, 5):
        user = UserEvidence.of_user(data.known(), user_index)
        for item in range(16):
            assert recommender.explain(user, item).residual <= 1e-5


def test_all_factors_together_give_the_normalized_matrix_back() -> None:
    data = random_problem(4, n_users=30, n_items=6)
    channel = factor_channel(data.known())
    assert channel is not None
    matrix = (data.known().matrix().toarray() > 0).astype(np.float64)
    scaled = matrix / np.sqrt(np.maximum(matrix.sum(axis=1, keepdims=True), 1))
    scaled = scaled / np.sqrt(np.maximum(matrix.sum(axis=0), 1))
    _, _, rows = np.linalg.svd(scaled, full_matrices=False)
    counts = np.maximum(matrix.sum(axis=0), 1)
    expected = counts[:, None] ** -0.5 * (rows[:5].T @ rows[:5]) * counts[None, :] ** 0.5
    found = np.stack([channel.kernel.cells(np.arange(6), item) for item in range(6)], axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_similarity_that_ranks_best_is_chosen() -> None:
    data = random_problem(5, n_users=40, n_items=20)
    values = []
    for choice in SIMILARITIES:
        kernel = nearest_items(data.train, similarity_of(choice)).toarray()
        rows, wanted = [], []
        for user in range(40):
            held = data.validation.of_user(user).item_indices
            shown = data.train.of_user(user).item_indices
            if held.size and shown.size:
                scores = kernel[:, shown].sum(axis=1)
                scores[shown] = LOWEST
                rows.append(scores)
                wanted.append(np.isin(np.arange(20), held))
        values.append(mean_ndcg(np.stack(rows), np.stack(wanted), 20))
    found = choose_similarity(data, FitParameters(), FusionSettings(), make_rng(0))
    assert values[SIMILARITIES.index(found.similarity)] == pytest.approx(max(values))
    off = FusionSettings(use_neighbors=False)
    assert choose_similarity(data, FitParameters(), off, make_rng(0)) == FitParameters()
