from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.storage.scenarios import (
    MAX_NAME,
    ScenarioRecord,
    delete_scenario,
    get_scenario,
    list_scenarios,
    rename_scenario,
    save_scenario,
)
from kgrec_core.storage.tables import ScenarioRow
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import small_dataset

CONTENT = {"steps": [["like", "a"], ["words", "Größe, “quoted”"]], "k": 7}


def save(workspace: Workspace, data: str, name: str) -> ScenarioRecord:
    return save_scenario(workspace, name, CONTENT, dataset_fingerprint=data, run_id="run-1")


def test_a_scenario_comes_back_from_another_process_as_it_was_saved(
    workspace: Workspace, data: str
) -> None:
    saved = save(workspace, data, "  Sea \n films ")
    workspace.close()
    found = get_scenario(Workspace(workspace.root), saved.scenario_id)
    assert found == saved
    assert (found.name, found.content, found.run_id) == ("Sea films", CONTENT, "run-1")


def test_scenarios_of_a_data_set_are_listed_newest_first(workspace: Workspace, data: str) -> None:
    other = workspace.save_dataset(small_dataset(name="other", extra_weight=2.0), []).fingerprint
    first, second = save(workspace, data, "one"), save(workspace, data, "two")
    third = save(workspace, other, "one")
    assert {record.scenario_id for record in list_scenarios(workspace, data)} == {
        first.scenario_id,
        second.scenario_id,
    }
    assert next(record.scenario_id for record in list_scenarios(workspace)) == third.scenario_id


def test_a_name_is_taken_once_per_data_set(workspace: Workspace, data: str) -> None:
    save(workspace, data, "one")
    with pytest.raises(ConfigError, match="called “one”"):
        save(workspace, data, " one ")
    assert len(list_scenarios(workspace, data)) == 1


@pytest.mark.parametrize("name", ["", "  \n ", "x" * (MAX_NAME + 1)])
def test_a_name_has_to_say_something_and_fit(workspace: Workspace, data: str, name: str) -> None:
    with pytest.raises(ConfigError, match="1 to 80 characters"):
        save(workspace, data, name)


def test_renaming_keeps_the_address_and_the_content(workspace: Workspace, data: str) -> None:
    saved = save(workspace, data, "one")
    renamed = rename_scenario(workspace, saved.scenario_id, "two")
    assert renamed.name == "two"
    assert renamed.changed_at >= saved.changed_at
    assert get_scenario(workspace, saved.scenario_id) == renamed
    assert renamed.content == CONTENT


def test_renaming_to_a_taken_name_changes_nothing(workspace: Workspace, data: str) -> None:
    save(workspace, data, "one")
    second = save(workspace, data, "two")
    with pytest.raises(ConfigError, match="called “one”"):
        rename_scenario(workspace, second.scenario_id, "one")
    assert get_scenario(workspace, second.scenario_id).name == "two"


def test_a_deleted_scenario_is_gone_and_deleting_it_again_is_no_error(
    workspace: Workspace, data: str
) -> None:
    saved = save(workspace, data, "one")
    delete_scenario(workspace, saved.scenario_id)
    delete_scenario(workspace, saved.scenario_id)
    with pytest.raises(UnknownIdError, match="may have been deleted"):
        get_scenario(workspace, saved.scenario_id)
    assert save(workspace, data, "one").scenario_id != saved.scenario_id


@pytest.mark.parametrize("forged", ["", "x\x00y", "../../kgrec.db", "a" * 5000])
def test_an_id_that_is_none_of_ours_is_said_to_be_unknown(
    workspace: Workspace, forged: str
) -> None:
    with pytest.raises(UnknownIdError, match="no scenario"):
        get_scenario(workspace, forged)


def test_signs_that_cannot_be_seen_leave_a_name(workspace: Workspace, data: str) -> None:
    assert save(workspace, data, "a\x00b\u200b c").name == "a b c"


def test_an_unknown_scenario_cannot_be_renamed(workspace: Workspace) -> None:
    with pytest.raises(UnknownIdError):
        rename_scenario(workspace, "nothing", "name")


def test_a_scenario_belongs_to_data_of_this_workspace(workspace: Workspace) -> None:
    with pytest.raises(UnknownIdError, match="no data set"):
        save(workspace, "elsewhere", "one")


def test_the_table_can_be_made_on_postgresql() -> None:
    made = str(CreateTable(ScenarioRow.__table__).compile(dialect=postgresql.dialect()))
    assert "UNIQUE (dataset_fingerprint, name)" in made
    assert "content TEXT NOT NULL" in made
