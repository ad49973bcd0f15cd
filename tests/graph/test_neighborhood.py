"""What lies around an entity, and what is left when there is too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.links import links_of
from kgrec_core.graph.neighborhood import Neighborhood, neighborhood
from tests.graph_samples import graph_of

# a - b - c - d with e hanging on b, and b pointing back to a.
CHAIN = graph_of(
    [("a", "r", "b"), ("c", "r", "b"), ("c", "r", "d"), ("b", "r", "e"), ("b", "s", "a")],
    more=["alone"],
)


def around(graph: KnowledgeGraph, entity: str, **limits: object) -> Neighborhood:
    return neighborhood(links_of(graph), graph.entities.index_of(entity), **limits)


def names(graph: KnowledgeGraph, found: Neighborhood) -> list[str]:
    return [graph.entities.id_of(index) for index in found.entity_indices.tolist()]


def test_one_hop_follows_triples_in_both_directions() -> None:
    found = around(CHAIN, "b")
    assert names(CHAIN, found)[0] == "b"
    assert set(names(CHAIN, found)) == {"a", "b", "c", "e"}
    assert found.n_total == 4


def test_more_hops_reach_further() -> None:
    found = around(CHAIN, "a", n_hops=3)
    hops = dict(zip(names(CHAIN, found), found.n_hops.tolist(), strict=True))
    assert hops == {"a": 0, "b": 1, "c": 2, "e": 2, "d": 3}


def test_the_strength_is_that_of_the_strongest_path() -> None:
    # Triples: a 2, b 4, c 2, d 1, e 1.
    found = around(CHAIN, "a", n_hops=3)
    strength = dict(zip(names(CHAIN, found), found.strengths.tolist(), strict=True))
    a_b = 1 / 8**0.5
    assert strength["b"] == pytest.approx(a_b)
    assert strength["e"] == pytest.approx(a_b / 2)
    assert strength["c"] == pytest.approx(a_b / 8**0.5)
    assert strength["d"] == pytest.approx(a_b / 8**0.5 / 2**0.5)


def test_a_longer_way_counts_when_it_is_the_stronger_one() -> None:
    # a - hub directly, and a - x - hub; the hub has ten more triples, x only these two.
    spokes = [("hub", "r", f"n{i}") for i in range(10)]
    graph = graph_of(
        [("a", "r", "hub"), ("a", "r", "x"), ("x", "r", "y"), ("y", "r", "hub"), *spokes]
    )
    found = around(graph, "a", n_hops=3)
    place = names(graph, found).index("hub")
    assert found.n_hops[place] == 1
    assert found.strengths[place] == pytest.approx(1 / 24**0.5)


def test_an_entity_without_triples_stands_alone() -> None:
    found = around(CHAIN, "alone", n_hops=2)
    assert (found.entity_indices.size, found.n_total) == (1, 1)


def test_the_strongest_stay_when_there_are_too_many() -> None:
    found = around(CHAIN, "a", n_hops=3, max_entities=3)
    assert names(CHAIN, found) == ["a", "b", "e"]  # e has 1 triple, c has 2
    assert found.n_total == 5


def test_only_the_chosen_relations_are_followed() -> None:
    found = around(CHAIN, "b", n_hops=2, relations=[CHAIN.relations.index_of("s")])
    assert names(CHAIN, found) == ["b", "a"]
    assert found.n_total == 2


def test_no_relation_at_all_leads_nowhere() -> None:
    assert around(CHAIN, "b", relations=[]).n_total == 1


@given(
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=20),
    st.integers(1, 4),
    st.integers(1, 8),
)
def test_what_stays_is_connected_to_the_center(
    pairs: set[tuple[int, int]], n_hops: int, cap: int
) -> None:
    graph = graph_of([(f"e{h}", "r", f"e{t}") for h, t in sorted(pairs)], more=["e0"])
    found = around(graph, "e0", n_hops=n_hops, max_entities=cap)
    kept = set(found.entity_indices.tolist())
    reached, border = {graph.entities.index_of("e0")}, {graph.entities.index_of("e0")}
    while border:
        border = {
            end
            for head, _, tail in graph.triples.tolist()
            for start, end in ((head, tail), (tail, head))
            if start in border and end in kept
        } - reached
        reached |= border
    assert reached == kept


def test_the_answer_is_always_the_same() -> None:
    first, second = (around(CHAIN, "b", n_hops=2) for _ in range(2))
    assert first.entity_indices.tolist() == second.entity_indices.tolist()


def test_limits_and_the_center_are_checked() -> None:
    with pytest.raises(ConfigError, match="'n_hops'"):
        around(CHAIN, "a", n_hops=0)
    with pytest.raises(ConfigError, match="'max_entities'"):
        around(CHAIN, "a", max_entities=0)
    with pytest.raises(UnknownIdError):
        neighborhood(links_of(CHAIN), 99)
