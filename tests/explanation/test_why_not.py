"""Why not: two sums beside each other, and sentences that say no more than they know."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.ranks import rank_of
from kgrec_core.explanation.why_not import Difference, TermKey, WhyNot, compare, why_not
from kgrec_core.explanation.why_not_wording import (
    difference_label,
    lacking_sentences,
    leading_sentences,
)
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    Modality,
    PairExplanation,
    PathContribution,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.explanation.hand_made import model_of, who_chose
from tests.recommender.problems import graph_of, loud, with_people

GRAPH = graph_of(
    5,
    [("person:Varda", "person"), ("person:Ozu", "person")],
    [
        (0, "directed_by", 5),
        (1, "directed_by", 5),
        (2, "directed_by", 6),
        (3, "directed_by", 6),
        (0, "sequel_of", 1),
    ],
)
NAMES = Names(GRAPH, ("a", "b", "c", "d", "e"))
CHOSE_1_AND_3 = who_chose(1, 3)


def item(index: int) -> EvidenceUnit:
    return EvidenceUnit("item", index)


def term(
    modality: Modality, unit: EvidenceUnit, value: float, *paths: PathContribution
) -> Contribution:
    return Contribution(modality, unit, value, 1.0, 1.0, value, paths)


def graph_term(unit: EvidenceUnit, *paths: PathContribution) -> Contribution:
    return term("graph", unit, sum(path.value for path in paths), *paths)


def told(index: int, bias: float, *terms: Contribution) -> PairExplanation:
    return PairExplanation(index, bias + sum(t.value for t in terms), bias, terms)


VARDA = graph_term(item(1), PathContribution((1, 5, 0), (1, 0), 0.3))
SEQUEL = graph_term(item(1), PathContribution((1, 0), (4,), 0.2))
OZU = graph_term(item(3), PathContribution((3, 6, 2), (3, 2), 0.25))


def answer(
    left: PairExplanation, right: PairExplanation, user: UserEvidence = CHOSE_1_AND_3
) -> WhyNot:
    rows = compare(left, right, NAMES)
    return WhyNot(user, left.item_index, right.item_index, 2, 1, 3, left, right, rows)


def lacking(left: PairExplanation, right: PairExplanation) -> list[str]:
    return [sentence.text for sentence in lacking_sentences(answer(left, right), NAMES)]


def test_rows_are_matched_by_modality_and_evidence_bias_included() -> None:
    left = told(2, 0.1, term("collaborative", item(1), -0.2), term("text", item(1), 0.4))
    right = told(0, 0.3, term("collaborative", item(1), 0.5))
    assert compare(left, right, NAMES) == (
        Difference(TermKey("collaborative", item(1)), -0.2, 0.5, (item(1),)),
        Difference(TermKey("text", item(1)), 0.4, 0.0, (item(1),)),
        Difference(TermKey("bias"), 0.1, 0.3),
    )


def test_graph_paths_are_matched_by_the_last_link_whoever_they_start_from() -> None:
    other = graph_term(item(4), PathContribution((4, 5, 0), (9, 0), 0.5))
    (row,) = compare(
        told(2, 0.0), told(0, 0.0, VARDA, other), Names(_with_item_4(), NAMES.item_ids)
    )
    assert row.key == TermKey("graph", None, "shared", "directed_by", 5)
    assert (row.value_item, row.value_against) == (0.0, pytest.approx(0.8))
    assert row.evidence == (item(4), item(1))
    assert row.value == pytest.approx(-0.8)


def _with_item_4() -> KnowledgeGraph:
    links = [(int(h), GRAPH.relations.id_of(int(r)), int(t)) for h, r, t in GRAPH.triples]
    more = [(3, "tagged", 6), (2, "tagged", 5), (1, "tagged", 6), (0, "tagged", 6)]
    return graph_of(
        5,
        [("person:Varda", "person"), ("person:Ozu", "person")],
        [*links, *more, (4, "directed_by", 5)],
    )


def test_what_says_the_same_about_both_is_no_row() -> None:
    same = term("collaborative", item(1), 0.5)
    assert compare(told(2, 0.1, same), told(0, 0.1, same), NAMES) == ()


def test_a_relation_that_the_item_shares_with_nobody_is_said_to_be_missing() -> None:
    assert lacking(told(4, 0.0), told(0, 0.0, VARDA)) == [
        "Nothing known about this user has a “directed by” link in common with Item 4; "
        "Item 0 shares “Varda” with Item 1."
    ]


def test_an_entity_that_the_item_lacks_is_named_where_it_shares_another() -> None:
    assert lacking(told(2, 0.0), told(0, 0.0, VARDA)) == [
        "Item 0 shares “directed by Varda” with Item 1; Item 2 does not."
    ]


def test_a_link_that_the_item_has_is_never_said_to_be_missing() -> None:
    # Item 1 is directed by Varda as well, but nothing is said of it: a muted or silent link.
    user = who_chose(3)
    texts = lacking_sentences(answer(told(1, 0.0), told(0, 0.0, VARDA), user), NAMES)
    assert [sentence.text for sentence in texts] == [
        "“directed by Varda” speaks for Item 0 and says nothing about Item 1."
    ]


def test_a_direct_link_is_told_as_one() -> None:
    assert lacking(told(2, 0.0), told(0, 0.0, SEQUEL)) == [
        "Item 0 is linked directly to Item 1 (“sequel of”); Item 2 is not."
    ]


def test_a_stated_interest_is_not_called_a_choice() -> None:
    unit = EvidenceUnit("entity", 5)
    wish = graph_term(unit, PathContribution((5, 0), (0,), 0.3))
    user = UserEvidence(entity_indices=np.array([5]))
    (sentence,) = lacking_sentences(answer(told(4, 0.0), told(0, 0.0, wish), user), NAMES)
    assert sentence.text == (
        "Nothing known about this user has a “directed by” link in common with Item 4; "
        "Item 0 shares “Varda” with what was named as an interest."
    )


def test_a_carried_path_names_the_people_behind_it() -> None:
    carried = graph_term(item(3), PathContribution((5, 0), (0,), 0.3))
    assert lacking(told(4, 0.0), told(0, 0.0, carried)) == [
        "“directed by Varda”, judged by what people who chose Item 3 choose, speaks for Item 0 "
        "and says nothing about Item 4."
    ]


@pytest.mark.parametrize(
    ("less", "more", "words"),
    [
        (0.0, 0.2, "speaks for Item 0 and says nothing about Item 4."),
        (0.1, 0.2, "speaks more for Item 0 than for Item 4."),
        (-0.1, 0.2, "speaks for Item 0 and against Item 4."),
        (-0.1, 0.0, "speaks against Item 4 and says nothing about Item 0."),
        (-0.3, -0.2, "speaks more against Item 4 than against Item 0."),
    ],
)
def test_signs_decide_what_a_choice_speaks_for(less: float, more: float, words: str) -> None:
    left, right = (
        told(i, 0.0, term("collaborative", item(1), v)) for i, v in ((4, less), (0, more))
    )
    assert lacking(left, right) == [f"The choice of Item 1 {words}"]


@pytest.mark.parametrize(
    ("modality", "unit", "subject"),
    [
        ("text", item(1), "The text of Item 1"),
        ("text", EvidenceUnit("text", 0, "quiet sea"), "A text like “quiet sea”"),
        ("collaborative", EvidenceUnit("entity", 5), "The interest in Varda"),
        ("collaborative", EvidenceUnit("profile", 0), "The profile as a whole"),
    ],
)
def test_each_kind_of_evidence_has_words_of_its_own(
    modality: Modality, unit: EvidenceUnit, subject: str
) -> None:
    right = told(0, 0.0, term(modality, unit, 0.2))
    assert lacking(told(4, 0.0), right) == [
        f"{subject} speaks for Item 0 and says nothing about Item 4."
    ]


def test_the_bias_is_told_as_what_was_there_before() -> None:
    assert lacking(told(4, 0.1), told(0, 0.3)) == [
        "Before anything is known about the user, Item 0 scores above Item 4."
    ]


def test_what_the_item_has_beyond_the_other_is_told_the_other_way_round() -> None:
    found = answer(told(2, 0.0, OZU), told(0, 0.1, VARDA))
    (sentence,) = leading_sentences(found, NAMES)
    assert sentence.text == "Item 2 shares “directed by Ozu” with Item 3; Item 0 does not."
    assert found.differences[sentence.positions[0]].value == pytest.approx(0.25)
    assert [row.value for row in found.lacking] == pytest.approx([-0.3, -0.1])


def test_rows_have_short_labels() -> None:
    rows = answer(told(4, 0.1, term("text", item(1), 0.2)), told(0, 0.0, VARDA)).differences
    assert [difference_label(row, NAMES) for row in rows] == [
        "directed by Varda",
        "Item 1",
        "starting score",
    ]


def test_ranks_are_those_among_what_the_user_does_not_know() -> None:
    model = model_of([[0, 0.1, 0.5, 0.3], [0] * 4, [0] * 4, [0] * 4])
    names = Names(graph_of(4, [], []), ("a", "b", "c", "d"))
    found = why_not(model, who_chose(0), 1, 2, names)
    assert (found.rank_item, found.rank_against, found.n_ranked) == (3, 1, 3)
    assert found.gap == pytest.approx(-0.4)
    known = why_not(model, who_chose(0), 0, 2, names)
    assert known.rank_item is None


def test_an_item_is_not_compared_with_itself_or_with_an_unknown_one() -> None:
    model = model_of([[0, 0.1], [0, 0]])
    names = Names(graph_of(2, [], []), ("a", "b"))
    with pytest.raises(ConfigError, match="another item"):
        why_not(model, who_chose(0), 1, 1, names)
    with pytest.raises(UnknownIdError):
        why_not(model, who_chose(0), 1, 5, names)


@lru_cache
def problem() -> tuple[FusionRecommender, TrainingData, Names]:
    data = with_people(7)
    recommender = FusionRecommender(FusionSettings(n_rounds=0))
    recommender.fit(data, rng=make_rng(0))
    users = tuple(f"user {index}" for index in range(24))
    names = Names(data.graph, tuple(str(i) for i in range(16)), users, data.side)
    return loud(recommender, data), data, names


@settings(max_examples=40)
@given(st.integers(0, 23), st.permutations(range(16)))
def test_differences_add_up_to_the_gap_of_the_scores_for_any_two_items(
    user_index: int, items: list[int]
) -> None:
    recommender, data, names = problem()
    user = Histories(data.known(), data.side).evidence(user_index)
    found = why_not(recommender, user, items[0], items[1], names)
    scores = recommender.score([user])[0]
    gap = float(scores[items[0]]) - float(scores[items[1]])
    assert found.gap == pytest.approx(gap, abs=1e-6)
    assert sum(row.value for row in found.differences) == pytest.approx(gap, abs=2e-5)
    assert found.residual <= 2e-5
    assert found.rank_item == rank_of(scores, user.item_indices, items[0])
    keys = [row.key for row in found.differences]
    assert len(keys) == len(set(keys))


def entities(graph: KnowledgeGraph, index: int, relation: str) -> set[int]:
    found = set()
    for head, number, tail in graph.triples.tolist():
        if graph.relations.id_of(number) == relation and index in (head, tail):
            found.add(tail if index == head else head)
    return found


def test_every_sentence_about_a_missing_link_is_true_in_the_graph() -> None:
    recommender, data, names = problem()
    relation_of = {relation_words(id_): id_ for id_ in data.graph.relations.ids}
    index_of = {names.item(index): index for index in range(16)}
    checked = {"nothing": 0, "shares": 0}
    for user_index in range(0, 24, 3):
        user = Histories(data.known(), data.side).evidence(user_index)
        for pair in ((0, 2), (4, 9), (14, 3), (15, 6), (5, 15)):
            found = why_not(recommender, user, *pair, names)
            for sentence in lacking_sentences(found, names, max_sentences=20):
                nothing = re.match(
                    r"Nothing .* “(.*)” link in common with (.*); (.*) shares “(.*)” with (.*)\.",
                    sentence.text,
                )
                shares = re.match(
                    r"(.*) shares “(.*) (\S+)” with (.*); (.*) does not\.", sentence.text
                )
                if nothing:
                    relation, loser, winner, label, _ = nothing.groups()
                elif shares:
                    winner, relation, label, _, loser = shares.groups()
                else:
                    continue
                checked["nothing" if nothing else "shares"] += 1
                own = entities(data.graph, index_of[loser], relation_of[relation])
                of_user = set().union(
                    *(
                        entities(data.graph, int(j), relation_of[relation])
                        for j in user.item_indices
                    )
                )
                (entity,) = (e for e in range(data.graph.n_entities) if names.entity(e) == label)
                assert entity not in own
                assert bool(own & of_user) == bool(shares)
                assert entity in entities(data.graph, index_of[winner], relation_of[relation])
                assert entity in of_user
    assert all(checked.values())


def test_every_sentence_names_the_row_that_it_states() -> None:
    recommender, data, names = problem()
    user = Histories(data.known(), data.side).evidence(2)
    found = why_not(recommender, user, 15, 6, names)
    told_rows = lacking_sentences(found, names, max_sentences=50)
    assert len(told_rows) == len(found.lacking)
    for sentence in told_rows:
        (position,) = sentence.positions
        row = found.differences[position]
        if row.key.modality == "graph":
            assert names.entity(row.key.entity_index) in sentence.text
        elif row.key.evidence:
            assert names.evidence_label(row.key.evidence) in sentence.text
