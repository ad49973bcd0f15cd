from __future__ import annotations

import numpy as np
import torch

from kgrec_core.recommender.neural.collaborative_graph import (
    CollaborativeGraph,
    collaborative_graph,
)
from kgrec_core.recommender.neural.kgat_layers import (
    aggregated,
    attention,
    joined_layers,
    softmax_by_head,
)
from kgrec_core.recommender.neural.tensors import Parameters
from kgrec_core.rng import make_rng
from tests.recommender.problems import random_problem


def problem() -> tuple[CollaborativeGraph, Parameters, torch.Tensor]:
    data = random_problem(3, n_users=5, n_items=6)
    n_items = data.graph.n_items
    graph = collaborative_graph(data.train, data.graph, torch.device("cpu"), n_old_items=n_items)
    rng = make_rng(0)
    parameters = {
        "relation.weight": torch.tensor(rng.normal(size=(graph.n_relations, 4, 3))),
        "relation.vector": torch.tensor(rng.normal(size=(graph.n_relations, 3))),
    }
    return graph, parameters, torch.tensor(rng.normal(size=(graph.n_nodes, 4)))


def test_attention_is_that_of_a_naive_loop() -> None:
    graph, parameters, nodes = problem()
    found = attention(parameters, graph, nodes)
    triples = list(
        zip(graph.heads.tolist(), graph.relations.tolist(), graph.tails.tolist(), strict=True)
    )
    raised = []
    for head, relation, tail in triples:
        weight, vector = (parameters[f"relation.{part}"][relation] for part in ("weight", "vector"))
        logit = (nodes[tail] @ weight) @ torch.tanh(nodes[head] @ weight + vector)
        raised.append(float(torch.exp(logit)))
    for edge, (head, _, _) in enumerate(triples):
        total = sum(value for value, other in zip(raised, triples, strict=True) if other[0] == head)
        assert abs(float(found[edge]) - raised[edge] / total) < 1e-9


def test_softmax_over_edges_stands_large_values() -> None:
    logits = torch.tensor([1000.0, 1000.0, -1000.0])
    found = softmax_by_head(logits, torch.tensor([0, 0, 2]), 3)
    assert found.tolist() == [0.5, 0.5, 1.0]


def test_the_aggregator_without_product_is_the_sum_alone() -> None:
    parameters = {"sum.0.weight": torch.eye(2), "sum.0.bias": torch.zeros(2)}
    own, heard = torch.tensor([[1.0, -3.0]]), torch.tensor([[2.0, 1.0]])
    np.testing.assert_allclose(aggregated(parameters, 0, own, heard).numpy(), [[3.0, -0.02]])


def test_bi_interaction_adds_what_both_share() -> None:
    eye, zero = torch.eye(2), torch.zeros(2)
    parameters = {
        f"{kind}.0.{part}": value
        for kind in ("sum", "product")
        for part, value in (("weight", eye), ("bias", zero))
    }
    own, heard = torch.tensor([[1.0, 3.0]]), torch.tensor([[2.0, 1.0]])
    assert aggregated(parameters, 0, own, heard).tolist() == [[3.0 + 2.0, 4.0 + 3.0]]


def test_every_layer_counts_the_same() -> None:
    joined = joined_layers([torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 10.0]])])
    np.testing.assert_allclose(joined.numpy(), [[0.6, 0.8, 0.0, 1.0]])
