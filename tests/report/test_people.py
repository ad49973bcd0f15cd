from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.errors import UnknownIdError
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.report.choices import NewcomerChoice, ReportChoices
from kgrec_core.report.groups import activity_edges
from kgrec_core.report.people import chosen_people, default_users


def test_without_a_choice_the_middle_user_of_each_quarter_is_shown(
    hostile_run: LoadedRun,
) -> None:
    counts = hostile_run.split.fitting().user_counts()
    tested = np.flatnonzero(hostile_run.split.test.user_counts() * counts)
    for (low, high), (id_, why) in zip(
        activity_edges(counts[tested]), default_users(hostile_run), strict=True
    ):
        own = sorted((counts[u], u) for u in tested if low <= counts[u] <= high)
        assert hostile_run.dataset.users.index_of(id_) == own[(len(own) - 1) // 2][1]
        assert why.startswith("Chosen by rule")


def test_chosen_users_come_in_their_order_and_once(hostile_run: LoadedRun) -> None:
    people = chosen_people(hostile_run, ReportChoices(users=("u05", "u01", "u05"), k=3))
    assert [person.user_id for person in people] == ["u05", "u01"]
    assert all(len(person.items) == 3 for person in people)


def test_the_list_is_that_of_the_run_and_the_parts_add_up(hostile_run: LoadedRun) -> None:
    (person,) = chosen_people(hostile_run, ReportChoices(users=("u07",), k=4, n_drawn=2))
    evidence = hostile_run.evidence_of(hostile_run.dataset.users.index_of("u07"))
    ranked = hostile_run.recommend(evidence, 4)
    ids = [hostile_run.dataset.items.id_of(int(i)) for i in ranked.item_indices]
    assert [item.item_id for item in person.items] == ids
    assert [item.score for item in person.items] == pytest.approx(ranked.scores.tolist(), abs=1e-6)
    assert max(item.residual for item in person.items) < 1e-5
    assert [item.drawn is not None for item in person.items] == [True, True, False, False]
    for item in person.items[:2]:
        assert item.drawn is not None
        assert item.drawn.steps[-2].end == pytest.approx(item.score, abs=1e-5)


def test_hidden_choices_that_come_back_are_marked(hostile_run: LoadedRun) -> None:
    user = hostile_run.dataset.users.index_of("u07")
    hidden = set(hostile_run.split.relevant_by_user()[user].tolist())
    (person,) = chosen_people(hostile_run, ReportChoices(users=("u07",), k=12))
    for item in person.items:
        index = hostile_run.dataset.items.index_of(item.item_id)
        assert item.was_chosen is (index in hidden)
    assert any(item.was_chosen for item in person.items)


def test_a_newcomer_comes_last_and_nothing_is_marked_as_chosen(hostile_run: LoadedRun) -> None:
    said = NewcomerChoice(likes=("i02",), attributes=("age: old",))
    people = chosen_people(hostile_run, ReportChoices(users=("u01",), newcomer=said, k=2))
    newcomer = people[-1]
    assert (newcomer.user_id, newcomer.label) == ("", "A newcomer")
    assert "Stated: age: old." in newcomer.facts
    assert [item.was_chosen for item in newcomer.items] == [None, None]


def test_what_a_newcomer_does_not_want_is_not_in_the_list(hostile_run: LoadedRun) -> None:
    said = NewcomerChoice(likes=("i02",))
    (plain,) = [
        person
        for person in chosen_people(hostile_run, ReportChoices(newcomer=said, k=3))
        if not person.user_id
    ]
    unwanted = plain.items[0].item_id
    choices = ReportChoices(newcomer=NewcomerChoice(likes=("i02",), dislikes=(unwanted,)), k=3)
    newcomer = chosen_people(hostile_run, choices)[-1]
    assert [item.item_id for item in newcomer.items][:2] == [
        item.item_id for item in plain.items[1:]
    ]
    assert len(newcomer.items) == 3


def test_an_unknown_user_is_named(hostile_run: LoadedRun) -> None:
    with pytest.raises(UnknownIdError, match="u99"):
        chosen_people(hostile_run, ReportChoices(users=("u99",)))
