from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from kgrec_core.config import CountedFeedback, TrainSettings
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.split import Split
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.feedback import (
    FeedbackUse,
    blocked_rows,
    counted_split,
    graph_without,
    is_held_out,
    with_likes,
)
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.contract import UNKNOWN_USER, UserEvidence
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import small_dataset

TIMES = {"a": 10, "b": 20, "c": 30, "d": 40}
ITEMS = tuple(TIMES)
DATA = small_dataset()  # users u1, u2, u3; items a, b, c, d


def some(*pairs: tuple[int, str], weight: float = 2.0) -> Interactions:
    users = np.array([user for user, _ in pairs], dtype=np.int64)
    items = np.array([ITEMS.index(item) for _, item in pairs], dtype=np.int64)
    times = np.array([TIMES[item] for _, item in pairs], dtype=np.int64)
    return Interactions(users, items, np.full(len(pairs), weight, np.float32), times, 3, 4)


def split_of(name: str = "random") -> Split:
    """u1 did a, b (test: c); u2 did a (validation: b); u3 did nothing that is fitted on."""
    return Split(name, some((0, "a"), (0, "b"), (1, "a")), some((1, "b")), some((0, "c")))


def pairs(found: Interactions) -> list[tuple[str, str]]:
    return [
        (DATA.users.id_of(int(u)), DATA.items.id_of(int(i)))
        for u, i in zip(found.user_indices, found.item_indices, strict=True)
    ]


def test_a_like_becomes_the_newest_interaction_of_its_user() -> None:
    split, use = counted_split(split_of(), DATA, CountedFeedback(likes=(("u1", "d"),)))
    assert pairs(split.train)[-1] == ("u1", "d")
    assert split.train.times[-1] == TIMES["b"]
    assert split.train.weights[-1] == 2.0
    assert use == FeedbackUse(n_added=1)


def test_a_like_of_a_user_without_history_has_the_newest_time_of_all() -> None:
    split, _ = counted_split(split_of(), DATA, CountedFeedback(likes=(("u3", "a"),)))
    assert pairs(split.train)[-1] == ("u3", "a")
    assert split.train.times[-1] == TIMES["b"]


def test_without_times_a_like_has_none() -> None:
    timeless = [
        dataclasses.replace(part, times=np.full(len(part), NO_TIME))
        for part in (split_of().train, split_of().validation, split_of().test)
    ]
    liked = CountedFeedback(likes=(("u1", "d"),))
    split, _ = counted_split(Split("random", *timeless), DATA, liked)
    assert split.train.times[-1] == NO_TIME


def test_a_like_of_a_held_out_item_is_left_out_of_training() -> None:
    split, use = counted_split(split_of(), DATA, CountedFeedback(likes=(("u1", "c"),)))
    assert pairs(split.train) == pairs(split_of().train)
    assert use == FeedbackUse(n_held_out=1)


def test_the_test_part_is_the_same_with_any_feedback() -> None:
    said = CountedFeedback(
        likes=(("u1", "d"), ("u3", "b")), dislikes=(("u1", "c"), ("u2", "a"), ("u1", "a"))
    )
    split, _ = counted_split(split_of(), DATA, said)
    assert split.test is not None
    assert pairs(split.test) == [("u1", "c")]


def test_a_like_of_what_was_chosen_in_training_or_validation_changes_nothing() -> None:
    liked = CountedFeedback(likes=(("u1", "a"), ("u2", "b")))
    split, use = counted_split(split_of(), DATA, liked)
    assert pairs(split.train) == pairs(split_of().train)
    assert use == FeedbackUse(n_known=2)


def test_a_dislike_takes_the_interaction_out_of_training_and_validation() -> None:
    said = CountedFeedback(dislikes=(("u1", "b"), ("u2", "b")))
    split, use = counted_split(split_of(), DATA, said)
    assert pairs(split.train) == [("u1", "a"), ("u2", "a")]
    assert pairs(split.validation) == []
    assert use == FeedbackUse(n_removed=2)


def test_a_dislike_of_what_was_not_chosen_only_forbids() -> None:
    split, use = counted_split(split_of(), DATA, CountedFeedback(dislikes=(("u1", "d"),)))
    assert pairs(split.train) == pairs(split_of().train)
    assert use == FeedbackUse(n_forbidden=1)


@pytest.mark.parametrize(
    ("name", "pair"), [("cold-users", ("u1", "d")), ("cold-items", ("u3", "c"))]
)
def test_in_a_cold_split_nothing_makes_the_hidden_known(name: str, pair: tuple[str, str]) -> None:
    split, use = counted_split(split_of(name), DATA, CountedFeedback(likes=(pair,)))
    assert pair not in pairs(split.train)
    assert use.n_held_out == 1


def test_what_is_held_out_can_be_told() -> None:
    assert is_held_out(split_of(), 0, ITEMS.index("c"))
    assert not is_held_out(split_of(), 1, ITEMS.index("c"))
    assert is_held_out(split_of("cold-items"), 1, ITEMS.index("c"))


def test_feedback_about_what_is_not_in_the_data_is_counted_as_unknown() -> None:
    said = CountedFeedback(likes=(("nobody", "a"),), dislikes=(("u1", "nothing"),))
    split, use = counted_split(split_of(), DATA, said)
    assert pairs(split.train) == pairs(split_of().train)
    assert use == FeedbackUse(n_unknown=2)


# links


def small_graph() -> KnowledgeGraph:
    ids = ("item:a", "item:b", "genre:drama", "genre:comedy")
    triples = np.array([[0, 0, 2], [1, 0, 2], [1, 0, 3]], dtype=np.int64)
    provenance = pl.DataFrame(
        {"file": ["i.csv"] * 3, "row": [2, 3, 3], "column": [""] * 3, "n_sources": [1] * 3}
    )
    kinds = ("item", "item", "genre", "genre")
    relations = Vocabulary(("has_genre",), name="relation")
    return KnowledgeGraph(
        Vocabulary(ids, name="entity"), ids, kinds, 2, relations, triples, provenance
    )


def test_a_blocked_link_is_left_out_with_its_source_and_nothing_else() -> None:
    graph, n = graph_without(small_graph(), [("item:b", "has_genre", "genre:drama")])
    assert n == 1
    assert graph.triples.tolist() == [[0, 0, 2], [1, 0, 3]]
    assert graph.provenance["row"].to_list() == [2, 3]
    assert graph.n_entities == 4


def test_a_link_read_backwards_or_unknown_is_not_the_blocked_one() -> None:
    wrong = [
        ("genre:drama", "has_genre", "item:b"),
        ("item:a", "has_genre", "genre:comedy"),
        ("item:z", "has_genre", "genre:drama"),
        ("item:a", "likes", "genre:drama"),
    ]
    assert blocked_rows(small_graph(), wrong) == frozenset()
    graph, n = graph_without(small_graph(), wrong)
    assert (graph.n_triples, n) == (3, 0)


# the list at once


def test_a_liked_item_joins_the_history_as_the_newest_choice() -> None:
    user = UserEvidence.of_user(split_of().train, 0)
    liked = with_likes(user, [3, 0, 3], 5.0)
    assert liked.item_indices.tolist() == [0, 1, 3]
    assert liked.item_weights.tolist() == [2.0, 2.0, 5.0]
    assert liked.item_times.tolist() == [10, 20, 20]
    assert liked.user_index == UNKNOWN_USER


def test_liking_what_is_known_leaves_the_known_user() -> None:
    user = UserEvidence.of_user(split_of().train, 0)
    assert with_likes(user, [0, 1], 5.0) is user


# training


@pytest.fixture(scope="module")
def plain(filled: Workspace) -> LoadedRun:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    record = train(filled, fingerprint, TrainSettings(model="item-knn", text_model="none"))
    return load_run(filled, record.run_id)


@pytest.fixture(scope="module")
def said(plain: LoadedRun) -> CountedFeedback:
    """u0 likes the last item of his list, dislikes the first; one link is blocked."""
    ranked = plain.recommend(plain.evidence_of(0), 40).item_indices
    held_out = set(plain.split.relevant_by_user().get(0, np.zeros(0)).tolist())
    free = [int(index) for index in ranked if int(index) not in held_out]
    graph = plain.graph
    head, relation, tail = (int(part) for part in graph.triples[0])
    return CountedFeedback(
        likes=((plain.dataset.users.id_of(0), plain.dataset.items.id_of(free[-1])),),
        dislikes=((plain.dataset.users.id_of(0), plain.dataset.items.id_of(free[0])),),
        blocked=(
            (
                graph.entities.id_of(head),
                graph.relations.id_of(relation),
                graph.entities.id_of(tail),
            ),
        ),
    )


@pytest.fixture(scope="module")
def taught_record(filled: Workspace, plain: LoadedRun, said: CountedFeedback) -> RunRecord:
    settings = plain.settings.model_copy(update={"feedback": said})
    return train(filled, plain.record.dataset_fingerprint, settings)


def test_a_run_that_counts_feedback_shows_it_and_has_its_own_fingerprint(
    filled: Workspace, plain: LoadedRun, said: CountedFeedback, taught_record: RunRecord
) -> None:
    assert taught_record.settings["feedback"]["likes"] == [list(said.likes[0])]
    assert taught_record.fingerprint != plain.record.fingerprint
    again = train(
        filled,
        taught_record.dataset_fingerprint,
        plain.settings.model_copy(update={"feedback": said}),
    )
    assert again.fingerprint == taught_record.fingerprint
    assert again.metrics == taught_record.metrics


def test_a_run_opens_with_the_feedback_it_was_trained_with(
    filled: Workspace, plain: LoadedRun, said: CountedFeedback, taught_record: RunRecord
) -> None:
    taught = load_run(filled, taught_record.run_id)
    assert taught.inputs.feedback_use == FeedbackUse(n_added=1, n_forbidden=1, n_blocked=1)
    liked = taught.dataset.items.index_of(said.likes[0][1])
    assert liked in taught.evidence_of(0).item_indices
    assert taught.graph.n_triples == plain.graph.n_triples - 1
    assert blocked_rows(taught.graph, said.blocked) == frozenset()


def test_a_disliked_item_is_not_recommended_by_a_run_that_counts_it(
    filled: Workspace, plain: LoadedRun, said: CountedFeedback, taught_record: RunRecord
) -> None:
    taught = load_run(filled, taught_record.run_id)
    disliked = taught.dataset.items.index_of(said.dislikes[0][1])
    assert disliked in plain.recommend(plain.evidence_of(0), 40).item_indices
    assert disliked not in taught.recommend(taught.evidence_of(0), 40).item_indices
    assert disliked in taught.recommend(taught.evidence_of(1), 40).item_indices or (
        disliked in taught.evidence_of(1).item_indices
    )


def test_with_and_without_feedback_the_same_items_are_measured(
    filled: Workspace, plain: LoadedRun, taught_record: RunRecord
) -> None:
    taught = load_run(filled, taught_record.run_id)
    for part in ("user_indices", "item_indices"):
        np.testing.assert_array_equal(
            getattr(plain.split.test, part), getattr(taught.split.test, part)
        )


def test_the_data_set_itself_is_not_changed(filled: Workspace, taught_record: RunRecord) -> None:
    before: Dataset = filled.load_dataset(taught_record.dataset_fingerprint)
    after = load_run(filled, taught_record.run_id).dataset
    np.testing.assert_array_equal(before.interactions.item_indices, after.interactions.item_indices)
