"""The graph as PyTorch Geometric sees it."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.errors import DataError
from kgrec_core.graph.to_pyg import to_hetero_data
from tests.graph_samples import graph_of

GRAPH = graph_of(
    [
        ("item:0", "has", "genre:x"),
        ("item:1", "has", "genre:y"),
        ("item:1", "has", "person:p"),
        ("item:1", "sequel_of", "item:0"),
    ],
    n_items=3,
)


def test_nodes_are_counted_by_type() -> None:
    data = to_hetero_data(GRAPH)
    counts = {kind: data[kind].num_nodes for kind in data.node_types}
    assert counts == {"item": 3, "genre": 2, "person": 1}


def test_each_pair_of_types_of_a_relation_is_an_edge_type_with_its_inverse() -> None:
    assert set(to_hetero_data(GRAPH).edge_types) == {
        ("item", "has", "genre"),
        ("genre", "rev_has", "item"),
        ("item", "has", "person"),
        ("person", "rev_has", "item"),
        ("item", "sequel_of", "item"),
        ("item", "rev_sequel_of", "item"),
    }


def test_edges_can_be_read_back_as_triples() -> None:
    data = to_hetero_data(GRAPH)
    triples = set()
    for head_type, relation, tail_type in data.edge_types:
        if relation.startswith("rev_"):
            continue
        heads, tails = data[head_type, relation, tail_type].edge_index
        head_entities = data[head_type].entity_index[heads].tolist()
        tail_entities = data[tail_type].entity_index[tails].tolist()
        number = GRAPH.relations.index_of(relation)
        triples |= {(h, number, t) for h, t in zip(head_entities, tail_entities, strict=True)}
    assert triples == {tuple(row) for row in GRAPH.triples.tolist()}


def test_inverse_edges_are_the_same_edges_backwards() -> None:
    data = to_hetero_data(GRAPH)
    forward = data["item", "has", "genre"].edge_index
    assert data["genre", "rev_has", "item"].edge_index.tolist() == forward.flip(0).tolist()


def test_items_keep_their_index_and_features() -> None:
    features = np.arange(6, dtype=np.float32).reshape(3, 2)
    data = to_hetero_data(GRAPH, item_features=features)
    assert data["item"].entity_index.tolist() == [0, 1, 2]
    assert data["item"].x.tolist() == features.tolist()


def test_features_must_be_one_row_per_item() -> None:
    with pytest.raises(DataError, match="'item_features' must have 3 rows"):
        to_hetero_data(GRAPH, item_features=np.zeros((2, 4), dtype=np.float32))


def test_the_result_is_valid_for_the_library() -> None:
    assert to_hetero_data(GRAPH).validate(raise_on_error=True)


def test_a_graph_without_triples_has_only_nodes() -> None:
    assert to_hetero_data(graph_of([], n_items=2)).edge_types == []
