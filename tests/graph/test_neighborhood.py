"""What lies around an entity, and what is left when there is too much."""

from __future__ import annotations

import pytest

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.neighborhood import neighborhood
from tests.graph_samples import graph_of

# a - b - c - d with e hanging on b, and b pointing back to a.
CHAIN = graph_of(
    [("a", "r", "b"), ("c", "r", "b"), ("c", "r", "d"), ("b", "r", "e"), ("b", "s", "a")],
    more=["alone"],
)


def names(graph: KnowledgeGraph, indices: object) -> list[str]:
    return [graph.entities.id_of(index) for index in indices.tolist()]


def test_one_hop_follows_triples_in_both_directions() -> None:
    found = neighborhood(CHAIN, CHAIN.entities.index_of("b"))
    assert names(CHAIN, found.entity_indices)[0] == "b"
    assert set(names(CHAIN, found.entity_indices)) == {"a", "b", "c", "e"}
    assert found.triple_indices.tolist() == [0, 1, 3, 4]
    assert found.n_total == 4


def test_more_hops_reach_further() -> None:
    found = neighborhood(CHAIN, CHAIN.entities.index_of("a"), n_hops=3)
    hops = dict(zip(names(CHAIN, found.entity_indices), found.n_hops.tolist(), strict=True))
    assert hops == {"a": 0, "b": 1, "c": 2, "e": 2, "d": 3}


def test_an_entity_without_triples_stands_alone() -> None:
    found = neighborhood(CHAIN, CHAIN.entities.index_of("alone"), n_hops=2)
    assert (found.entity_indices.size, found.triple_indices.size, found.n_total) == (1, 0, 1)


def test_near_entities_stay_first_when_there_are_too_many() -> None:
    found = neighborhood(CHAIN, CHAIN.entities.index_of("a"), n_hops=3, max_entities=3)
    assert names(CHAIN, found.entity_indices) == ["a", "b", "e"]  # e has 1 triple, c has 2
    assert found.triple_indices.tolist() == [0, 3, 4]
    assert found.n_total == 5


def test_what_stays_is_connected_to_the_center() -> None:
    triples = [("hub", "r", f"n{i}") for i in range(9)] + [
        (f"n{i}", "r", f"m{i}") for i in range(9)
    ]
    graph = graph_of(triples)
    for cap in range(1, 19):
        found = neighborhood(graph, 0, n_hops=2, max_entities=cap)
        assert found.entity_indices.size == cap
        assert found.triple_indices.size == cap - 1  # a tree over all that stays


def test_the_answer_is_always_the_same() -> None:
    first = neighborhood(CHAIN, 0, n_hops=2)
    assert first.entity_indices.tolist() == neighborhood(CHAIN, 0, n_hops=2).entity_indices.tolist()


@pytest.mark.parametrize("index", [-1, 99])
def test_an_unknown_entity_is_refused(index: int) -> None:
    with pytest.raises(UnknownIdError, match="There is no entity"):
        neighborhood(CHAIN, index)


def test_hops_and_cap_must_be_positive() -> None:
    with pytest.raises(ConfigError, match="'n_hops'"):
        neighborhood(CHAIN, 0, n_hops=0)
    with pytest.raises(ConfigError, match="'max_entities'"):
        neighborhood(CHAIN, 0, max_entities=0)
