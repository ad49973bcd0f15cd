from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.explanation.counterfactual import Counterfactual, NoCounterfactual
from kgrec_core.explanation.ranks import RankedItems
from kgrec_core.explanation.what_if import Change, ItemEffect, Term, WhatIf
from kgrec_core.recommender.contract import EvidenceUnit, UserEvidence
from kgrec_core.recommender.muting import Muted
from kgrec_ui.views.what_if_view import (
    Step,
    change_of_steps,
    counterfactual_words,
    effect_sentences,
    moves_view,
    step_words,
)
from tests.ui.film_world import (
    ALIEN,
    BLADE,
    HEAT,
    INSIDER,
    ITEM_IDS,
    LABELS,
    film_graph,
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    HEAT_UNIT,
)


def test_steps_become_one_change() -> None:
    steps = [
        Step("drop", ("f1",)),
        Step("like", ("f4",)),
        Step("modality", ("text",)),
        Step("relation", ("in_genre",)),
        Step("link", ("item:f1", "directed_by", "person:mann")),
        Step("drop", ("gone",)),
    ]
    assert change_of_steps(steps, ITEM_IDS, film_graph(), 4.0) == Change(
        dropped=(HEAT_UNIT,),
        likes=((BLADE, 4.0),),
        muted=Muted(frozenset({"text"}), frozenset({"in_genre"}), frozenset({0})),
    )


def test_each_step_has_words() -> None:
    labels, names = dict(zip(ITEM_IDS, LABELS, strict=False)), film_names()
    told = {
        Step("drop", ("f1",)): "Without the choice “Heat”",
        Step("like", ("f4",)): "With “Blade Runner” as a new choice",
        Step("modality", ("graph",)): "Without knowledge graph",
        Step("relation", ("in_genre",)): "Without all links “in genre”",
        Step("link", ("item:f1", "directed_by", "person:mann")): (
            "Without the link “Heat – directed by – Michael Mann”"
        ),
    }
    for step, words in told.items():
        assert step_words(step, labels, names) == words


def what_if_answer(*, shifts: bool = False) -> WhatIf:
    """Before: Alien, Heat; after: Heat, Blade Runner; The Insider is known."""
    known = np.array([INSIDER])
    before = RankedItems(np.array([ALIEN, HEAT]), np.array([2, 9, 3, 1], np.float32), known)
    after = RankedItems(np.array([HEAT, BLADE]), np.array([4, 9, 1, 3], np.float32), known)
    user = UserEvidence()
    return WhatIf(Change(), user, user, None, before, after, (), shifts)


def test_the_new_list_shows_moves_and_ranks_before() -> None:
    view = moves_view(what_if_answer(), film_names())
    assert view.table["item"].to_list() == ["Heat", "Blade Runner"]
    assert view.table["move"].to_list() == ["↑ 1", "new"]
    assert view.table["rank before"].to_list() == ["2", "3"]
    assert view.table["score before"].to_list() == [2.0, 1.0]
    assert view.sentence == "Against the list before: 1 new; 1 item moved; left the list: Alien."
    assert view.gone == "Left the list: Alien (rank 1 → 3)."
    assert view.note == ""
    assert "by heart" in moves_view(what_if_answer(shifts=True), film_names()).note


def test_the_effect_on_one_score_is_told_direct_and_total() -> None:
    before = insider_explanation()
    after = dataclasses.replace(before, score=before.score - 0.25)
    gone = (Term("collaborative", HEAT_UNIT, 0.3),)
    effect = ItemEffect(INSIDER, 1, 4, before, after, gone, ())
    assert effect_sentences(effect, film_names()) == (
        "“The Insider”: score 0.490 → 0.240 (−0.250), rank 1 → 4.",
        "Goes away: Heat in behavior of similar users (+0.300).",
        "What stays gets other weights now: +0.0500.",
    )


def found_counterfactual(**changes: object) -> Counterfactual:
    values: dict[str, object] = {
        "mode": "interactions",
        "item_index": INSIDER,
        "k": 10,
        "units": (HEAT_UNIT, EvidenceUnit("item", ALIEN)),
        "triples": (),
        "rank_before": 1,
        "rank_after": 12,
        "score_before": 0.5,
        "score_after": 0.1,
        "replacement_index": BLADE,
        "is_smallest_proved": True,
        "n_scorings": 30,
    }
    return Counterfactual(**(values | changes))


def test_what_would_change_it_names_every_removed_choice_and_the_replacement() -> None:
    sentence, proof = counterfactual_words(found_counterfactual(), film_names())
    assert sentence == (
        "“The Insider” would leave the first 10 (rank 1 → 12) without the choices “Heat” and "
        "“Alien”. “Blade Runner” would take its place."
    )
    assert proof == "By scoring everything again (30 re-scorings). No smaller set does it."


def test_links_are_named_as_they_are_stated() -> None:
    found = found_counterfactual(mode="links", units=(), triples=(1,), is_smallest_proved=False)
    sentence, proof = counterfactual_words(found, film_names())
    assert "without the link “The Insider – directed by – Michael Mann”" in sentence
    assert proof.endswith("A smaller set may exist.")


def test_no_answer_says_why() -> None:
    found = NoCounterfactual("interactions", INSIDER, 10, "stays", 1, 3, 30)
    sentence, proof = counterfactual_words(found, film_names())
    assert sentence == "Even without any of the choices, The Insider would be number 3."
    assert proof == ""


def test_a_set_of_many_choices_is_named_briefly() -> None:
    title = "A very long title that goes on and on until nobody remembers how it began"
    names = film_names()
    labels = (title,) * names.graph.n_items + names.graph.entity_labels[names.graph.n_items :]
    graph = dataclasses.replace(names.graph, entity_labels=labels)
    named = dataclasses.replace(names, graph=graph)
    units = tuple(EvidenceUnit("item", place) for place in range(4))
    sentence, _ = counterfactual_words(found_counterfactual(units=units), named)
    assert sentence.count("“A very long title that goes on and on…”") == 4
    assert sentence.startswith("“A very long title that goes on and on until nobody remember…”")
