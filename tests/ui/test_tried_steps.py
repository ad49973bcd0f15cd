from __future__ import annotations

from kgrec_ui.views.tried_steps import TriedSteps, put_aside_words, step_groups
from kgrec_ui.views.what_if_view import Step
from tests.ui.film_world import ITEM_IDS, LABELS, film_names

ITEM_LABELS = dict(zip(ITEM_IDS, LABELS, strict=False))
DROP, LIKE, TEXT = Step("drop", ("f1",)), Step("like", ("f4",)), Step("modality", ("text",))
RELATION = Step("relation", ("in_genre",))
LINK = Step("link", ("item:f1", "directed_by", "person:mann"))


def words(tried: TriedSteps) -> str:
    return put_aside_words(tried, ITEM_LABELS, film_names())


def test_steps_are_grouped_by_kind_and_know_their_places() -> None:
    groups = step_groups([TEXT, DROP, LINK, LIKE, RELATION], ITEM_LABELS, film_names())
    assert [(group.title, group.places, group.names) for group in groups] == [
        ("Choices taken out", (1,), ("Heat",)),
        ("Choices added", (3,), ("Blade Runner",)),
        ("Links switched off", (2,), ("Heat – directed by – Michael Mann",)),
        ("Relations switched off", (4,), ("in genre",)),
        ("Modalities switched off", (0,), ("Text",)),
    ]


def test_an_answer_replaces_own_steps_says_so_and_they_can_be_put_back() -> None:
    tried = TriedSteps([DROP, TEXT])
    assert words(tried) == ""
    tried.try_answer([LINK])
    assert tried.steps == [LINK]
    assert words(tried) == (
        "Your 2 own steps were replaced (choices taken out: Heat; modalities switched off: Text)."
    )
    tried.put_back()
    assert (tried.steps, words(tried)) == ([DROP, TEXT], "")


def test_a_second_answer_does_not_push_out_the_own_steps() -> None:
    tried = TriedSteps([DROP])
    tried.try_answer([LINK])
    tried.try_answer([RELATION])
    assert (tried.steps, tried.put_aside) == ([RELATION], [DROP])


def test_steps_that_were_added_to_an_answer_are_own_steps_too() -> None:
    tried = TriedSteps()
    tried.try_answer([LINK])
    assert tried.put_aside == []
    tried.steps.append(LIKE)
    tried.try_answer([RELATION])
    assert tried.put_aside == [LINK, LIKE]


def test_a_reset_can_be_taken_back() -> None:
    tried = TriedSteps([DROP])
    tried.reset()
    assert tried.steps == []
    assert words(tried) == "Your 1 own step was taken off (choices taken out: Heat)."
    tried.put_back()
    assert tried.steps == [DROP]


def test_a_group_is_taken_back_by_its_places() -> None:
    tried = TriedSteps([DROP, TEXT, LINK])
    tried.remove([0, 2])
    assert tried.steps == [TEXT]
