from __future__ import annotations

import numpy as np
import pytest
import torch

from kgrec_core.embedding.graph_network import GraphNetwork
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.rng import make_rng
from tests.recommender.problems import graph_of

DIM = 3


def graph() -> KnowledgeGraph:
    entities = [("genre:a", "genre"), ("genre:b", "genre"), ("person:x", "person")]
    links = [(0, "has", 3), (0, "has", 4), (1, "has", 3), (1, "made_by", 5), (2, "made_by", 5)]
    return graph_of(3, entities, [*links, (1, "sequel_of", 0)])


def naive(vectors: torch.Tensor, network: GraphNetwork, *, with_attention: bool) -> torch.Tensor:
    """The formula of one layer, item by item."""
    known, rows = graph(), []
    scales, biases, queries = network.scales[0], network.biases[0], network.queries[0]
    heard: list[tuple[int, int, int]] = []
    for head, relation, tail in known.triples.tolist():
        heard += [(head, relation, tail), (tail, relation + known.n_relations, head)]
    for item in range(3):
        strengths, messages = [], []
        for relation in range(2 * known.n_relations):
            speakers = [s for x, r, s in heard if x == item and r == relation]
            if not speakers:
                continue
            message = sum(vectors[s] for s in speakers) / len(speakers) * scales[relation]
            logit = biases[relation] + (message * queries).sum()
            strengths.append(torch.exp(logit) if with_attention else float(len(speakers)))
            messages.append(message)
        total = sum(strengths)
        rows.append(sum(s / total * m for s, m in zip(strengths, messages, strict=True)))
    return torch.stack(rows)


@pytest.mark.parametrize("with_attention", [True, False])
def test_one_layer_and_its_gradients_agree_with_a_naive_loop(with_attention: bool) -> None:
    network = GraphNetwork(
        graph(),
        embedding_dim=DIM,
        n_layers=1,
        with_attention=with_attention,
        min_links=1,
        device=torch.device("cpu"),
    )
    rng = make_rng(0)
    for part in (network.scales, network.biases, network.queries):
        part.copy_(torch.from_numpy(rng.normal(size=part.shape).astype(np.float32)))
    vectors = torch.from_numpy(rng.normal(size=(network.n_vectors, DIM)).astype(np.float32))
    learned = [vectors, *network.parameters()]
    for part in learned:
        part.requires_grad_(True)
    found = network.item_part(vectors)
    expected = naive(vectors, network, with_attention=with_attention)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    gradients = torch.autograd.grad(found.square().sum(), learned)
    hoped = torch.autograd.grad(expected.square().sum(), learned)
    for gradient, other in zip(gradients, hoped, strict=True):
        torch.testing.assert_close(gradient, other, atol=1e-4, rtol=1e-4)


def test_an_item_without_links_hears_nothing() -> None:
    lonely = graph_of(2, [("genre:a", "genre")], [(0, "has", 2)])
    network = GraphNetwork(
        lonely,
        embedding_dim=DIM,
        n_layers=1,
        with_attention=True,
        min_links=1,
        device=torch.device("cpu"),
    )
    assert not network.item_part(torch.ones((network.n_vectors, DIM)))[1].any()


def test_two_layers_hear_the_neighbors_of_neighbors() -> None:
    # Items 0 and 1 share nobody, but their people (2, 3) live in the same town (4).
    people = [("person:a", "person"), ("person:b", "person"), ("town:c", "town")]
    links = [(0, "made_by", 2), (1, "made_by", 3), (2, "lives_in", 4), (3, "lives_in", 4)]
    heard = {}
    for n_layers in (1, 2):
        network = GraphNetwork(
            graph_of(2, people, links),
            embedding_dim=DIM,
            n_layers=n_layers,
            with_attention=False,
            min_links=2,
            device=torch.device("cpu"),
        )
        vectors = torch.zeros((network.n_vectors, DIM))
        vectors[-1] = 1.0  # the town, where it speaks at all
        heard[n_layers] = network.item_part(vectors)
    assert not heard[1][0].any()
    assert heard[2][0].any()
    assert torch.equal(heard[2][0], heard[2][1])
