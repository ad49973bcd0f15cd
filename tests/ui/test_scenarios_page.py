from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.newcomer_steps import (
    encode_steps,
    recommend_after,
    steps_to_json,
)
from kgrec_core.storage.scenarios import list_scenarios
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.lab_pages import (
    COLD,
    STEPS,
    param,
    press,
    save,
    slide,
    steps_in_address,
)
from tests.ui.test_pages_4_to_6 import is_sound, table_with, texts, workspace_of


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def test_without_a_scenario_the_section_says_how_to_make_one(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="scenarios")
    assert is_sound(at)
    assert "No scenario is saved yet" in texts(at)


def test_a_newcomer_is_saved_and_its_address_is_that_of_the_scenario(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    at = open_page(own_workspace.root, COLD, newcomer=encode_steps(STEPS), k="4")
    at.text_input(key=Widget.SCENARIO_NAME).set_value("Comedies")
    press(at, Widget.SCENARIO_SAVE)
    assert is_sound(at)
    (record,) = list_scenarios(workspace_of(own_workspace.root))
    assert record.content == {"steps": steps_to_json(STEPS), "k": 4}
    assert param(at, "scenario") == record.scenario_id
    assert "newcomer" not in at.query_params
    assert "Saved as “Comedies”" in texts(at)
    link = next(code.value for code in at.code if "scenario=" in code.value)
    assert parse_qs(urlsplit(link).query) == {"scenario": [record.scenario_id]}


def test_a_taken_name_is_refused_in_words(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    save(own_workspace)
    at = open_page(own_workspace.root, COLD, newcomer=encode_steps(STEPS))
    at.text_input(key=Widget.SCENARIO_NAME).set_value("Comedies")
    press(at, Widget.SCENARIO_SAVE)
    assert is_sound(at)
    assert "Choose another name" in at.error[0].value


def test_the_address_of_a_scenario_alone_brings_it_back_with_its_run(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    record = save(own_workspace)
    workspace = workspace_of(own_workspace.root)
    workspace.set_active_run(own_workspace.popularity.run_id)
    workspace.close()
    at = open_page(own_workspace.root, COLD, scenario=record.scenario_id)
    assert is_sound(at)
    assert param(at, "run") == own_workspace.fusion.run_id
    assert "After step 3 of 3: Dislikes “Title 4”" in texts(at)
    assert len(table_with(at, "move")) == 6


def test_a_changed_scenario_gets_an_address_of_its_own_until_it_is_undone(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    record = save(own_workspace)
    at = open_page(own_workspace.root, COLD, scenario=record.scenario_id)
    press(at, Widget.COLD_REMOVE.of(3))
    assert "scenario" not in at.query_params
    assert steps_in_address(at) == STEPS[:2]
    press(at, Widget.COLD_UNDO)
    assert param(at, "scenario") == record.scenario_id
    assert "newcomer" not in at.query_params


def test_an_unknown_scenario_is_said(open_page: OpenPage, small_workspace: SmallWorkspace) -> None:
    at = open_page(small_workspace.root, COLD, scenario="../../etc")
    assert is_sound(at)
    assert "no scenario" in at.error[0].value


def test_a_scenario_that_cannot_be_read_is_said_and_can_be_deleted(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    record = save(own_workspace, steps=[["hate", "i00"]])
    at = open_page(own_workspace.root, COLD, scenario=record.scenario_id)
    assert is_sound(at)
    assert "cannot be read" in at.error[0].value
    at = open_page(own_workspace.root, COLD, part="scenarios")
    assert is_sound(at)
    press(at, Widget.SCENARIO_DELETE.of(record.scenario_id))
    assert list_scenarios(workspace_of(own_workspace.root)) == []


def test_scenarios_are_opened_renamed_and_deleted_from_the_list(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    record = save(own_workspace)
    at = open_page(own_workspace.root, COLD, part="scenarios")
    key = Widget.SCENARIO_RENAME.of(record.scenario_id)
    at.text_input(key=f"{key}:name").set_value("For the board")
    press(at, key)
    assert "For the board" in texts(at)
    press(at, Widget.SCENARIO_OPEN.of("Open", record.scenario_id))
    assert "After step 3 of 3" in texts(at)
    assert param(at, "scenario") == record.scenario_id
    at = open_page(own_workspace.root, COLD, part="scenarios")
    press(at, Widget.SCENARIO_DELETE.of(record.scenario_id))
    assert "No scenario is saved yet" in texts(at)


# present mode


def test_a_scenario_is_presented_without_sidebar_and_controls(
    open_page: OpenPage, own_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    record = save(own_workspace)
    at = open_page(own_workspace.root, COLD, scenario=record.scenario_id, present="3")
    assert is_sound(at)
    assert not at.sidebar.markdown
    assert not at.button
    shown = slide(at)
    assert "3 of 4" in shown
    assert "Is interested in Comedy (genre)" in shown
    assert "Comedies" in shown
    first = recommend_after(loaded, STEPS[:2], 6).item_indices[0]
    assert f"Why “{loaded.names.item(int(first))}” is first" in shown


def test_a_slide_number_that_makes_no_sense_is_moved_into_the_range(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, newcomer=encode_steps(STEPS), present="99")
    assert is_sound(at)
    assert "4 of 4" in slide(at)


def test_names_of_the_data_cannot_put_anything_into_a_slide(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    record = save(own_workspace, name="<img src=x onerror=alert(1)>")
    at = open_page(own_workspace.root, COLD, scenario=record.scenario_id, present="1")
    assert "<img" not in slide(at)
    assert "&lt;img" in slide(at)


def test_presenting_nothing_leads_back(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, present="1")
    assert is_sound(at)
    assert "Nothing to present" in texts(at)
