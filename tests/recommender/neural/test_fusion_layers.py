from __future__ import annotations

import numpy as np
import torch

from kgrec_core.recommender.neural.fusion_layers import (
    Views,
    fused,
    history_attention,
    initial_scorer,
    mlp_scores,
    transformer_memory,
    transformer_scores,
)
from kgrec_core.recommender.neural.settings import FusionNetworkSettings
from kgrec_core.recommender.neural.tensors import Parameters, to_tensors
from kgrec_core.rng import make_rng


def values(seed: int, *shape: int) -> torch.Tensor:
    return torch.tensor(make_rng(seed).normal(size=shape))


def scorer_parameters(scorer: str) -> Parameters:
    settings = FusionNetworkSettings.model_validate(
        {"embedding_dim": 6, "hidden_dim": 5, "scorer": scorer}
    )
    return to_tensors(initial_scorer(make_rng(1), settings), torch.device("cpu"), exact=True)


def test_a_gate_weighs_text_against_what_is_learned() -> None:
    parameters = {
        "f.alpha": torch.tensor([2.0]),
        "f.beta": torch.tensor([3.0]),
        "f.text.weight": torch.zeros(1, 1),
        "f.text.bias": torch.log(torch.tensor([3.0])),
        "f.learned.weight": torch.zeros(1, 1),
    }
    views = Views(torch.tensor([[8.0]]), torch.tensor([[1.0]]), torch.tensor([[2.0]]))
    np.testing.assert_allclose(fused(parameters, "f", views).numpy(), [[0.75 * 8 + 0.25 * 8]])
    views = Views(torch.tensor([[4.0]]), torch.tensor([[0.0]]), torch.tensor([[0.0]]))
    np.testing.assert_allclose(fused(parameters, "f", views).numpy(), [[3.0]], rtol=1e-6)


def test_concatenation_is_one_linear_map_of_all_views() -> None:
    parameters = {
        "f.alpha": torch.tensor([2.0]),
        "f.beta": torch.tensor([3.0]),
        "f.text.weight": torch.tensor([[1.0], [10.0], [100.0]]),
        "f.text.bias": torch.tensor([0.5]),
    }
    views = Views(torch.tensor([[1.0]]), torch.tensor([[1.0]]), torch.tensor([[1.0]]))
    assert fused(parameters, "f", views).tolist() == [[1.0 + 20.0 + 300.0 + 0.5]]


def test_attention_over_a_history_sums_to_one_and_leaves_gaps_out() -> None:
    parameters = {
        "history.weight": values(0, 3, 3),
        "history.bias": values(1, 3),
        "question": values(2, 3),
    }
    mask = torch.tensor([[True, False, True], [False, False, False]])
    weights = history_attention(parameters, values(3, 2, 3, 3), mask)
    assert float(weights[0, 1]) == 0.0
    np.testing.assert_allclose(weights.sum(dim=1).numpy(), [1.0, 0.0])


def test_the_mlp_scores_each_pair_by_itself() -> None:
    parameters, users, items = scorer_parameters("mlp"), values(4, 2, 6), values(5, 3, 6)
    found = mlp_scores(parameters, users, items)
    for u in range(2):
        for i in range(3):
            pair = users[u] * items[i]
            inner = users[u] @ parameters["hidden.weight"] + parameters["hidden.bias"]
            inner = inner + items[i] @ parameters["hidden.item.weight"]
            inner = inner + pair @ parameters["hidden.product.weight"]
            naive = torch.relu(inner) @ parameters["out"] + pair @ parameters["product"]
            assert abs(float(found[u, i] - naive)) < 1e-9


def test_the_transformer_does_not_see_beyond_the_end_of_a_history() -> None:
    parameters = scorer_parameters("transformer")
    users, items, history = values(6, 1, 6), values(7, 4, 6), values(8, 1, 5, 6)
    mask = torch.tensor([[True, True, True, False, False]])

    def scores(width: int) -> np.ndarray:
        part, kept = history[:, :width], mask[:, :width]
        memory = transformer_memory(parameters, part, kept, 2)
        return transformer_scores(parameters, users, items, memory, kept, 2).numpy()

    np.testing.assert_allclose(scores(5), scores(3), atol=1e-12)


def test_the_transformer_listens_to_the_history() -> None:
    parameters = scorer_parameters("transformer")
    users, items, mask = values(6, 1, 6), values(7, 4, 6), torch.ones(1, 3, dtype=torch.bool)
    found = [
        transformer_scores(
            parameters,
            users,
            items,
            transformer_memory(parameters, values(seed, 1, 3, 6), mask, 2),
            mask,
            2,
        )
        for seed in (8, 9)
    ]
    assert float((found[0] - found[1]).abs().max()) > 1e-3
