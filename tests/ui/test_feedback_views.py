from __future__ import annotations

from kgrec_core.config import CountedFeedback
from kgrec_core.pipeline.adapted import Adjustment, ChangedList
from kgrec_core.pipeline.feedback import FeedbackUse
from kgrec_core.storage.feedback import FeedbackRecord
from kgrec_ui.views.feedback_view import (
    adjustment_words,
    changed_sentence,
    changed_table,
    feedback_table,
    feedback_words,
    link_words,
    said_about,
    use_words,
    wrong_reasons,
)
from tests.store_samples import small_dataset
from tests.ui.film_world import (
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    DAY,
    START,
)


def record(**changes: object) -> FeedbackRecord:
    values: dict[str, object] = {
        "feedback_id": "x",
        "dataset_fingerprint": "d",
        "run_id": "r",
        "user_id": "u1",
        "item_id": "a",
        "kind": "like",
        "created_at": START,
    }
    return FeedbackRecord(**(values | changes))


def test_feedback_is_counted_in_words() -> None:
    said = CountedFeedback(
        likes=(("u", "a"), ("u", "b")), dislikes=(("u", "c"),), blocked=(("x", "y", "z"),)
    )
    assert feedback_words(said) == "2 likes, 1 item left out, 1 blocked link"
    assert feedback_words(CountedFeedback()) == "none"


def test_the_banner_says_when_links_wait_for_the_next_training() -> None:
    links = Adjustment(added=("a",), triples=(("x", "y", "z"),))
    assert adjustment_words(links, ignores_links=False) == (
        "Feedback counts in this list: 1 like, 1 blocked link."
    )
    waiting = adjustment_words(links, ignores_links=True)
    assert waiting.startswith("Feedback counts in this list: 1 like. 1 blocked link will count")


def test_a_run_says_what_became_of_its_feedback() -> None:
    words = use_words(FeedbackUse(n_added=2, n_held_out=1))
    assert "2 likes became interactions" in words
    assert "1 is about something held out for the test and was not used" in words
    assert use_words(FeedbackUse()) == ""


def test_only_the_counted_word_about_the_item_itself_is_shown() -> None:
    told = [record(kind="wrong_reason", reason_item_id="b"), record(kind="dislike")]
    assert said_about(told, "u1", "a") == "dislike"
    assert said_about(told[:1], "u1", "a") == ""
    assert said_about([record(undone_at=1.0)], "u1", "a") == ""


def test_links_and_past_choices_are_offered_as_wrong_reasons_largest_first() -> None:
    offered = wrong_reasons(insider_explanation(), film_names())
    assert [reason.offered for reason in offered] == [
        "Past choice: Heat (+0.370)",
        "Link: Heat – directed by – Michael Mann (+0.0900)",
        "Link: The Insider – directed by – Michael Mann (+0.0900)",
        "Link: Heat – in genre – Drama (+0.0300)",
        "Link: The Insider – in genre – Drama (+0.0300)",
        "Past choice: Alien (+0.0200)",
    ]
    assert offered[1].triple == ("item:f1", "directed_by", "person:mann")
    assert offered[0].item_id == "f1"


def test_what_was_said_is_listed_with_names() -> None:
    told = [
        record(kind="wrong_reason", triple=("item:f1", "directed_by", "person:mann")),
        record(kind="wrong_reason", reason_item_id="b", undone_at=START + DAY),
        record(user_id="gone", item_id="gone"),
    ]
    table = feedback_table(told, small_dataset(), film_names(), None)
    assert table["what"].to_list() == [
        "blocked link: Heat – directed by – Michael Mann",
        "does not count: B",
        "gone",
    ]
    assert table["taken back"].to_list()[1].startswith("14 Sep 2020")
    assert link_words(0, film_names()) == "Heat – directed by – Michael Mann"


def test_whose_lists_differ_is_counted_and_listed() -> None:
    changed = [ChangedList(1, (0, 1, 2), (1, 0, 3))]
    assert changed_sentence(changed, 3, 3, 10, asks_all=True) == (
        "With feedback, 1 list of the first 10 differs, of all 3 users (33 %)."
    )
    assert "No list of the first 10 differs" in changed_sentence([], 2, 3, 10, asks_all=False)
    assert "changes nothing" in changed_sentence([], 0, 3, 10, asks_all=False)
    row = changed_table(changed, small_dataset(), film_names()).row(0, named=True)
    assert (row["user"], row["new"], row["gone"], row["moved"]) == (
        "u2",
        "Blade Runner",
        "Alien",
        2,
    )
