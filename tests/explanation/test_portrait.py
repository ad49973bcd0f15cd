from __future__ import annotations

import pytest

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.portrait import interest_portrait
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
)
from tests.recommender.problems import graph_of

# items 0-3; 4 Varda, 5 Drama
GRAPH = graph_of(
    4,
    [("person:Varda", "person"), ("genre:Drama", "genre")],
    [
        (0, "directed_by", 4),
        (1, "directed_by", 4),
        (2, "directed_by", 4),
        (1, "sequel_of", 0),
        (0, "has_genre", 5),
        (1, "has_genre", 5),
    ],
)
NAMES = Names(GRAPH, ("a", "b", "c", "d"))


def graph_term(unit: EvidenceUnit, *paths: PathContribution) -> Contribution:
    value = sum(path.value for path in paths)
    return Contribution("graph", unit, value, 0.5, 1.0, 2 * value, paths)


def pair(item: int, *terms: Contribution) -> PairExplanation:
    return PairExplanation(item, 1.0 + sum(term.value for term in terms), 1.0, terms)


ITEM_1, ITEM_2 = EvidenceUnit("item", 1), EvidenceUnit("item", 2)
VARDA_FROM_1 = PathContribution((1, 4, 0), (1, 0), 0.3)
DRAMA_FROM_1 = PathContribution((1, 5, 0), (5, 4), 0.1)
VARDA_FROM_2 = PathContribution((2, 4, 0), (2, 0), -0.05)
SEQUEL = PathContribution((1, 0), (3,), 0.2)
BY_BEHAVIOR = PathContribution((4, 0), (0,), 0.07)
VARDA_TO_2 = PathContribution((1, 4, 2), (1, 2), 0.11)
BEHAVIOR = Contribution("collaborative", ITEM_2, -0.4, 0.5, 1.0, -0.8)


def test_an_entity_has_the_sum_of_the_paths_through_it_over_the_list() -> None:
    first = pair(
        0, graph_term(ITEM_1, VARDA_FROM_1, DRAMA_FROM_1), graph_term(ITEM_2, VARDA_FROM_2)
    )
    second = pair(2, graph_term(ITEM_1, VARDA_TO_2))
    varda, drama = interest_portrait([first, second], NAMES).interests
    assert varda.entity_index == 4
    assert varda.value == pytest.approx(0.3 - 0.05 + 0.11)
    assert [item for item, _ in varda.items] == [0, 2]
    assert [value for _, value in varda.items] == pytest.approx([0.25, 0.11])
    assert drama.value == pytest.approx(0.1)
    assert drama.relation_ids == ("has_genre",)


def test_the_sources_of_an_interest_add_up_to_it_and_name_their_links() -> None:
    told = pair(0, graph_term(ITEM_1, VARDA_FROM_1), graph_term(ITEM_2, VARDA_FROM_2))
    (varda,) = interest_portrait([told], NAMES).interests
    assert [(source.evidence, source.triple_index) for source in varda.sources] == [
        (ITEM_1, 1),
        (ITEM_2, 2),
    ]
    assert sum(source.value for source in varda.sources) == pytest.approx(varda.value)
    assert {source.relation_id for source in varda.sources} == {"directed_by"}


def test_an_entity_tied_by_behavior_is_an_interest_without_a_link() -> None:
    told = pair(0, graph_term(ITEM_2, BY_BEHAVIOR))
    (varda,) = interest_portrait([told], NAMES).interests
    assert varda.entity_index == 4
    (source,) = varda.sources
    assert (source.relation_id, source.triple_index) == ("", None)


def test_a_stated_interest_is_itself_one() -> None:
    stated = EvidenceUnit("entity", 4)
    told = pair(0, graph_term(stated, PathContribution((4, 0), (0,), 0.2)))
    (varda,) = interest_portrait([told], NAMES).interests
    assert (varda.entity_index, varda.value) == (4, pytest.approx(0.2))


def test_a_direct_link_has_no_entity_and_is_only_in_the_totals() -> None:
    portrait = interest_portrait([pair(0, graph_term(ITEM_1, SEQUEL), BEHAVIOR)], NAMES)
    assert portrait.interests == ()
    assert portrait.path_total == pytest.approx(0.2)
    assert portrait.path_absolute == pytest.approx(0.2)
    assert portrait.absolute_total == pytest.approx(0.6)
    assert portrait.n_paths == 1


def test_a_list_without_paths_has_an_empty_portrait() -> None:
    portrait = interest_portrait([pair(0, BEHAVIOR)], NAMES)
    assert (portrait.interests, portrait.n_paths, portrait.n_items) == ((), 0, 1)
