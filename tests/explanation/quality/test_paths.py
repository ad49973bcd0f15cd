"""Which path is shown, and faults of paths."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.quality.paths import ShownPath, all_paths, path_fault, shown_path
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
    UserEvidence,
)
from tests.explanation.additive import history
from tests.recommender.problems import graph_of

# Items 0 to 2; entity 3 is a person, 4 a genre.
GRAPH = graph_of(
    3,
    [("person:ann", "person"), ("genre:noir", "genre")],
    [(0, "by", 3), (1, "by", 3), (0, "has_genre", 4), (2, "has_genre", 4), (0, "sequel_of", 1)],
)
NAMES = Names(GRAPH, ("a", "b", "c"))
USER = history([0])


def term(*paths: PathContribution, unit: EvidenceUnit | None = None) -> Contribution:
    value = sum(path.value for path in paths)
    return Contribution("graph", unit or EvidenceUnit("item", 0), value, 1.0, 1.0, value, paths)


BY = PathContribution((0, 3, 1), (0, 1), 0.3)
DIRECT = PathContribution((0, 1), (4,), 0.5)
AGAINST = PathContribution((0, 3, 1), (0, 1), -0.9)


def found(*terms: Contribution, item: int = 1) -> list[ShownPath]:
    return list(all_paths(PairExplanation(item, 0.0, 0.0, terms), NAMES))


def test_types_tell_relations_and_directions() -> None:
    shared, direct = found(term(BY, DIRECT))
    assert (shared.kind, shared.type, shared.shared_entity) == ("shared", "by/^by", 3)
    assert (direct.kind, direct.type, direct.shared_entity) == ("direct", "sequel_of", None)
    assert shared.linking_item == direct.linking_item == 0


def test_a_carried_path_starts_at_an_entity_and_has_a_kind_of_its_own() -> None:
    carried = found(term(PathContribution((4, 2), (3,), 0.2)), item=2)[0]
    assert (carried.kind, carried.type) == ("carried", "behavior/^has_genre")
    assert (carried.shared_entity, carried.linking_item) == (4, None)


def test_the_shown_path_is_the_one_that_speaks_most_for_the_item() -> None:
    pair = PairExplanation(1, 0.0, 0.0, (term(BY, DIRECT, AGAINST),))
    shown = shown_path(pair, NAMES)
    assert shown is not None
    assert shown.path is DIRECT
    assert shown_path(PairExplanation(1, 0.0, 0.0, (term(AGAINST),)), NAMES) is None


def test_sound_paths_have_no_fault() -> None:
    carried = found(term(PathContribution((4, 2), (3,), 0.2)), item=2)
    for shown in (*found(term(BY, DIRECT)), *carried):
        assert path_fault(shown, GRAPH, USER, frozenset({2})) is None


def changed(path: PathContribution, **fields: object) -> ShownPath:
    return dataclasses.replace(found(term(BY))[0], path=dataclasses.replace(path, **fields))


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (changed(BY, triple_indices=(0,)), "no triple"),
        (changed(BY, triple_indices=()), "no triple"),
        (changed(BY, entity_indices=(0, 3, 2)), "does not end"),
        (changed(BY, triple_indices=(0, 99)), "not in the training graph"),
        (changed(BY, triple_indices=(0, 2)), "links other entities"),
    ],
)
def test_a_hop_that_is_no_triple_is_a_fault(shown: ShownPath, fault: str) -> None:
    assert fault in str(path_fault(shown, GRAPH, USER, frozenset()))


def test_evidence_that_is_not_known_or_held_out_is_a_fault() -> None:
    shown = found(term(BY))[0]
    assert "not known" in str(path_fault(shown, GRAPH, history([2]), frozenset()))
    assert "held-out" in str(path_fault(shown, GRAPH, USER, frozenset({0})))


def test_a_carried_path_from_an_item_is_a_fault() -> None:
    path = PathContribution((0, 3, 1), (0, 1), 0.2)
    unit = EvidenceUnit("friend", 7)
    shown = found(term(path, unit=unit))[0]
    user = UserEvidence(friend_indices=np.array([7]))
    assert "starts at an item" in str(path_fault(shown, GRAPH, user, frozenset()))
