from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.config import CountedFeedback, TrainSettings
from kgrec_core.explanation.what_if import Change
from kgrec_core.pipeline.adapted import (
    Adjustment,
    LastPlaces,
    adapt,
    adjustment_of,
    changed_lists,
    plain_lists,
)
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.contract import UNKNOWN_USER, EvidenceUnit
from kgrec_core.storage.feedback import Triple
from kgrec_core.storage.workspace import Workspace

USER = 0


@pytest.fixture(scope="module")
def unnamed(filled: Workspace) -> LoadedRun:
    """A run whose model does not name links."""
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    settings = TrainSettings(model="kgat", text_model="none", model_settings={"n_epochs": 1})
    return load_run(filled, train(filled, fingerprint, settings).run_id)


def ids(run: LoadedRun, item_indices: list[int]) -> tuple[str, ...]:
    return tuple(run.dataset.items.id_of(index) for index in item_indices)


def first(run: LoadedRun, k: int = 5) -> list[int]:
    return run.recommend(run.evidence_of(USER), k).item_indices.tolist()


def link_of(run: LoadedRun, item_index: int) -> Triple:
    """The first link of the item itself."""
    graph = run.graph
    row = int(np.flatnonzero(graph.triples[:, 0] == item_index)[0])
    head, relation, tail = (int(part) for part in graph.triples[row])
    return graph.entities.id_of(head), graph.relations.id_of(relation), graph.entities.id_of(tail)


def test_without_feedback_the_list_is_that_of_the_run(fusion_run: LoadedRun) -> None:
    user = adapt(fusion_run, USER, Adjustment())
    assert user.run is fusion_run
    assert user.evidence.user_index == USER
    assert user.ranked(5).item_indices.tolist() == first(fusion_run)


def test_a_liked_item_leaves_the_list_and_becomes_evidence(fusion_run: LoadedRun) -> None:
    liked = first(fusion_run)[0]
    user = adapt(fusion_run, USER, Adjustment(added=ids(fusion_run, [liked])))
    assert liked not in user.ranked(40).item_indices
    assert user.evidence.item_indices[-1] == liked
    assert user.evidence.item_weights[-1] == fusion_run.like_weight
    assert user.evidence.user_index == UNKNOWN_USER


def test_after_feedback_every_score_is_still_a_sum(fusion_run: LoadedRun) -> None:
    liked, disliked, asked = first(fusion_run, 3)
    adjustment = Adjustment(
        added=ids(fusion_run, [liked]),
        removed=ids(fusion_run, [disliked]),
        triples=(link_of(fusion_run, asked),),
    )
    user = adapt(fusion_run, USER, adjustment)
    pair = user.explain(asked)
    assert pair.residual < 1e-5
    assert pair.score == pytest.approx(user.ranked(1).score(asked), abs=1e-5)


def test_a_dislike_of_what_was_not_chosen_takes_one_item_out_and_moves_no_score(
    fusion_run: LoadedRun,
) -> None:
    disliked, *rest = first(fusion_run, 6)
    user = adapt(fusion_run, USER, Adjustment(removed=ids(fusion_run, [disliked])))
    assert user.ranked(5).item_indices.tolist() == rest
    plain = fusion_run.recommender.score([fusion_run.evidence_of(USER)])[0]
    np.testing.assert_array_equal(user.ranked(5).scores, plain)


def test_a_disliked_choice_counts_no_more_and_does_not_come_back(fusion_run: LoadedRun) -> None:
    chosen = int(fusion_run.evidence_of(USER).item_indices[0])
    user = adapt(fusion_run, USER, Adjustment(removed=ids(fusion_run, [chosen])))
    assert chosen not in user.evidence.item_indices
    assert chosen not in user.ranked(40).item_indices
    units = {term.evidence for term in user.explain(first(fusion_run)[0]).contributions}
    assert EvidenceUnit("item", chosen) not in units


def test_no_path_travels_along_a_blocked_link(fusion_run: LoadedRun) -> None:
    item = first(fusion_run)[0]
    before = fusion_run.explain(fusion_run.evidence_of(USER), item)
    link = link_of(fusion_run, item)
    user = adapt(fusion_run, USER, Adjustment(triples=(link,)))
    row = next(
        row
        for term in before.contributions
        for path in term.paths
        for row in path.triple_indices
        if fusion_run.graph.triples[row, 0] == item
    )
    rows = {
        found
        for term in user.explain(item).contributions
        for path in term.paths
        for found in path.triple_indices
    }
    assert row not in rows
    assert user.ranked(1).score(item) < before.score


def test_a_model_without_named_links_passes_blocked_ones_over_and_says_so(
    unnamed: LoadedRun,
) -> None:
    user = adapt(unnamed, USER, Adjustment(triples=(link_of(unnamed, 0),)))
    assert user.ignores_links
    assert user.ranked(5).item_indices.tolist() == first(unnamed)


def test_ids_that_the_data_does_not_have_change_nothing(fusion_run: LoadedRun) -> None:
    strange = Adjustment(("nothing",), ("nowhere",), (("a", "b", "c"),))
    assert adapt(fusion_run, USER, strange).ranked(5).item_indices.tolist() == first(fusion_run)


def test_what_is_tried_out_leaves_disliked_items_out_of_both_lists(fusion_run: LoadedRun) -> None:
    disliked = first(fusion_run)[0]
    user = adapt(fusion_run, USER, Adjustment(removed=ids(fusion_run, [disliked])))
    dropped = EvidenceUnit("item", int(user.evidence.item_indices[0]))
    answer = user.what_if(Change(dropped=(dropped,)), 5)
    assert disliked not in answer.before.item_indices
    assert disliked not in answer.after.item_indices
    assert answer.before.item_indices.tolist() == user.ranked(5).item_indices.tolist()


def test_last_places_rank_some_items_last_and_keep_all_other_scores(
    fusion_run: LoadedRun,
) -> None:
    evidence = fusion_run.evidence_of(USER)
    plain = fusion_run.recommender.score([evidence])[0]
    last = LastPlaces(fusion_run.recommender, np.array([2, 5]))
    found = last.score([evidence])[0]
    assert set(np.argsort(found)[:2]) == {2, 5}
    others = np.setdiff1d(np.arange(plain.size), [2, 5])
    np.testing.assert_array_equal(found[others], plain[others])
    assert last.explain(evidence, 2).score == pytest.approx(plain[2], abs=1e-5)


def test_evidence_for_a_disliked_item_that_is_asked_about_can_still_be_checked(
    fusion_run: LoadedRun,
) -> None:
    disliked, other = first(fusion_run)[:2]
    user = adapt(fusion_run, USER, Adjustment(removed=ids(fusion_run, [disliked, other])))
    plain = fusion_run.recommender.score([fusion_run.evidence_of(USER)])[0]
    found = user.recommender_about(disliked).score([user.evidence])[0]
    assert found[disliked] == plain[disliked]
    assert found[other] == found.min()


def test_feedback_of_one_user_is_told_from_that_of_others() -> None:
    link = ("item:a", "has_genre", "genre:x")
    said = CountedFeedback(
        likes=(("u1", "a"), ("u2", "b")), dislikes=(("u2", "c"),), blocked=(link,)
    )
    assert adjustment_of(said, "u1") == Adjustment(("a",), (), (link,))
    assert adjustment_of(said, "u2") == Adjustment(("b",), ("c",), (link,))


def test_only_those_who_said_something_are_compared_when_no_link_is_blocked(
    fusion_run: LoadedRun,
) -> None:
    user_id = fusion_run.dataset.users.id_of(USER)
    liked = ids(fusion_run, first(fusion_run)[:1])[0]
    said = CountedFeedback(likes=((user_id, liked), ("nobody", liked)))
    (found,), n_asked = changed_lists(fusion_run, said, 5, max_users=100)
    assert n_asked == 1
    assert found.user_index == USER
    assert list(found.before) == first(fusion_run)
    adapted = adapt(fusion_run, USER, adjustment_of(said, user_id))
    assert list(found.after) == adapted.ranked(5).item_indices.tolist()


def test_a_blocked_link_is_compared_for_everybody_as_user_by_user(fusion_run: LoadedRun) -> None:
    said = CountedFeedback(blocked=tuple(link_of(fusion_run, item) for item in first(fusion_run)))
    found, n_asked = changed_lists(fusion_run, said, 5, max_users=1000)
    assert n_asked == fusion_run.dataset.n_users
    expected = []
    for user in range(n_asked):
        user_id = fusion_run.dataset.users.id_of(user)
        after = adapt(fusion_run, user, adjustment_of(said, user_id)).ranked(5).item_indices
        before = fusion_run.recommend(fusion_run.evidence_of(user), 5).item_indices
        if before.tolist() != after.tolist():
            expected.append((user, tuple(before.tolist()), tuple(after.tolist())))
    assert expected
    assert [(one.user_index, one.before, one.after) for one in found] == expected
    plain = plain_lists(fusion_run, 5, max_users=1000)
    assert changed_lists(fusion_run, said, 5, max_users=1000, plain=plain) == (found, n_asked)


def test_plain_lists_are_those_of_the_run(fusion_run: LoadedRun) -> None:
    plain = plain_lists(fusion_run, 5, max_users=2)
    assert list(plain) == [0, 1]
    assert list(plain[USER]) == first(fusion_run)


def test_no_more_users_are_compared_than_asked_for(fusion_run: LoadedRun) -> None:
    said = CountedFeedback(blocked=(link_of(fusion_run, 0),))
    assert changed_lists(fusion_run, said, 5, max_users=7)[1] == 7
