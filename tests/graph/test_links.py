"""The links of each entity side by side, and how strong they are."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.errors import UnknownIdError
from kgrec_core.graph.links import links_of
from tests.graph_samples import graph_of

# "b" has three triples, "a" two, "c" and "d" one each; "alone" has none.
GRAPH = graph_of(
    [("a", "r", "b"), ("b", "s", "a"), ("c", "r", "b"), ("d", "r", "d")], more=["alone"]
)
LINKS = links_of(GRAPH)


def around(entity: str) -> list[tuple[str, int]]:
    own = LINKS.of(GRAPH.entities.index_of(entity))
    ends = [GRAPH.entities.id_of(end) for end in LINKS.ends[own].tolist()]
    return list(zip(ends, LINKS.triples[own].tolist(), strict=True))


def test_each_triple_stands_at_both_of_its_ends() -> None:
    assert around("a") == [("b", 0), ("b", 1)]
    assert around("b") == [("a", 0), ("a", 1), ("c", 2)]
    assert around("c") == [("b", 2)]


def test_a_loop_is_no_link() -> None:
    assert around("d") == []
    assert around("alone") == []


def test_a_link_is_strong_where_both_ends_have_few_triples() -> None:
    own = LINKS.of(GRAPH.entities.index_of("b"))
    assert LINKS.strengths[own] == pytest.approx([1 / np.sqrt(6), 1 / np.sqrt(6), 1 / np.sqrt(3)])


def test_positions_of_several_entities_follow_each_other() -> None:
    entities = np.array([GRAPH.entities.index_of("c"), GRAPH.entities.index_of("a")])
    assert LINKS.triples[LINKS.of_all(entities)].tolist() == [2, 0, 1]
    assert LINKS.of_all(np.zeros(0, dtype=np.int64)).size == 0


def test_links_can_be_kept_to_some_relations() -> None:
    only_s = LINKS.allowed([GRAPH.relations.index_of("s")])
    assert LINKS.triples[only_s].tolist() == [1, 1]
    assert LINKS.allowed(None).all()


def test_an_entity_outside_of_the_graph_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="no entity 5"):
        LINKS.of(5)
