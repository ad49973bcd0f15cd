from __future__ import annotations

import numpy as np
import torch

from kgrec_core.recommender.neural.collaborative_graph import (
    ITEM_OF_USER,
    USER_OF_ITEM,
    CollaborativeGraph,
    collaborative_graph,
)
from tests.recommender.problems import graph_of, interactions_of

KNOWN = interactions_of([(0, 1), (1, 0)], n_users=2, n_items=2)
GRAPH = graph_of(2, [("person:a", "person")], [(0, "by", 2), (1, "by", 2)])


def made(n_old_items: int = 2) -> CollaborativeGraph:
    return collaborative_graph(KNOWN, GRAPH, torch.device("cpu"), n_old_items=n_old_items)


def edges(graph: CollaborativeGraph) -> set[tuple[int, int, int]]:
    parts = (graph.heads, graph.relations, graph.tails)
    return set(zip(*(part.tolist() for part in parts), strict=True))


def test_every_link_goes_both_ways() -> None:
    user_side = {(0, ITEM_OF_USER, 3), (1, ITEM_OF_USER, 2)}
    item_side = {(3, USER_OF_ITEM, 0), (2, USER_OF_ITEM, 1)}
    triples = {(2, 2, 4), (3, 2, 4), (4, 3, 2), (4, 3, 3)}
    assert edges(made()) == user_side | item_side | triples


def test_the_edges_of_a_head_lie_between_its_start_and_the_next() -> None:
    graph = made()
    ends = [*graph.starts.tolist()[1:], graph.heads.numel()]
    for head, (start, end) in enumerate(zip(graph.starts.tolist(), ends, strict=True)):
        assert np.flatnonzero(graph.heads.numpy() == head).tolist() == list(range(start, end))


def test_each_slot_stands_for_one_relation_and_node() -> None:
    graph = made()
    of_slot = np.repeat(np.arange(graph.n_relations), graph.slot_counts)
    for slots, nodes in ((graph.head_slots, graph.heads), (graph.tail_slots, graph.tails)):
        np.testing.assert_array_equal(of_slot[slots.numpy()], graph.relations.numpy())
        np.testing.assert_array_equal(graph.slot_nodes[slots].numpy(), nodes.numpy())


def test_nobody_listens_to_a_new_item() -> None:
    graph = made(n_old_items=1)
    assert 3 not in graph.tails.tolist()
    assert 3 in graph.heads.tolist()
