"""The checker of sentences: it accepts what the templates make and refuses what was changed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.quality.words import is_supported, read_list
from kgrec_core.explanation.reasons import Sentence, sentences
from kgrec_core.explanation.wording import MAX_NAMED
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceKind,
    EvidenceUnit,
    Modality,
    PairExplanation,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import checkerboard, graph_of, random_problem

GRAPH = graph_of(
    6,
    [("person:Ann, Ben and Co", "person")],
    [(0, "by", 6), (1, "by", 6), (2, "by", 6), (3, "by", 6), (5, "by", 6), (4, "sequel_of", 5)],
)
NAMES = Names(GRAPH, tuple("abcdef"), ("u0", "u1"))


def told(*terms: Contribution, item: int = 5) -> PairExplanation:
    return PairExplanation(item, 0.0, 0.0, terms)


def plain(modality: Modality, kind: EvidenceKind, index: int, value: float) -> Contribution:
    unit = EvidenceUnit(kind, index, "quiet" if kind == "text" else "")
    return Contribution(modality, unit, value, 1.0, 1.0, value)


def shared(item: int, value: float = 0.2) -> Contribution:
    path = PathContribution((item, 6, 5), (item, 4), value)
    return Contribution("graph", EvidenceUnit("item", item), value, 1.0, 1.0, value, (path,))


def all_pass(pair: PairExplanation, names: Names = NAMES) -> bool:
    return all(is_supported(s, pair, names) for s in sentences(pair, names, max_sentences=9))


@pytest.mark.parametrize(
    "term",
    [
        plain("collaborative", "item", 0, 0.3),
        plain("collaborative", "item", 0, -0.3),
        plain("text", "item", 1, 0.3),
        plain("text", "text", 0, -0.3),
        plain("embedding", "item", 1, 0.3),
        plain("embedding", "item", 1, -0.3),
        plain("social", "friend", 1, 0.3),
        plain("collaborative", "profile", 0, -0.3),
    ],
)
def test_a_plain_sentence_of_the_templates_passes(term: Contribution) -> None:
    assert all_pass(told(term))


def test_a_name_that_ends_in_a_full_stop_ends_the_sentence_and_passes() -> None:
    graph = dataclasses.replace(GRAPH, entity_labels=("E.T.", *GRAPH.entity_labels[1:]))
    names = Names(graph, tuple("abcdef"), ("u0", "u1"))
    pair = told(plain("text", "item", 0, 0.3))
    assert sentences(pair, names)[0].text == "Its text is close to that of E.T."
    assert all_pass(pair, names)


def test_a_sentence_about_choices_fails_where_learned_links_speak() -> None:
    chosen = sentences(told(plain("collaborative", "item", 1, 0.3)), NAMES)[0]
    assert not is_supported(chosen, told(plain("embedding", "item", 1, 0.3)), NAMES)


@pytest.mark.parametrize("n_items", [1, 2, 3, 4])
def test_a_sentence_about_a_shared_entity_passes(n_items: int) -> None:
    pair = told(*(shared(item) for item in range(n_items)))
    text = sentences(pair, NAMES)[0].text
    assert text.startswith("By Ann, Ben and Co, like Item 0")
    assert all_pass(pair)


def test_direct_and_carried_sentences_pass() -> None:
    link = PathContribution((4, 5), (5,), 0.2)
    direct = Contribution("graph", EvidenceUnit("item", 4), 0.2, 1.0, 1.0, 0.2, (link,))
    through = PathContribution((6, 5), (4,), -0.1)
    carried = Contribution("graph", EvidenceUnit("item", 0), -0.1, 1.0, 1.0, -0.1, (through,))
    named = Contribution("graph", EvidenceUnit("entity", 6), 0.2, 1.0, 1.0, 0.2, (through,))
    for term in (direct, carried, named):
        assert all_pass(told(term))


def test_the_sentence_that_nothing_is_known_passes_only_when_nothing_is() -> None:
    nothing = sentences(told(), NAMES)[0]
    assert is_supported(nothing, told(), NAMES)
    assert not is_supported(nothing, told(plain("text", "item", 0, 0.3)), NAMES)


PAIR = told(plain("collaborative", "item", 0, 0.3), *(shared(item, 0.01) for item in range(4)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Item 0", "Item 4"),
        ("also tend to choose it", "choose it less than its content alone would suggest"),
        ("By Ann, Ben and Co", "By Ann"),
        ("and 1 more", "and 2 more"),
        ("Item 1, ", ""),
        (" from the history", " from the history; also named as an interest"),
    ],
)
def test_a_changed_sentence_fails(old: str, new: str) -> None:
    changed = [
        dataclasses.replace(sentence, text=sentence.text.replace(old, new))
        for sentence in sentences(PAIR, NAMES)
        if old in sentence.text
    ]
    assert changed
    assert not any(is_supported(sentence, PAIR, NAMES) for sentence in changed)


def test_a_sentence_tied_to_other_contributions_fails() -> None:
    first = sentences(PAIR, NAMES)[0]
    assert not is_supported(Sentence(first.text, (1,)), PAIR, NAMES)


def test_labels_with_commas_and_joints_are_read_whole() -> None:
    known = ["A, B and C", "D", "B and C"]
    assert read_list("A, B and C and D", known) == 2
    assert read_list("D, B and C and A, B and C", known) == 3
    assert read_list("D, E and B and C", known) is None


@given(st.lists(st.text("ab ,and", min_size=1, max_size=8), min_size=1, max_size=6, unique=True))
def test_every_list_that_is_written_is_read(labels: list[str]) -> None:
    n_more = len(labels) - MAX_NAMED
    text = labels[0]
    if n_more > 0:
        text = f"{', '.join(labels[:MAX_NAMED])} and {n_more} more"
    elif len(labels) > 1:
        text = f"{', '.join(labels[:-1])} and {labels[-1]}"
    assert read_list(text, labels) is not None


def test_every_sentence_of_a_fitted_model_passes() -> None:
    n_checked = 0
    for data in (random_problem(4, n_users=12, n_items=18), checkerboard(n_extra=2)):
        recommender = FusionRecommender(FusionSettings())
        recommender.fit(data, rng=make_rng(0))
        ids = tuple(f"i{item}" for item in range(data.graph.n_items))
        names = Names(data.graph, ids)
        newcomer = UserEvidence(entity_indices=np.array([data.graph.n_items]))
        for user in (UserEvidence.of_user(data.known(), 3), newcomer):
            for item in range(data.graph.n_items):
                pair = recommender.explain(user, item)
                assert all_pass(pair, names)
                n_checked += len(pair.contributions)
    assert n_checked > 100
