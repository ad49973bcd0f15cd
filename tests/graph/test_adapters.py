"""The graph as NetworkX sees it."""

from __future__ import annotations

from kgrec_core.graph.adapters import to_networkx
from tests.graph_samples import graph_of

GRAPH = graph_of(
    [("item:0", "r", "genre:x"), ("item:0", "s", "genre:x"), ("item:1", "r", "genre:x")],
    n_items=3,
    labels={"genre:x": "X"},
)


def test_every_entity_is_a_node_with_label_and_type() -> None:
    network = to_networkx(GRAPH)
    assert network.number_of_nodes() == 4
    assert network.nodes["genre:x"] == {"label": "X", "type": "genre", "entity_index": 3}


def test_every_triple_is_an_edge_from_head_to_tail() -> None:
    network = to_networkx(GRAPH)
    assert network.number_of_edges() == GRAPH.n_triples
    assert network.edges["item:0", "genre:x", "s"] == {"relation": "s", "triple_index": 1}
    assert not network.has_edge("genre:x", "item:0")


def test_degrees_agree_with_the_graph() -> None:
    network = to_networkx(GRAPH)
    assert [network.degree(id_) for id_ in GRAPH.entities.ids] == GRAPH.degrees.tolist()
