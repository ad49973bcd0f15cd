from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from kgrec_core.config import CountedFeedback, TrainSettings, checked
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.storage.feedback import (
    FeedbackRecord,
    counted_feedback,
    feedback_of,
    give_feedback,
    take_back,
)
from kgrec_core.storage.tables import FeedbackRow
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import small_dataset

LINK = ("item:a", "has_genre", "genre:drama")


def say(workspace: Workspace, data: str, kind: str, **more: object) -> FeedbackRecord:
    said = {"user_id": "u1", "item_id": "c", "run_id": "run-1"} | more
    return give_feedback(workspace, dataset_fingerprint=data, kind=kind, **said)


def test_what_was_said_comes_back_with_who_what_when_and_which_run(
    workspace: Workspace, data: str
) -> None:
    given = say(workspace, data, "like")
    (found,) = feedback_of(workspace, data)
    assert found == given
    assert (found.user_id, found.item_id, found.kind, found.run_id) == ("u1", "c", "like", "run-1")
    assert found.created_at > 0
    assert found.is_counted


def test_feedback_outlives_the_program(workspace: Workspace, data: str) -> None:
    given = say(workspace, data, "wrong_reason", triple=LINK)
    workspace.close()
    again = Workspace(workspace.root)
    assert feedback_of(again, data) == [given]
    again.close()


def test_of_one_user_and_item_the_last_word_counts(workspace: Workspace, data: str) -> None:
    say(workspace, data, "like")
    last = say(workspace, data, "dislike")
    say(workspace, data, "like", user_id="u2")
    assert {(r.user_id, r.kind) for r in feedback_of(workspace, data)} == {
        ("u1", "dislike"),
        ("u2", "like"),
    }
    earlier = [r for r in feedback_of(workspace, data, with_undone=True) if not r.is_counted]
    assert [(r.kind, r.undone_at) for r in earlier] == [("like", last.created_at)]


def test_a_link_is_blocked_once_whoever_says_it(workspace: Workspace, data: str) -> None:
    say(workspace, data, "wrong_reason", triple=LINK)
    say(workspace, data, "wrong_reason", triple=LINK, user_id="u2", item_id="d")
    assert [r.user_id for r in feedback_of(workspace, data)] == ["u2"]


def test_what_is_taken_back_counts_no_more_and_stays_on_record(
    workspace: Workspace, data: str
) -> None:
    given = say(workspace, data, "dislike")
    taken = take_back(workspace, given.feedback_id)
    assert feedback_of(workspace, data) == []
    assert feedback_of(workspace, data, with_undone=True) == [taken]
    assert taken.undone_at >= given.created_at
    assert take_back(workspace, given.feedback_id) == taken


def test_taking_back_what_nobody_said_is_refused(workspace: Workspace, data: str) -> None:
    with pytest.raises(UnknownIdError, match="no feedback 'x'"):
        take_back(workspace, "x")


def test_feedback_belongs_to_its_data(workspace: Workspace, data: str) -> None:
    other = workspace.save_dataset(small_dataset(extra_weight=2.0)).fingerprint
    say(workspace, data, "like")
    assert feedback_of(workspace, other) == []


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("love", {}),
        ("wrong_reason", {}),
        ("wrong_reason", {"triple": LINK, "reason_item_id": "a"}),
        ("like", {"triple": LINK}),
        ("dislike", {"reason_item_id": "a"}),
    ],
)
def test_a_kind_without_sense_is_refused(
    workspace: Workspace, data: str, kind: str, named: dict[str, object]
) -> None:
    with pytest.raises(ConfigError, match="give_feedback"):
        say(workspace, data, kind, **named)
    assert feedback_of(workspace, data) == []


def test_what_counts_is_sorted_by_what_models_do_with_it(workspace: Workspace, data: str) -> None:
    say(workspace, data, "like", item_id="d")
    say(workspace, data, "like", item_id="b")
    say(workspace, data, "dislike", item_id="c")
    say(workspace, data, "wrong_reason", reason_item_id="a")
    say(workspace, data, "wrong_reason", triple=LINK)
    assert counted_feedback(feedback_of(workspace, data)) == CountedFeedback(
        likes=(("u1", "b"), ("u1", "d")),
        dislikes=(("u1", "a"), ("u1", "c")),
        blocked=(LINK,),
    )


def test_a_past_choice_called_a_wrong_reason_is_no_like_any_more(
    workspace: Workspace, data: str
) -> None:
    say(workspace, data, "like", item_id="a")
    say(workspace, data, "wrong_reason", reason_item_id="a")
    counted = counted_feedback(feedback_of(workspace, data))
    assert counted.likes == ()
    assert counted.dislikes == (("u1", "a"),)


def test_what_was_taken_back_is_not_counted(workspace: Workspace, data: str) -> None:
    taken = take_back(workspace, say(workspace, data, "like").feedback_id)
    assert counted_feedback([taken]).is_empty


def test_the_order_of_feedback_does_not_matter() -> None:
    one = CountedFeedback(likes=(("u2", "b"), ("u1", "a"), ("u2", "b")))
    other = CountedFeedback(likes=(("u1", "a"), ("u2", "b")))
    assert one == other


def test_a_pair_both_liked_and_disliked_is_refused() -> None:
    values = {"likes": [["u", "a"]], "dislikes": [["u", "a"]]}
    with pytest.raises(ConfigError, match="not both"):
        checked(CountedFeedback, values)


def test_settings_without_feedback_do_not_mention_it_and_with_it_come_back() -> None:
    assert "feedback" not in TrainSettings().model_dump(mode="json")
    told = TrainSettings(feedback=CountedFeedback(likes=(("u", "a"),), blocked=(LINK,)))
    assert checked(TrainSettings, told.model_dump(mode="json")) == told


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_the_table_can_be_made_in_both_databases(dialect: object) -> None:
    statement = str(CreateTable(FeedbackRow.__table__).compile(dialect=dialect))
    assert "feedback_id VARCHAR NOT NULL" in statement
    assert "undone_at DOUBLE" in statement


def test_an_older_workspace_gets_the_table_when_it_opens(workspace: Workspace, data: str) -> None:
    with workspace.database.writing() as session:
        session.execute(text("DROP TABLE feedback"))
    workspace.close()
    say(workspace, data, "like")
    assert "feedback" in inspect(workspace.database.engine).get_table_names()
    assert len(feedback_of(workspace, data)) == 1
