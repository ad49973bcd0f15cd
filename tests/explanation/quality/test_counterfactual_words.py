"""Sentences about counterfactuals, read back."""

from __future__ import annotations

import dataclasses

import pytest

from kgrec_core.explanation.counterfactual import Counterfactual
from kgrec_core.explanation.counterfactual_wording import counterfactual_sentences
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.quality.counterfactual_words import states_counterfactual
from kgrec_core.recommender.contract import EvidenceUnit
from tests.recommender.problems import graph_of

GRAPH = graph_of(6, [("person:ann", "person")], [(4, "by", 6), (4, "starring", 6)])
NAMES = Names(GRAPH, tuple("abcdef"))
CHOICES = Counterfactual(
    mode="interactions",
    item_index=4,
    k=3,
    units=tuple(EvidenceUnit("item", item) for item in range(2)),
    triples=(),
    rank_before=2,
    rank_after=5,
    score_before=1.0,
    score_after=0.5,
    replacement_index=5,
    is_smallest_proved=True,
    n_scorings=9,
)
LINKS = dataclasses.replace(CHOICES, mode="links", units=(), triples=(0, 1))
FOUR = dataclasses.replace(
    CHOICES, units=tuple(EvidenceUnit("item", item) for item in range(4)), is_smallest_proved=False
)


@pytest.mark.parametrize("found", [CHOICES, LINKS, FOUR])
def test_what_the_templates_say_passes(found: Counterfactual) -> None:
    told = counterfactual_sentences(found, NAMES)
    assert all(states_counterfactual(text, found, NAMES) for text in told)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Item 0", "Item 3"),
        ("number 5", "number 6"),
        ("instead of 2", "instead of 1"),
        ("Item 5", "Item 2"),
        ("first 3", "first 10"),
        ("Nothing less would do.", "A smaller set may exist: not all of them were tried."),
    ],
)
def test_a_changed_sentence_fails(old: str, new: str) -> None:
    told = [text for text in counterfactual_sentences(CHOICES, NAMES) if old in text]
    assert told
    assert not states_counterfactual(told[0].replace(old, new), CHOICES, NAMES)


def test_a_left_out_choice_fails() -> None:
    told = counterfactual_sentences(CHOICES, NAMES)[0].replace("Item 0, Item 1", "Item 0")
    assert not states_counterfactual(told.replace(" and Item 1", ""), CHOICES, NAMES)
