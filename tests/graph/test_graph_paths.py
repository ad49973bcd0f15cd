"""Paths between two entities, against a search by permutations."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.graph import paths as paths_module
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.links import links_of
from kgrec_core.graph.paths import FoundPaths, find_paths, hops_between
from tests.graph_samples import graph_of


def search(graph: KnowledgeGraph, source: str, target: str, **limits: object) -> FoundPaths:
    index = graph.entities.index_of
    return find_paths(links_of(graph), index(source), index(target), **limits)


def words(graph: KnowledgeGraph, source: str, target: str, **limits: object) -> list[str]:
    paths = search(graph, source, target, **limits).paths
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
    found = search(FILMS, "f1", "f2")
    assert [path.triple_indices for path in found.paths] == [(5,), (3, 4), (0, 1)]


def test_two_relations_between_the_same_entities_are_two_paths() -> None:
    graph = graph_of([("a", "r", "b"), ("a", "s", "b"), ("b", "r", "c")])
    found = search(graph, "a", "c")
    assert [path.triple_indices for path in found.paths] == [(0, 2), (1, 2)]


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
        search(FILMS, "f1", "f2", max_hops=0)
    with pytest.raises(ConfigError, match="'max_paths'"):
        search(FILMS, "f1", "f2", max_paths=0)
    with pytest.raises(UnknownIdError):
        find_paths(links_of(FILMS), 0, 99)


def test_a_path_is_as_strong_as_the_product_of_its_links() -> None:
    # Triples: f1 3, f2 3, ann 2, drama 3.
    strengths = [path.strength for path in search(FILMS, "f1", "f2", max_hops=2).paths]
    assert strengths == pytest.approx([1 / 3, 1 / 6, 1 / 9])


def test_strongest_first_may_put_a_long_path_before_a_short_one() -> None:
    spokes = [("hub", "r", f"n{i}") for i in range(30)]
    graph = graph_of(
        [
            ("a", "r", "hub"),
            ("hub", "r", "b"),
            ("a", "r", "x"),
            ("x", "r", "y"),
            ("y", "r", "b"),
            *spokes,
        ]
    )
    assert words(graph, "a", "b") == ["a hub b", "a x y b"]
    assert words(graph, "a", "b", shortest_first=False) == ["a x y b", "a hub b"]


def test_a_search_says_whether_it_found_all() -> None:
    assert search(FILMS, "f1", "f2", max_hops=2).is_all
    capped = search(FILMS, "f1", "f2", max_hops=2, max_paths=2)
    assert not capped.is_all
    assert not capped.is_cut
    exact = search(FILMS, "f1", "f2", max_hops=2, max_paths=3)
    assert exact.is_all


def test_between_hubs_the_search_gives_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = [f"n{i}" for i in range(12)]
    dense = [(a, "r", b) for a in inner for b in inner if a < b]
    graph = graph_of([("s", "r", "n0"), *dense, ("n1", "r", "t")])
    monkeypatch.setattr(paths_module, "MAX_STEPS", 200)
    found = search(graph, "s", "t", max_hops=6, max_paths=5000)
    assert found.is_cut
    assert not found.is_all
    assert words(graph, "s", "t", max_hops=6, max_paths=1) == ["s n0 n1 t"]


def test_many_paths_through_a_dense_part_are_found_in_order() -> None:
    inner = [f"n{i}" for i in range(40)]
    dense = [(a, "r", b) for a in inner for b in inner if a < b]
    graph = graph_of([("s", "r", "n0"), *dense, ("n1", "r", "t")])
    found = words(graph, "s", "t", max_hops=6, max_paths=2000)
    assert found[0] == "s n0 n1 t"
    assert len(found) == 2000


def test_hops_between_two_entities_are_counted() -> None:
    chain = graph_of([("a", "r", "b"), ("c", "r", "b"), ("c", "r", "d")], more=["x"])
    links, index = links_of(chain), chain.entities.index_of
    assert hops_between(links, index("a"), index("a")) == 0
    assert hops_between(links, index("a"), index("d")) == 3
    assert hops_between(links, index("a"), index("x")) is None


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
    for shortest_first in (True, False):
        asked = {"max_hops": 3, "max_paths": 10_000, "shortest_first": shortest_first}
        found = find_paths(links_of(graph), source, target, **asked)
        assert {(path.entity_indices, path.triple_indices) for path in found.paths} == expected
        assert len(found.paths) == len(expected)
        assert found.is_all
        keys = [
            (len(path.triple_indices) if shortest_first else 0, -round(path.strength, 9))
            for path in found.paths
        ]
        assert keys == sorted(keys)
