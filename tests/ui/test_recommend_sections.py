from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.adapted import Adjustment, adapt
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.seed_twins import make_twins
from kgrec_core.pipeline.training import train
from kgrec_core.storage.feedback import counted_feedback, feedback_of, give_feedback
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
    write_small_tables,
)

RECOMMEND, TRAIN = "pages/4_Recommend_and_explain.py", "pages/3_Train.py"
USER = "u03"
SECTIONS = ("list", "profile", "why-not", "what-if", "heat", "compare", "feedback")


def texts(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    found = [str(element.value) for kind in kinds for element in getattr(at, kind)]
    return "\n".join(found).replace("\\", "")


def is_sound(at: AppTest) -> bool:
    return not at.exception and not at.error and "Traceback" not in texts(at)


def table_with(at: AppTest, column: str):
    return next(e.value for e in at.dataframe if column in e.value.columns)


def workspace_of(root: Path) -> Workspace:
    return Workspace(root, f"sqlite:///{root / 'kgrec.db'}")


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def first(loaded: LoadedRun, n: int = 10, user: str = USER) -> list[str]:
    evidence = loaded.evidence_of(loaded.dataset.users.index_of(user))
    return [loaded.dataset.items.id_of(int(i)) for i in loaded.recommend(evidence, n).item_indices]


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


# every section


@pytest.mark.parametrize("section", SECTIONS)
def test_a_link_opens_a_section_and_nothing_breaks(
    open_page: OpenPage, small_workspace: SmallWorkspace, section: str
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part=section)
    assert is_sound(at)
    assert at.query_params["part"] == section
    assert len(at.main) > 3


@pytest.mark.parametrize("section", ["profile", "why-not", "what-if", "heat"])
def test_a_model_without_reasons_says_so_and_breaks_nothing(
    open_page: OpenPage, small_workspace: SmallWorkspace, section: str
) -> None:
    run = small_workspace.popularity.run_id
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part=section, run=run)
    assert is_sound(at)


def test_an_unknown_section_in_the_link_falls_back_to_the_list(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="nonsense")
    assert is_sound(at)
    assert at.query_params["part"] == "list"


def test_a_model_that_knows_whole_profiles_names_what_it_can(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = workspace_of(own_workspace.root)
    settings = TrainSettings(model="mf-softmax", text_model="none")
    run = train(workspace, own_workspace.dataset_fingerprint, settings).run_id
    workspace.close()
    words = {
        "list": "one vector for the user",
        "profile": "does not use the knowledge graph",
        "heat": "one vector for the user",
        "what-if": "learned from all choices together",
    }
    for section, told in words.items():
        at = open_page(own_workspace.root, RECOMMEND, user=USER, part=section, run=run)
        assert is_sound(at), section
        assert told in texts(at), section


def test_a_user_without_history_gets_quiet_empty_states(
    open_page: OpenPage, tmp_path: Path
) -> None:
    tables = write_small_tables(tmp_path / "tables")
    (tables / "users.csv").write_text("user_id,name\nu00,Ann\nzz,Nobody\n", "utf-8")
    workspace = workspace_of(tmp_path / "ws")
    data = import_path(workspace, tables, name="With newcomer").dataset
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    train(workspace, data.fingerprint, settings)
    workspace.close()
    for section in ("list", "profile", "what-if"):
        at = open_page(tmp_path / "ws", RECOMMEND, user="zz", part=section)
        assert is_sound(at), section
        if section == "profile":
            assert "No history" in texts(at)


# profile


def test_the_profile_shows_time_line_and_portrait_with_tables(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="profile")
    evidence = loaded.evidence_of(loaded.dataset.users.index_of(USER))
    assert len(table_with(at, "date")) == evidence.item_indices.size
    portrait = table_with(at, "part of the scores")
    pairs = [loaded.explain(evidence, loaded.dataset.items.index_of(id_)) for id_ in first(loaded)]
    label = portrait["interest"].iloc[0]
    entity = loaded.graph.entity_labels.index(label)
    expected = sum(
        path.value
        for pair in pairs
        for term in pair.contributions
        for path in term.paths
        if entity in path.entity_indices
    )
    assert portrait["part of the scores"].iloc[0] == pytest.approx(expected, abs=1e-6)
    assert at.get("iframe")[0].proto.src.startswith("data:text/html")


# list and reasons


def test_the_badge_and_the_terms_of_the_sentences_stand_below_the_reasons(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER)
    assert "20 random orders" in texts(at)
    slots = table_with(at, "stands for")
    assert slots["sentence"].min() == 1
    assert "The dotted line marks uniform attention" in texts(at)


def test_attention_shows_the_spread_over_seeds_once_twins_are_made(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = workspace_of(own_workspace.root)
    make_twins(workspace, own_workspace.fusion.run_id)
    workspace.close()
    at = open_page(own_workspace.root, RECOMMEND, user=USER)
    assert is_sound(at)
    assert "other seeds" in texts(at)
    assert "Attention carries little" in texts(at) or "Attention makes the lists" in texts(at)


# why not


def test_why_not_compares_the_best_item_outside_with_the_first_one(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="why-not", k="3")
    ranked = first(loaded, 4)
    assert at.selectbox(key=Widget.ITEM).value == ranked[3]
    assert at.selectbox(key=Widget.WHY_NOT_RIVAL).value == ranked[0]
    assert "is at rank 4 of" in texts(at)
    evidence = loaded.evidence_of(loaded.dataset.users.index_of(USER))
    scores = [loaded.explain(evidence, loaded.dataset.items.index_of(i)).score for i in ranked]
    shown = table_with(at, "difference")["difference"].sum()
    assert shown == pytest.approx(scores[3] - scores[0], abs=1e-5)


def test_another_rival_can_be_chosen_and_stands_in_the_address(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    ranked = first(loaded, 3)
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="why-not", item="i00")
    at.selectbox(key=Widget.WHY_NOT_RIVAL).select(ranked[1]).run()
    assert is_sound(at)
    assert at.query_params["against"] == ranked[1]


# what if


def test_a_choice_taken_out_ranks_the_list_again_and_can_be_undone(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="5")
    dropped = at.selectbox(key=Widget.WHAT_IF.of("which", "drop", USER)).value
    press(at, Widget.WHAT_IF.of("add"))
    assert is_sound(at)
    user = adapt(loaded, loaded.dataset.users.index_of(USER), Adjustment(removed=dropped.ids))
    shown = table_with(at, "rank before")
    expected = [loaded.dataset.items.id_of(int(i)) for i in user.ranked(5).item_indices]
    assert shown["id"].tolist() == expected
    assert "score" in texts(at)
    press(at, Widget.WHAT_IF.of("undo"))
    assert table_with(at, "rank before")["id"].tolist() == first(loaded, 5)
    assert set(table_with(at, "rank before")["move"]) == {"="}


@pytest.mark.parametrize("kind", ["like", "modality", "relation", "link"])
def test_every_kind_of_step_can_be_tried_and_reset(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun, kind: str
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="5")
    at.selectbox(key=Widget.WHAT_IF.of("kind")).select(kind).run()
    press(at, Widget.WHAT_IF.of("add"))
    assert is_sound(at)
    assert "The list as it is" not in texts(at)
    assert at.button(key=Widget.WHAT_IF.of("remove", 0)).label
    press(at, Widget.WHAT_IF.of("reset"))
    assert table_with(at, "rank before")["id"].tolist() == first(loaded, 5)


def test_what_would_change_it_is_verified_and_can_be_tried(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded, 3)[2]
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="3", item=item)
    assert "would leave the first 3" in texts(at)
    assert "Verified by scoring everything again" in texts(at)
    press(at, Widget.CHANGE_UNITS.of("try"))
    assert is_sound(at)
    assert item not in table_with(at, "rank before")["id"].tolist()


def test_links_can_be_what_would_change_it(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="what-if", k="3")
    at.segmented_control(key=Widget.CHANGE_UNITS).set_value("Links of the item").run()
    assert is_sound(at)


# heat map


def test_the_heat_map_has_a_table_and_opens_the_chosen_cell(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="heat", k="4")
    at.selectbox(key=Widget.HEAT.of("row")).select(1).run()
    at.selectbox(key=Widget.HEAT.of("column")).select(2).run()
    assert is_sound(at)
    matrix = table_with(at, "in all")
    assert len(matrix.columns) == 1 + 4 + 1
    cell = matrix.iloc[1, 3]
    assert table_with(at, "kernel")["contribution"].sum() == pytest.approx(cell, abs=1e-6)


def test_attention_and_single_modalities_can_be_shown(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="heat")
    at.segmented_control(key=Widget.HEAT.of("kind")).set_value("attention").run()
    assert "Most attention goes to" in texts(at)
    at.selectbox(key=Widget.HEAT.of("modality")).select("graph").run()
    assert is_sound(at)


# compare


def test_two_users_are_compared_and_the_item_stays_in_step(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    item = first(loaded, 3, "u07")[1]
    at = open_page(
        small_workspace.root, RECOMMEND, user=USER, part="compare", with_user="u07", item=item
    )
    assert is_sound(at)
    shared = set(first(loaded)) & set(first(loaded, user="u07"))
    assert f"{len(shared)} of 10 items" in texts(at)
    assert at.selectbox(key=Widget.ITEM).value == item
    parts = table_with(at, "part")
    evidence = loaded.evidence_of(loaded.dataset.users.index_of("u07"))
    score = loaded.explain(evidence, loaded.dataset.items.index_of(item)).score
    assert parts["u07"].iloc[-1] == pytest.approx(score, abs=1e-6)


def test_two_runs_are_compared_for_one_user(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="compare")
    at.segmented_control(key=Widget.COMPARE.of("kind")).set_value("runs").run()
    assert is_sound(at)
    assert at.query_params["with_run"] == small_workspace.popularity.run_id
    assert "in both lists" in texts(at) or "Both lists are the same" in texts(at)


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


def say(own: SmallWorkspace, kind: str, item: str, user: str = USER) -> None:
    workspace = workspace_of(own.root)
    give_feedback(
        workspace,
        dataset_fingerprint=own.dataset_fingerprint,
        run_id=own.fusion.run_id,
        user_id=user,
        item_id=item,
        kind=kind,
    )
    workspace.close()


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
    assert not any(label in column for column in table_with(at, "in all").columns)
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
