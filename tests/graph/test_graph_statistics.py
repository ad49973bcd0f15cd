"""Counts of a graph, by hand."""

from __future__ import annotations

import pytest

from kgrec_core.graph.statistics import DegreeBin, RelationCount, TypeCount, graph_statistics
from tests.graph_samples import graph_of

GRAPH = graph_of(
    [
        ("item:0", "has_genre", "genre:x"),
        ("item:1", "has_genre", "genre:x"),
        ("item:1", "has_genre", "genre:y"),
        ("item:1", "sequel_of", "item:0"),
        ("genre:y", "part_of", "genre:x"),
    ],
    n_items=4,
)


def test_totals_are_counted() -> None:
    found = graph_statistics(GRAPH)
    totals = (found.n_entities, found.n_relations, found.n_triples, found.n_items)
    assert totals == (6, 3, 5, 4)


def test_linked_items_are_those_with_a_triple() -> None:
    found = graph_statistics(GRAPH)
    assert found.n_linked_items == 2
    assert found.share_of_items_linked == pytest.approx(0.5)


def test_types_are_counted_most_frequent_first() -> None:
    # Items have 2 + 3 + 0 + 0 triples, genres 3 + 2.
    assert graph_statistics(GRAPH).types == (TypeCount("item", 4, 1.25), TypeCount("genre", 2, 2.5))


def test_relations_are_counted_largest_first() -> None:
    assert graph_statistics(GRAPH).relations == (
        RelationCount("has_genre", 3, 2, 2, 1.5, 2),
        RelationCount("sequel_of", 1, 1, 1, 1.0, 2),
        RelationCount("part_of", 1, 1, 1, 1.0, 0),
    )


def test_degrees_are_put_into_doubling_bins() -> None:
    # Degrees: 2, 3, 0, 0, 3, 2.
    assert graph_statistics(GRAPH).degrees == (
        DegreeBin(0, 0, 2),
        DegreeBin(1, 1, 0),
        DegreeBin(2, 3, 4),
    )


def test_every_entity_is_in_exactly_one_bin() -> None:
    star = graph_of([("hub", "r", f"n{i}") for i in range(37)], more=["alone"])
    bins = graph_statistics(star).degrees
    assert sum(part.n_entities for part in bins) == star.n_entities
    assert bins[-1] == DegreeBin(32, 63, 1)


def test_an_empty_graph_has_zeros() -> None:
    found = graph_statistics(graph_of([]))
    assert (found.n_entities, found.types, found.relations) == (0, (), ())
    assert found.degrees == (DegreeBin(0, 0, 0),)
    assert found.share_of_items_linked == 0.0


def test_a_relation_without_triples_is_listed_with_zeros() -> None:
    from dataclasses import replace

    emptied = replace(GRAPH, triples=GRAPH.triples[:0], provenance=GRAPH.provenance.head(0))
    assert RelationCount("part_of", 0, 0, 0, 0.0, 0) in graph_statistics(emptied).relations
