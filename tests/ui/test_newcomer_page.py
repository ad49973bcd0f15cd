from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.newcomer_steps import (
    Step,
    encode_steps,
    recommend_after,
)
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.lab_pages import (
    COLD,
    STEPS,
    param,
    press,
    say,
    steps_in_address,
    workspace_with_users,
)
from tests.ui.test_pages_4_to_6 import is_sound, table_with, texts, workspace_of


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def test_a_newcomer_who_says_nothing_gets_the_popular_items(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    assert is_sound(at)
    assert "The list that everybody new gets" in texts(at)
    assert set(table_with(at, "main reason")["main reason"]) == {"popular"}
    assert "Nothing is known about the newcomer yet, so popularity alone makes this list" in texts(
        at
    )
    assert not at.get("plotly_chart")  # one bar of 100 % and an empty half said less


def test_each_thing_said_is_a_step_with_its_list_and_moves(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    data = small_workspace.dataset_fingerprint
    at = open_page(small_workspace.root, COLD)
    before = table_with(at, "move")["id"].tolist()
    say(at, data, "like", "Title 0 · i00")
    assert is_sound(at)
    assert "After step 1 of 1: Likes “Title 0”" in texts(at)
    after = table_with(at, "move")
    expected = recommend_after(loaded, STEPS[:1], 10).item_indices
    assert after["id"].tolist() == [loaded.dataset.items.id_of(int(item)) for item in expected]
    places = {id_: place for place, id_ in enumerate(before, start=1)}
    for row in after.itertuples():
        moved = places[row.id] - row.rank if row.id in places else None
        symbols = {None: "new", 0: "="}
        assert row.move == symbols.get(
            moved, f"↑ {moved}" if (moved or 0) > 0 else f"↓ {-(moved or 0)}"
        )
    assert steps_in_address(at) == STEPS[:1]


def test_a_disliked_item_leaves_the_list_and_the_page_says_what_that_means(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    data = small_workspace.dataset_fingerprint
    at = open_page(small_workspace.root, COLD)
    first = table_with(at, "move").iloc[0]
    scores = table_with(at, "move").set_index("id")["score"]
    say(at, data, "dislike", f"{first['item']} · {first['id']}")
    now = table_with(at, "move").set_index("id")["score"]
    assert first["id"] not in now.index
    common = now.index.intersection(scores.index)
    assert len(common) == 9
    assert (now[common] == scores[common]).all()
    assert "The item leaves this newcomer's list. If it was liked before" in texts(at)


def test_steps_are_undone_redone_taken_away_and_cleared(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(STEPS))
    assert at.button(key=Widget.COLD_REDO).disabled
    press(at, Widget.COLD_REMOVE.of(1))
    assert steps_in_address(at) == STEPS[1:]
    press(at, Widget.COLD_UNDO)
    assert steps_in_address(at) == STEPS
    press(at, Widget.COLD_REDO)
    assert steps_in_address(at) == STEPS[1:]
    press(at, Widget.COLD_CLEAR)
    assert steps_in_address(at) == ()
    assert "The list that everybody new gets" in texts(at)
    press(at, Widget.COLD_UNDO)
    assert steps_in_address(at) == STEPS[1:]
    assert is_sound(at)


def test_an_earlier_step_can_be_looked_at(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(STEPS), k="5")
    press(at, Widget.COLD_STEP.of(1))
    assert "After step 1 of 3" in texts(at)
    shown = table_with(at, "move")["id"].tolist()
    expected = recommend_after(loaded, STEPS[:1], 5).item_indices
    assert shown == [loaded.dataset.items.id_of(int(item)) for item in expected]
    assert param(at, "step") == "1"


def test_the_item_of_a_chosen_row_can_be_liked_where_it_stands(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    first = table_with(at, "move")["id"].iloc[0]
    press(at, Widget.COLD_SAY.of("chosen", "like"))
    assert steps_in_address(at) == (Step("like", first),)


def test_the_gate_shift_is_told_in_words_and_in_a_table(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(STEPS[1:2]))
    assert "Popularity (starting value) falls from 100 %" in texts(at)
    table = table_with(at, "Share before").set_index("Modality")
    assert table.loc["Popularity (starting value)", "Share before"] == "100 %"
    assert table.loc["Knowledge graph", "Share before"] == "0 %"
    assert table.loc["Knowledge graph", "Gate before"] == "–"


def test_a_newcomer_survives_a_reload_and_a_fresh_server_by_the_address(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    code = encode_steps(STEPS)
    shown = [
        table_with(open_page(small_workspace.root, COLD, newcomer=code), "move") for _ in range(2)
    ]
    assert shown[0].equals(shown[1])


@pytest.mark.parametrize("code", ["<script>", "1" + "A" * 9000])
def test_a_forged_address_gets_a_friendly_word(
    open_page: OpenPage, small_workspace: SmallWorkspace, code: str
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=code)
    assert is_sound(at)
    assert "cannot be read" in at.error[0].value
    assert "newcomer" not in at.query_params


def test_steps_of_other_data_are_named_and_the_rest_stays(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    steps = (STEPS[0], Step("like", "f999"), Step("words", "the sea"))
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(steps))
    assert is_sound(at)
    assert "2 steps left out" in at.warning[0].value
    assert steps_in_address(at) == STEPS[:1]


def test_a_step_number_that_makes_no_sense_shows_the_last_step(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(STEPS), step="-4")
    assert "After step 3 of 3" in texts(at)


def test_interests_are_found_in_spite_of_a_typing_error(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    at.button_group(key=Widget.COLD_SAY).set_value("interest").run()
    at.text_input(key=Widget.COLD_SAY_SEARCH.of("interest")).set_value("Commedy").run()
    picker = at.selectbox(key=Widget.COLD_SAY.of(small_workspace.dataset_fingerprint, "interest"))
    assert picker.options[0] == "Comedy (genre)"
    picker.select("Comedy (genre)").run()
    assert is_sound(at)
    assert steps_in_address(at) == (Step("interest", "genre:Comedy"),)
    assert "Comedy" in table_with(at, "main reason").iloc[0]["main reason"]


def test_a_search_without_match_says_so(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    at.button_group(key=Widget.COLD_SAY).set_value("interest").run()
    at.text_input(key=Widget.COLD_SAY_SEARCH.of("interest")).set_value("xqzzyvw").run()
    assert is_sound(at)
    assert "Nothing is called like “xqzzyvw”" in texts(at)


def test_only_what_run_and_data_understand_can_be_said(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    kinds = at.button_group(key=Widget.COLD_SAY).options
    said = {str(getattr(option, "content", option)).split(" ")[-1] for option in kinds}
    assert said == {"Like", "Dislike", "Interest"}


def test_a_newcomer_names_friends_and_attributes_where_the_data_has_them(
    open_page: OpenPage, tmp_path: Path
) -> None:
    root, data = workspace_with_users(tmp_path)
    at = open_page(root, COLD)
    before = table_with(at, "move")["item"].tolist()
    say(at, data, "friend", "Name 0 · u00")
    say(at, data, "attribute", "town: North")
    assert is_sound(at)
    assert "Is a friend of Name 0" in at.button(key=Widget.COLD_STEP.of(1)).label
    assert steps_in_address(at) == (Step("friend", "u00"), Step("attribute", "town: North"))
    assert table_with(at, "move")["item"].tolist() != before
