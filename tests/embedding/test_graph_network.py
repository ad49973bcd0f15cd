from __future__ import annotations

import math

import numpy as np
import pytest

from kgrec_core.embedding.graph_network import GraphNetwork
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.rng import make_rng
from tests.recommender.problems import graph_of

DIM = 3


def graph() -> KnowledgeGraph:
    entities = [("genre:a", "genre"), ("genre:b", "genre"), ("person:x", "person")]
    links = [(0, "has", 3), (0, "has", 4), (1, "has", 3), (1, "made_by", 5), (2, "made_by", 5)]
    return graph_of(3, entities, [*links, (1, "sequel_of", 0)])


def naive(vectors: np.ndarray, network: GraphNetwork, *, with_attention: bool) -> np.ndarray:
    """The formula of one layer, item by item."""
    known, result = graph(), np.zeros((3, DIM))
    scales, biases, queries = (
        part.numpy()[0] for part in (network.scales, network.biases, network.queries)
    )
    heard: list[tuple[int, int, int]] = []
    for head, relation, tail in known.triples.tolist():
        heard += [(head, relation, tail), (tail, relation + known.n_relations, head)]
    for item in range(3):
        strengths, messages = [], []
        for relation in range(2 * known.n_relations):
            speakers = [s for x, r, s in heard if x == item and r == relation]
            if not speakers:
                continue
            message = vectors[speakers].mean(axis=0) * scales[relation]
            logit = biases[relation] + message @ queries
            strengths.append(math.exp(logit) if with_attention else len(speakers))
            messages.append(message)
        for strength, message in zip(strengths, messages, strict=True):
            result[item] += strength / sum(strengths) * message
    return result


@pytest.mark.parametrize("with_attention", [True, False])
def test_one_layer_agrees_with_a_naive_loop(with_attention: bool) -> None:
    import torch

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
    vectors = rng.normal(size=(network.n_vectors, DIM)).astype(np.float32)
    found = network.item_part(torch.from_numpy(vectors)).numpy()
    expected = naive(vectors, network, with_attention=with_attention)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_item_without_links_hears_nothing() -> None:
    import torch

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
    import torch

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
