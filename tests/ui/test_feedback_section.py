from __future__ import annotations

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.training import train
from kgrec_core.storage.feedback import counted_feedback, feedback_of
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
)
from tests.ui.recommend_pages import (
    RECOMMEND,
    TRAIN,
    USER,
    first,
    is_sound,
    press,
    say,
    table_with,
    texts,
    workspace_of,
)

# feedback


def test_a_like_counts_at_once_and_can_be_undone(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    before = first(loaded)
    at = open_page(own_workspace.root, RECOMMEND, user=USER, item=before[0])
    press(at, Widget.FEEDBACK.of("like"))
    assert is_sound(at)
    assert before[0] not in table_with(at, "main reason")["id"].tolist()
    assert "Feedback counts in this list: 1 like." in texts(at)
    assert "move" in table_with(at, "main reason").columns
    press(at, Widget.FEEDBACK.of("undo"))
    assert table_with(at, "main reason")["id"].tolist() == before


def test_a_like_of_a_held_out_item_says_that_training_will_not_see_it(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    user = loaded.dataset.users.index_of(USER)
    held_out = loaded.dataset.items.id_of(int(loaded.split.relevant_by_user()[user][0]))
    at = open_page(own_workspace.root, RECOMMEND, user=USER, item=held_out)
    assert "training will not see it" not in texts(at)
    press(at, Widget.FEEDBACK.of("like"))
    assert "training will not see it" in texts(at)


def test_a_disliked_item_leaves_the_list_and_the_others_keep_their_order(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    before = first(loaded, 6)
    at = open_page(own_workspace.root, RECOMMEND, user=USER, item=before[0], k="5")
    press(at, Widget.FEEDBACK.of("dislike"))
    assert table_with(at, "main reason")["id"].tolist() == before[1:]
    other = first(loaded, 5, "u07")
    at = open_page(own_workspace.root, RECOMMEND, user="u07", k="5")
    assert table_with(at, "main reason")["id"].tolist() == other


def test_a_link_called_wrong_is_gone_from_the_reasons_of_everybody(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded)[0]
    at = open_page(own_workspace.root, RECOMMEND, user=USER, item=item)
    label = at.selectbox(key=Widget.RECOMMEND_WRONG).options[0]
    assert label.startswith("Link: ")
    press(at, Widget.FEEDBACK.of("block"))
    assert is_sound(at)
    assert "1 blocked link" in texts(at)
    assert label not in at.selectbox(key=Widget.RECOMMEND_WRONG).options
    at = open_page(own_workspace.root, RECOMMEND, user="u07")
    assert "1 blocked link" in texts(at)
    workspace = workspace_of(own_workspace.root)
    (record,) = feedback_of(workspace, own_workspace.dataset_fingerprint)
    workspace.close()
    assert record.triple is not None
    assert (record.user_id, record.item_id, record.run_id) == (
        USER,
        item,
        own_workspace.fusion.run_id,
    )


def test_feedback_can_be_left_out_of_the_page_without_losing_it(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    before = first(loaded)
    say(own_workspace, "dislike", before[0])
    at = open_page(own_workspace.root, RECOMMEND, user=USER)
    assert table_with(at, "main reason")["id"].tolist() != before
    at.toggle(key=Widget.RECOMMEND_ALL_FEEDBACK).set_value(False).run()
    assert table_with(at, "main reason")["id"].tolist() == before


def test_the_feedback_section_counts_changed_lists_and_takes_back(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded)[0]
    say(own_workspace, "dislike", item)
    at = open_page(own_workspace.root, RECOMMEND, user=USER, part="feedback")
    assert "1 list of the first 10 differs" in texts(at)
    assert table_with(at, "gone")["user"].tolist() == [USER]
    assert table_with(at, "taken back")["said"].tolist() == ["Dislike"]
    press(at, Widget.FEEDBACK.of("back"))
    assert is_sound(at)
    assert table_with(at, "taken back")["taken back"].iloc[0] != ""
    assert "No list can differ" in texts(at)


def test_other_sections_count_feedback_too(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded)[0]
    say(own_workspace, "dislike", item)
    label = loaded.names.item(loaded.dataset.items.index_of(item))
    at = open_page(own_workspace.root, RECOMMEND, user=USER, part="heat")
    columns = table_with(at, "in all").columns
    assert not any(column.endswith(f". {label}") for column in columns)
    assert sum(column[0].isdigit() for column in columns) == 10
    at = open_page(own_workspace.root, RECOMMEND, user=USER, part="what-if")
    assert item not in table_with(at, "rank before")["id"].tolist()


# training


def test_training_offers_feedback_only_when_there_is_some_and_takes_it_along(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    keys = {toggle.key for toggle in open_page(own_workspace.root, TRAIN).toggle}
    assert Widget.TRAIN_FEEDBACK not in keys
    item = first(loaded)[0]
    say(own_workspace, "dislike", item)
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, TRAIN)
    assert "1 item left out so far." in texts(at)
    at.toggle(key=Widget.TRAIN_FEEDBACK).set_value(True).run()
    press(at, Widget.TRAIN_START)
    (job,) = submitted_jobs(own_workspace.root)
    assert job.payload["settings"]["feedback"]["dislikes"] == [[USER, item]]


def test_a_run_that_counts_feedback_says_what_it_made_of_it(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    say(own_workspace, "dislike", first(loaded)[0])
    workspace = workspace_of(own_workspace.root)
    said = counted_feedback(feedback_of(workspace, own_workspace.dataset_fingerprint))
    settings = TrainSettings(model="popularity", text_model="none", feedback=said)
    run = train(workspace, own_workspace.dataset_fingerprint, settings).run_id
    workspace.close()
    at = open_page(own_workspace.root, RECOMMEND, user=USER, part="feedback", run=run)
    assert is_sound(at)
    assert "This run counts feedback" in texts(at)
