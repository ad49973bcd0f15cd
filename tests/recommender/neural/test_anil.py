from __future__ import annotations

import numpy as np
import torch

from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.neural.anil import AnilRecommender, adapted_heads
from kgrec_core.recommender.neural.episodes import padded
from kgrec_core.recommender.neural.settings import AnilSettings
from kgrec_core.recommender.neural.tensors import Parameters
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard

CPU = torch.device("cpu")


def parameters_of(dim: int, n_items: int) -> Parameters:
    rng = make_rng(0)
    return {
        "head": torch.tensor(rng.normal(size=dim)),
        "log_rate": torch.tensor(rng.normal(size=dim)),
        "log_caution": torch.tensor([0.7], dtype=torch.float64),
        "item_bias": torch.tensor(rng.normal(size=n_items)),
    }


def test_a_step_goes_up_the_gradient_of_the_log_likelihood() -> None:
    parameters, vectors = parameters_of(3, 7), torch.tensor(make_rng(1).normal(size=(7, 3)))
    known = [2, 5]
    head = parameters["head"].clone().requires_grad_()
    chances = torch.log_softmax(vectors @ head + parameters["item_bias"], dim=0)
    (gradient,) = torch.autograd.grad(chances[known].sum(), head)
    rate = torch.exp(parameters["log_rate"]) / (2 + torch.exp(parameters["log_caution"]))
    expected = parameters["head"] + rate * gradient
    found = adapted_heads(parameters, vectors, padded([np.array(known)], CPU), 1)
    np.testing.assert_allclose(found[0].numpy(), expected.detach().numpy(), rtol=1e-9)


def test_nothing_known_leaves_the_common_head() -> None:
    parameters, vectors = parameters_of(3, 7), torch.tensor(make_rng(1).normal(size=(7, 3)))
    found = adapted_heads(parameters, vectors, padded([np.zeros(0, dtype=np.int64)], CPU), 3)
    np.testing.assert_array_equal(found[0].numpy(), parameters["head"].numpy())


def test_a_known_user_scores_like_a_newcomer_with_the_same_items() -> None:
    data = checkerboard()
    recommender = AnilRecommender(AnilSettings())
    recommender.fit(data, rng=make_rng(0))
    known = UserEvidence.of_user(data.known(), 3)
    newcomer = UserEvidence.of_likes(known.item_indices)
    np.testing.assert_array_equal(recommender.score([known]), recommender.score([newcomer]))


def test_two_likes_are_enough_to_tell_the_taste_of_a_newcomer() -> None:
    recommender = AnilRecommender(AnilSettings())
    recommender.fit(checkerboard(), rng=make_rng(0))
    scores = recommender.score([UserEvidence.of_likes(np.array([5, 9]))])[0]
    odd = np.arange(N) % 2 == 1
    assert scores[odd].min() > scores[~odd].max()
