from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.reasons import main_reasons, reasons, sentences
from kgrec_core.explanation.serialize import explanation_to_json
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from tests.recommender.problems import graph_of, random_problem

GRAPH = graph_of(
    4,
    [("person:Varda", "person")],
    [(0, "directed_by", 4), (1, "directed_by", 4), (2, "directed_by", 4), (1, "sequel_of", 0)],
)
NAMES = Names(GRAPH, ("a", "b", "c", "d"))
NOBODY = sp.csr_array((2, 2), dtype=np.float32)
WITH_USERS = Names(
    GRAPH,
    ("a", "b", "c", "d"),
    ("u1", "u2"),
    UserSide(NOBODY, sp.csr_array((2, 1), dtype=np.float32), ("age: old",)),
    ("Ann", ""),
)


def graph_term(
    item: int, value: float, path: tuple[int, ...], hops: tuple[int, ...]
) -> Contribution:
    told = (PathContribution(path, hops, value),)
    return Contribution("graph", EvidenceUnit("item", item), value, 0.5, 1.0, 2 * value, told)


VARDA_1 = graph_term(1, 0.3, (1, 4, 0), (1, 0))
VARDA_2 = graph_term(2, 0.2, (2, 4, 0), (2, 0))
SEQUEL = graph_term(1, 0.1, (1, 0), (3,))
BEHAVIOR = Contribution("collaborative", EvidenceUnit("item", 3), -0.4, 0.5, 1.0, -0.8)
WORDS = Contribution("text", EvidenceUnit("text", 0, "quiet sea"), 0.05, 0.5, 1.0, 0.1)


def pair(*terms: Contribution) -> PairExplanation:
    return PairExplanation(0, 1.0 + sum(term.value for term in terms), 1.0, terms)


def test_paths_through_one_entity_are_one_reason() -> None:
    found = reasons(pair(VARDA_1, VARDA_2), NAMES)
    assert [(reason.label, reason.positions) for reason in found] == [("directed by Varda", (0, 1))]
    assert found[0].value == pytest.approx(0.5)
    assert found[0].text == "Directed by Varda, like Item 1 and Item 2 from the history."


def test_a_direct_link_is_told_as_one() -> None:
    (found,) = reasons(pair(SEQUEL), NAMES)
    assert found.text == "Linked directly: sequel of Item 1."


def test_reasons_come_strongest_first_and_add_up() -> None:
    explanation = pair(VARDA_1, SEQUEL, BEHAVIOR, WORDS)
    found = reasons(explanation, NAMES)
    sizes = [abs(reason.value) for reason in found]
    assert sizes == sorted(sizes, reverse=True)
    total = explanation.bias + sum(reason.value for reason in found)
    assert total == pytest.approx(explanation.score)


def test_behavior_against_an_item_is_said_as_such() -> None:
    (sentence,) = sentences(pair(BEHAVIOR), NAMES)
    assert sentence.text == (
        "People who chose Item 3 choose it less than its content alone would suggest."
    )
    assert sentence.positions == (0,)


def test_words_are_quoted() -> None:
    (sentence,) = sentences(pair(WORDS), NAMES)
    assert sentence.text == "Its text is close to the words “quiet sea”."


def test_no_evidence_is_said_in_a_sentence() -> None:
    (sentence,) = sentences(pair(), NAMES)
    assert sentence.text.startswith("Nothing known about this user speaks for or against Item 0")


def test_the_main_reason_of_one_item_is_the_largest_that_speaks_for_it() -> None:
    assert main_reasons([pair(BEHAVIOR, VARDA_2)], NAMES) == ["directed by Varda"]
    assert main_reasons([pair(VARDA_2, WORDS)], NAMES) == ["directed by Varda"]
    assert main_reasons([pair(BEHAVIOR)], NAMES) == ["popular"]
    assert main_reasons([PairExplanation(0, 0.0, 0.0, ())], NAMES) == ["nothing speaks for it"]


def test_a_reason_that_the_whole_list_shares_is_followed_by_what_sets_the_item_apart() -> None:
    # Varda is the largest reason of both items of the list; the weaker reasons tell them apart.
    found = main_reasons([pair(VARDA_2, SEQUEL), pair(VARDA_2, WORDS)], NAMES)
    assert found == [
        "directed by Varda; sequel of Item 1",
        "directed by Varda; text like quiet sea",
    ]


def test_a_list_that_shares_all_its_reasons_still_names_the_largest() -> None:
    found = main_reasons([pair(VARDA_2, SEQUEL), pair(VARDA_2, SEQUEL)], NAMES)
    assert found == ["directed by Varda"] * 2


def test_a_reason_far_smaller_than_the_largest_does_not_set_an_item_apart() -> None:
    other = pair(VARDA_2, SEQUEL)
    for share, words in ((0.19, ""), (0.21, "; text like quiet sea")):
        faint = dataclasses.replace(WORDS, value=share * VARDA_2.value)
        found = main_reasons([pair(VARDA_2, faint), other], NAMES)
        assert found == [f"directed by Varda{words}", "directed by Varda; sequel of Item 1"]


def test_a_named_interest_is_told_as_one() -> None:
    term = Contribution(
        "graph",
        EvidenceUnit("entity", 4),
        0.2,
        1.0,
        1.0,
        0.2,
        (PathContribution((4, 0), (0,), 0.2),),
    )
    (found,) = reasons(pair(term), NAMES)
    assert found.text == "Directed by Varda, which was named as an interest."


def carried_term(item: int, value: float) -> Contribution:
    """Item 0 is directed by Varda, and behavior ties `item` to Varda: no triple does."""
    return graph_term(item, value, (4, 0), (0,))


def test_a_path_from_an_entity_is_not_called_a_direct_link() -> None:
    (found,) = reasons(pair(carried_term(1, 0.2), carried_term(3, 0.1)), NAMES)
    assert found.label == found.short == "directed by Varda"
    assert found.text == "Directed by Varda, which people who chose Item 1 and Item 3 often choose."


def test_a_carried_path_against_an_item_says_seldom() -> None:
    (found,) = reasons(pair(carried_term(1, -0.2)), NAMES)
    assert found.text == "Directed by Varda, which people who chose Item 1 seldom choose."


def test_a_carried_and_a_shared_path_through_one_entity_are_two_reasons_that_add_up() -> None:
    explanation = pair(carried_term(3, 0.2), VARDA_1)
    found = reasons(explanation, NAMES)
    assert [reason.value for reason in found] == pytest.approx([0.3, 0.2])
    assert found[0].text == "Directed by Varda, like Item 1 from the history."


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("friend", "which Ann among the friends often choose"),
        ("attribute", "which people with “age: old” often choose"),
        ("text", "which people who like what the words “quiet sea” describe often choose"),
    ],
)
def test_a_carried_path_names_whatever_evidence_it_speaks_for(kind: str, words: str) -> None:
    unit = EvidenceUnit(kind, 0, "quiet sea" if kind == "text" else "")
    paths = (PathContribution((4, 0), (0,), 0.2),)
    (found,) = reasons(pair(Contribution("graph", unit, 0.2, 1.0, 1.0, 0.2, paths)), WITH_USERS)
    assert words in found.text


@pytest.mark.parametrize(
    ("modality", "kind", "text", "short"),
    [
        ("social", "friend", "Ann, a friend, chose it.", "chosen by Ann"),
        (
            "attributes",
            "attribute",
            "People with “age: old” choose it more often than others.",
            "liked by age: old",
        ),
        (
            "collaborative",
            "profile",
            "What the model learned about this user as a whole speaks for it.",
            "fits the whole profile",
        ),
        (
            "text",
            "friend",
            "Its text is close to what Ann, a friend, chose.",
            "text like choices of Ann",
        ),
    ],
)
def test_friends_attributes_and_profiles_have_sentences_of_their_own(
    modality: str, kind: str, text: str, short: str
) -> None:
    term = Contribution(modality, EvidenceUnit(kind, 0), 0.2, 1.0, 1.0, 0.2)
    (found,) = reasons(pair(term), WITH_USERS)
    assert (found.text, found.short) == (text, short)


def test_a_friend_goes_by_the_label_and_by_the_id_where_there_is_none() -> None:
    assert WITH_USERS.evidence_label(EvidenceUnit("friend", 0)) == "Ann"
    assert WITH_USERS.evidence_label(EvidenceUnit("friend", 1)) == "u2"
    assert WITH_USERS.evidence_id(EvidenceUnit("friend", 0)) == "u1"


def test_provenance_names_file_and_row() -> None:
    assert NAMES.provenance(2) == "films.csv, row 4"
    hops = NAMES.hops(VARDA_1.paths[0])
    assert [(hop.relation_id, hop.forward) for hop in hops] == [
        ("directed_by", True),
        ("directed_by", False),
    ]


@pytest.mark.parametrize(
    ("relation_id", "words"),
    [
        ("directed_by", "directed by"),
        ("film.film.genre", "film film genre"),
        ("has_genre", "genre"),
        ("http://example.org/ontology/author", "author"),
    ],
)
def test_relation_ids_read_as_words(relation_id: str, words: str) -> None:
    assert relation_words(relation_id) == words


def test_json_keeps_the_sum() -> None:
    found = explanation_to_json(pair(VARDA_1, BEHAVIOR, WORDS), NAMES, user_id="u1")
    total = found["bias"] + sum(term["value"] for term in found["contributions"])
    assert total == pytest.approx(found["score"])
    assert found["contributions"][0]["paths"] == [
        {
            "entities": ["Item 1", "Varda", "Item 0"],
            "relations": ["directed_by", "directed_by"],
            "value": 0.3,
            "kind": "shared",
        }
    ]
    assert found["contributions"][1]["evidence"] == {"kind": "item", "id": "d", "label": "Item 3"}
    assert found["contributions"][2]["evidence"]["id"] == "quiet sea"


def test_json_tells_links_from_what_behavior_carries() -> None:
    found = explanation_to_json(pair(SEQUEL, carried_term(1, 0.1)), NAMES, user_id="u1")
    kinds = [path["kind"] for term in found["contributions"] for path in term["paths"]]
    assert kinds == ["direct", "carried"]


def test_reasons_of_a_real_model_add_up_to_its_scores() -> None:
    data = random_problem(7, n_users=12, n_items=16)
    recommender = create_recommender("fusion", {})
    recommender.fit(data, rng=make_rng(0))
    names = Names(data.graph, tuple(str(i) for i in range(16)))
    user = UserEvidence.of_user(data.known(), 2)
    for item in range(16):
        told = recommender.explain(user, item)
        total = told.bias + sum(reason.value for reason in reasons(told, names))
        assert total == pytest.approx(told.score, abs=1e-5)
    assert np.isfinite(told.score)


LONG = "A very long title that goes on and on until nobody remembers how it began at all"


def renamed(*labels: str) -> Names:
    graph = dataclasses.replace(GRAPH, entity_labels=labels)
    return Names(graph, ("a", "b", "c", "d"))


def test_brief_names_cut_sentences_and_leave_values_and_ids() -> None:
    names = renamed("Item 0", LONG, "Item 2", "Item 3", "Varda")
    whole, brief = reasons(pair(VARDA_1, VARDA_2), names), reasons(pair(VARDA_1), names.brief(20))
    assert LONG in whole[0].text
    assert brief[0].text == "Directed by Varda, like A very long title t… from the history."
    assert brief[0].value == pytest.approx(0.3)
    assert names.brief(20).item_ids == names.item_ids


def test_a_long_relation_leaves_room_for_its_entity_on_an_axis_and_in_a_list() -> None:
    relation = "was_made_over_many_years_and_with_the_help_of_others_by"
    links = [(item, relation, 4) for item in range(3)]
    names = Names(graph_of(4, [("person:Varda", "person")], links), ("a", "b", "c", "d"))
    (reason,) = reasons(pair(VARDA_1), names)
    assert reason.axis == "was made over many years an… Varda"
    assert reason.short == "was made over many years and with the help of others… Varda"
    assert reason.label == f"{relation.replace('_', ' ')} Varda"


def test_names_that_are_short_enough_stay_as_they_are() -> None:
    found, brief = (
        reasons(pair(VARDA_1, SEQUEL), NAMES),
        reasons(pair(VARDA_1, SEQUEL), NAMES.brief()),
    )
    assert [reason.text for reason in brief] == [reason.text for reason in found]


def test_entities_of_the_same_name_are_reasons_of_their_own() -> None:
    graph = graph_of(
        3,
        [("person:Ann 1", "person"), ("person:Ann 2", "person")],
        [(0, "starring", 3), (1, "starring", 3), (0, "starring", 4), (2, "starring", 4)],
    )
    named = dataclasses.replace(graph, entity_labels=(*graph.entity_labels[:3], "Ann", "Ann"))
    terms = (graph_term(1, 0.3, (1, 3, 0), (1, 0)), graph_term(2, 0.2, (2, 4, 0), (3, 2)))
    found = reasons(pair(*terms), Names(named, ("a", "b", "c")))
    assert [(reason.label, reason.value) for reason in found] == [
        ("starring Ann", pytest.approx(0.3)),
        ("starring Ann", pytest.approx(0.2)),
    ]
