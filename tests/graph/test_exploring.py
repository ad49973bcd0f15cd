"""A neighborhood that grows where it is expanded, and shrinks again."""

from __future__ import annotations

import pytest

from kgrec_core.errors import UnknownIdError
from kgrec_core.graph import exploring
from kgrec_core.graph.exploring import Exploration, Explored, Step, explore
from kgrec_core.graph.links import links_of
from tests.graph_samples import graph_of

# a - b - c - d in a row; "hub" is b's neighbor and has 30 more.
GRAPH = graph_of(
    [("a", "r", "b"), ("b", "r", "c"), ("c", "s", "d"), ("b", "s", "hub")]
    + [("hub", "r", f"n{i:02}") for i in range(30)]
)
LINKS = links_of(GRAPH)


def index(name: str) -> int:
    return GRAPH.entities.index_of(name)


def after(*steps: str, relations: tuple[int, ...] | None = None) -> Explored:
    """Start at "a" with one hop; "+b" expands b, "-b" collapses it."""
    found = tuple(Step(index(step[1:]), step[0] == "+") for step in steps)
    return explore(LINKS, Exploration(index("a"), relations=relations, steps=found))


def names(found: Explored) -> list[str]:
    return [GRAPH.entities.id_of(entity) for entity in found.entity_indices.tolist()]


def test_without_a_step_it_is_the_neighborhood() -> None:
    found = after()
    assert names(found) == ["a", "b"]
    assert (found.n_start, found.n_total) == (2, 2)


def test_an_expansion_adds_neighbors_behind_what_was_there() -> None:
    found = after("+b")
    assert names(found) == ["a", "b", "c", "hub"]
    assert found.n_hops.tolist() == [0, 1, 2, 2]
    assert found.brought_by.tolist() == [index("a"), index("a"), index("b"), index("b")]
    assert found.triple_indices.tolist() == [0, 1, 3]
    assert [(part.n_shown, part.n_total) for part in found.expansions] == [(3, 3)]


def test_the_strength_of_what_an_expansion_brings_goes_on_from_the_center() -> None:
    found = after("+b")
    a_b, b_c = 1 / 3**0.5, 1 / 6**0.5
    assert found.strengths[2] == pytest.approx(a_b * b_c)


def test_a_hub_is_expanded_in_portions() -> None:
    once, twice = after("+b", "+hub"), after("+b", "+hub", "+hub")
    assert [(p.n_shown, p.n_total) for p in once.expansions] == [(3, 3), (26, 31)]
    assert [(p.n_shown, p.n_total) for p in twice.expansions] == [(3, 3), (31, 31)]
    assert names(twice)[: len(names(once))] == names(once)


def test_collapsing_takes_back_what_was_brought_and_all_that_came_through_it() -> None:
    assert names(after("+b", "+c", "-b")) == ["a", "b"]
    assert after("+b", "+c", "-b").expansions == ()


def test_expanding_again_brings_back_what_was_expanded_behind_it() -> None:
    assert set(names(after("+b", "+c", "-b", "+b"))) == {"a", "b", "c", "d", "hub"}


def test_expansions_keep_to_the_chosen_relations() -> None:
    only_r = (GRAPH.relations.index_of("r"),)
    found = after("+b", relations=only_r)
    assert names(found) == ["a", "b", "c"]
    assert [(p.n_shown, p.n_total) for p in found.expansions] == [(2, 2)]


def test_no_more_entities_are_shown_than_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MAX_SHOWN", 10)
    found = after("+b", "+hub")
    assert found.entity_indices.size == 10
    assert found.is_full
    assert not after("+b").is_full


def test_an_expanded_entity_outside_of_the_graph_is_refused() -> None:
    with pytest.raises(UnknownIdError):
        explore(LINKS, Exploration(0, steps=(Step(999),)))
