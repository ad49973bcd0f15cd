from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.peers.rp3beta import Rp3BetaRecommender, Rp3BetaSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import random_problem


def walked(data: TrainingData, alpha: float, beta: float) -> np.ndarray:
    """The two steps item -> user -> item as dense matrices, sources times targets."""
    matrix = data.known().matrix().toarray() > 0
    to_users = (matrix.T / matrix.sum(axis=0)[:, None]) ** alpha
    to_items = (matrix / np.maximum(matrix.sum(axis=1), 1)[:, None]) ** alpha
    kernel = (to_users @ to_items) / matrix.sum(axis=0) ** beta
    np.fill_diagonal(kernel, 0.0)
    return kernel


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 0.0), (0.7, 0.4)])
def test_the_score_is_the_sum_of_walks_from_the_history(alpha: float, beta: float) -> None:
    data = random_problem(1, n_users=40, n_items=9)
    recommender = Rp3BetaRecommender(Rp3BetaSettings(alpha=alpha, beta=beta))
    recommender.fit(data, rng=make_rng(0))
    scores = recommender.score([UserEvidence.of_likes(np.array([2, 5]))])[0]
    expected = walked(data, alpha, beta)[[2, 5]].sum(axis=0)
    np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_without_exponents_one_step_walks_are_probabilities() -> None:
    data = random_problem(2, n_users=15, n_items=9)
    recommender = Rp3BetaRecommender(Rp3BetaSettings(alpha=1.0, beta=0.0))
    recommender.fit(data, rng=make_rng(0))
    totals = [recommender.score([UserEvidence.of_likes(np.array([i]))]).sum() for i in range(9)]
    # What is missing to 1 is the chance to come back to where the walk began.
    assert all(0 < total < 1 for total in totals)
