"""Paths between two entities, against a search by permutations."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.paths import find_paths
from tests.graph_samples import graph_of


def words(graph: KnowledgeGraph, source: str, target: str, **limits: int) -> list[str]:
    paths = find_paths(
        graph, graph.entities.index_of(source), graph.entities.index_of(target), **limits
    )
    return [" ".join(graph.entities.id_of(i) for i in path.entity_indices) for path in paths]


FILMS = graph_of(
    [
        ("f1", "has_genre", "drama"),
        ("f2", "has_genre", "drama"),
        ("f3", "has_genre", "drama"),
        ("f1", "has_actor", "ann"),
        ("f2", "has_actor", "ann"),
        ("f2", "sequel_of", "f1"),
    ]
)


def test_short_paths_come_first_and_specific_entities_before_hubs() -> None:
    # "ann" has two triples, "drama" three.
    assert words(FILMS, "f1", "f2", max_hops=2) == ["f1 f2", "f1 ann f2", "f1 drama f2"]


def test_the_triples_of_each_hop_are_named() -> None:
    paths = find_paths(FILMS, FILMS.entities.index_of("f1"), FILMS.entities.index_of("f2"))
    assert [path.triple_indices for path in paths] == [(5,), (3, 4), (0, 1)]


def test_two_relations_between_the_same_entities_are_two_paths() -> None:
    graph = graph_of([("a", "r", "b"), ("a", "s", "b"), ("b", "r", "c")])
    paths = find_paths(graph, 0, graph.entities.index_of("c"))
    assert [path.triple_indices for path in paths] == [(0, 2), (1, 2)]


def test_the_number_of_paths_is_capped() -> None:
    assert words(FILMS, "f1", "f2", max_hops=3, max_paths=2) == ["f1 f2", "f1 ann f2"]


def test_nothing_is_found_beyond_the_hops_or_without_connection() -> None:
    chain = graph_of([("a", "r", "b"), ("b", "r", "c")], more=["x"])
    assert words(chain, "a", "c", max_hops=1) == []
    assert words(chain, "a", "x", max_hops=3) == []


def test_an_entity_has_no_path_to_itself() -> None:
    assert words(FILMS, "f1", "f1") == []


def test_a_loop_at_an_entity_is_no_way() -> None:
    assert words(graph_of([("a", "r", "a"), ("a", "r", "b")]), "a", "b") == ["a b"]


def test_limits_and_entities_are_checked() -> None:
    with pytest.raises(ConfigError, match="'max_hops'"):
        find_paths(FILMS, 0, 1, max_hops=0)
    with pytest.raises(ConfigError, match="'max_paths'"):
        find_paths(FILMS, 0, 1, max_paths=0)
    with pytest.raises(UnknownIdError):
        find_paths(FILMS, 0, 99)


def test_a_star_of_hubs_is_given_up_rather_than_searched_for_hours() -> None:
    # From "s" each of 40 inner entities leads to all others; only one of 5 hops gets to "t".
    inner = [f"n{i}" for i in range(40)]
    dense = [(a, "r", b) for a in inner for b in inner if a < b]
    graph = graph_of([("s", "r", "n0"), *dense, ("n1", "r", "t")])
    found = words(graph, "s", "t", max_hops=6, max_paths=5000)
    assert found[0] == "s n0 n1 t"
    assert len(found) == 5000


@settings(max_examples=60)
@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(0, 4)), max_size=9))
def test_all_simple_paths_are_found(triples: set[tuple[int, int, int]]) -> None:
    ids = [f"e{i}" for i in range(5)]
    graph = graph_of([(ids[h], f"r{r}", ids[t]) for h, r, t in sorted(triples)], more=ids)
    rows = graph.triples.tolist()
    between: dict[frozenset[int], list[int]] = {}
    for index, (head, _, tail) in enumerate(rows):
        between.setdefault(frozenset((head, tail)), []).append(index)
    source, target = graph.entities.index_of("e0"), graph.entities.index_of("e1")
    others = [i for i in range(5) if i not in (source, target)]
    expected = set()
    for n_inner in range(3):
        for inner in permutations(others, n_inner):
            route = (source, *inner, target)
            choices = [between.get(frozenset(pair), []) for pair in pairwise(route)]
            expected |= {(route, hops) for hops in product(*choices)}
    found = find_paths(graph, source, target, max_hops=3, max_paths=10_000)
    assert {(path.entity_indices, path.triple_indices) for path in found} == expected
    lengths = [len(path.triple_indices) for path in found]
    assert lengths == sorted(lengths)
    assert len(found) == len(expected)
