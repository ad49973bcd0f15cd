"""The same triples in two graphs."""

from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.graph.matching import rows_in
from tests.graph_samples import graph_of

WHOLE = graph_of([("a", "r", "b"), ("b", "r", "c"), ("a", "s", "c"), ("c", "r", "a")])


def part(rows: list[int]):
    return dataclasses.replace(
        WHOLE, triples=WHOLE.triples[rows], provenance=WHOLE.provenance[rows]
    )


def test_each_triple_of_a_part_is_found_in_the_whole_whatever_its_order() -> None:
    rows = rows_in(WHOLE, part([3, 0, 2]))
    assert rows is not None
    assert rows.tolist() == [3, 0, 2]


def test_a_part_without_triples_has_no_rows() -> None:
    rows = rows_in(WHOLE, part([]))
    assert rows is not None
    assert rows.size == 0


def test_a_triple_that_is_missing_in_the_whole_is_told() -> None:
    assert rows_in(part([0, 1]), part([2])) is None
    assert rows_in(part([]), part([2])) is None


def test_graphs_over_other_entities_do_not_match() -> None:
    assert rows_in(WHOLE, graph_of([("a", "r", "x")])) is None


def test_triples_that_differ_in_the_relation_only_are_told_apart() -> None:
    graph = graph_of([("a", "r", "b"), ("a", "s", "b")])
    assert np.array_equal(rows_in(graph, graph), [0, 1])
