from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.newcomer_steps import (
    Step,
    decode_steps,
    encode_steps,
    recommend_after,
    steps_to_json,
)
from kgrec_core.pipeline.training import train
from kgrec_core.storage.scenarios import ScenarioRecord, list_scenarios, save_scenario
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
    write_small_tables,
)
from tests.ui.test_pages_4_to_6 import is_sound, table_with, texts, workspace_of

COLD = "pages/5_Cold_start.py"
STEPS = (Step("like", "i00"), Step("interest", "genre:Comedy"), Step("dislike", "i04"))


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def say(at: AppTest, data: str, kind: str, option: str) -> AppTest:
    """Choose a kind and a thing, as a visitor does."""
    at.button_group(key=Widget.COLD_SAY).set_value(kind).run()
    return at.selectbox(key=Widget.COLD_SAY.of(data, kind)).select(option).run()


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def steps_in_address(at: AppTest) -> tuple[Step, ...]:
    code = at.query_params.get("newcomer", "")
    return decode_steps(code[0] if isinstance(code, list) else code)


def param(at: AppTest, name: str) -> str | None:
    value = at.query_params.get(name)
    return value[0] if isinstance(value, list) else value


def save(small: SmallWorkspace, name: str = "Comedies", **content: object) -> ScenarioRecord:
    workspace = workspace_of(small.root)
    record = save_scenario(
        workspace,
        name,
        {"steps": steps_to_json(STEPS), "k": 6, **content},
        dataset_fingerprint=small.dataset_fingerprint,
        run_id=small.fusion.run_id,
    )
    workspace.close()
    return record


# a newcomer, step by step


def test_a_newcomer_who_says_nothing_gets_the_popular_items(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD)
    assert is_sound(at)
    assert "The list that everybody new gets" in texts(at)
    assert set(table_with(at, "main reason")["main reason"]) == {"popular"}
    assert "Popularity (starting value) 100 %" in texts(at)


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


# shorter history


def test_the_list_of_a_shortened_history_says_what_it_finds_again(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, COLD, part="history", user="u03", keep="2")
    assert is_sound(at)
    evidence = loaded.evidence_of(loaded.dataset.users.index_of("u03"))
    n = evidence.item_indices.size
    assert f"The list with 2 of {n} known items" in texts(at)
    table = table_with(at, "really chosen")
    order = evidence.item_times.argsort()
    told = {loaded.dataset.items.id_of(int(evidence.item_indices[i])) for i in order[-2:]}
    assert not told & set(table["id"])
    hidden = {loaded.dataset.items.id_of(int(i)) for i in evidence.item_indices} - told
    marked = set(table.loc[table["really chosen"] == "hidden above", "id"])
    assert marked == hidden & set(table["id"])
    assert f"{len(marked)} of the {n - 2} hidden items" in texts(at)


def test_length_order_and_seed_stand_in_the_address(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="history", user="u03")
    at.slider(key=Widget.COLD_KEEP).set_value(1).run()
    at.button_group(key=Widget.COLD_ORDER).set_value("random").run()
    at.number_input(key=Widget.COLD_SEED).set_value(7).run()
    assert is_sound(at)
    assert (param(at, "keep"), param(at, "order"), param(at, "seed")) == ("1", "random", "7")


def test_a_length_or_order_that_makes_no_sense_falls_back(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(
        small_workspace.root, COLD, part="history", user="u03", keep="9" * 30, order="best"
    )
    assert is_sound(at)
    assert param(at, "order") == "newest"


def test_the_curve_of_one_user_is_told_as_an_illustration(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="history", user="u03", keep="2")
    assert "n = 1 user" in texts(at)
    curve = table_with(at, "Known items")
    assert curve["Known items"].iloc[0] == 0
    assert {"Fusion", "Item regression (EASE)", "Most popular"} <= set(curve.columns)


def test_the_curve_over_all_users_is_measured_in_a_job(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, COLD, part="history", user="u03")
    press(at, Widget.SHORT_START)
    assert is_sound(at)
    job = submitted_jobs(own_workspace.root)[0]
    assert job.kind == "benchmark"
    assert job.payload["settings"]["protocols"] == ["few-shot"]
    assert set(job.payload["settings"]["models"]) == {"fusion", "ease", "popularity", "anil"}


@pytest.mark.parametrize("part", ["newcomer", "history"])
def test_a_model_that_listens_to_nobody_has_its_lab_too(
    open_page: OpenPage, small_workspace: SmallWorkspace, part: str
) -> None:
    at = open_page(
        small_workspace.root,
        COLD,
        part=part,
        run=small_workspace.popularity.run_id,
        user="u03",
        newcomer=encode_steps(STEPS),
    )
    assert is_sound(at)
    assert set(table_with(at, "main reason")["main reason"]) == {"popular"}


# new items


def test_an_item_without_a_name_shows_what_is_needed(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="item")
    assert is_sound(at)
    assert "Give the item a name" in texts(at)


def test_a_new_item_finds_its_audience_its_neighbors_and_a_place_in_a_list(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="item")
    at.text_input(key=Widget.COLD_NEW_LABEL).set_value("Brand new *play*").run()
    at.text_input(key=Widget.COLD_NEW_ENTITIES.of("search")).set_value("Comedy").run()
    at.multiselect(key=Widget.COLD_NEW_ENTITIES).select("Comedy (genre)").run()
    assert is_sound(at)
    audience = table_with(at, "user")
    assert audience["rank"].is_monotonic_increasing
    assert audience["rank"].min() >= 1
    # Users whose number leaves 1 when divided by 4 like comedies.
    assert int(audience["id"].iloc[0][1:]) % 4 == 1
    nearest = table_with(at, "shared links")
    assert set(nearest["shared links"]) == {"Comedy"}
    assert "Brand new *play* stands at rank" in texts(at)
    assert "Why “Brand new *play*”?" in texts(at)


def test_an_attribute_places_an_item_like_a_link(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="item")
    at.text_input(key=Widget.COLD_NEW_LABEL).set_value("Brand new").run()
    key = Widget.COLD_NEW_ATTRIBUTE.of(small_workspace.dataset_fingerprint, "genre")
    at.multiselect(key=key).select("Horror").run()
    assert is_sound(at)
    assert int(table_with(at, "user")["id"].iloc[0][1:]) % 4 == 2


def test_a_table_of_items_is_placed_row_by_row_and_nothing_is_lost(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, COLD, part="items")
    csv = "title,genre,maker\nNew one,Comedy,Maker 3\nNew two,Horor,\n,Western,Maker 1\nLast,,\n"
    at.file_uploader(key=Widget.COLD_FILE).set_value(("new.csv", csv.encode(), "text/csv")).run()
    assert is_sound(at)
    results = table_with(at, "best users")
    assert results["item"].tolist() == ["New one", "New two", "Row 4", "Last"]
    assert [bool(note) for note in results["note"]] == [False, True, False, True]
    assert "4 rows, 2 items placed." in texts(at)
    problems = table_with(at, "what was found and done")
    assert set(problems["line"]) == {3, 4, 5}
    assert "Near ones: Horror" in problems.loc[problems["line"] == 3].iloc[0, 3]
    at.selectbox(key=Widget.COLD_ROLE.of("new.csv", "genre")).select("Not used").run()
    assert is_sound(at)
    assert [bool(note) for note in table_with(at, "best users")["note"]] == [
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"one column\nonly\n"])
def test_a_file_that_is_no_table_gets_a_friendly_word(
    open_page: OpenPage, small_workspace: SmallWorkspace, content: bytes
) -> None:
    at = open_page(small_workspace.root, COLD, part="items")
    at.file_uploader(key=Widget.COLD_FILE).set_value(("new.csv", content, "text/csv")).run()
    assert is_sound(at)
    assert at.error[0].value.startswith("new.csv ")


# scenarios


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


def slide(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html"))


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


def workspace_with_users(folder: Path) -> tuple[Path, str]:
    """The small shop whose users have a town and friends of the same taste; root and data."""
    tables = write_small_tables(folder / "tables")
    users = ["user_id,name,town"]
    links = ["user_id,friend_id"]
    for u in range(30):
        users.append(f"u{u:02},Name {u},{('North', 'South')[u % 2]}")
        links.append(f"u{u:02},u{(u + 4) % 30:02}")
    (tables / "users.csv").write_text("\n".join(users) + "\n", "utf-8")
    (tables / "friends.csv").write_text("\n".join(links) + "\n", "utf-8")
    met = {"user": "user_id", "item": "item_id", "weight": "rating", "time": "timestamp"}
    town = {"column": "town", "relation": "lives_in", "entity_type": "town"}
    mapping = {
        "name": "Small shop",
        "tables": [
            {"file": "ratings.csv", "role": "interactions", "columns": met},
            {
                "file": "items.csv",
                "role": "items",
                "columns": {"item": "item_id", "label": "title"},
            },
            {
                "file": "users.csv",
                "role": "users",
                "columns": {"user": "user_id", "label": "name"},
                "links": [town],
            },
            {
                "file": "friends.csv",
                "role": "social",
                "columns": {"user": "user_id", "friend": "friend_id"},
            },
        ],
    }
    (tables / "mapping.json").write_text(json.dumps(mapping), "utf-8")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    fingerprint = import_path(workspace, tables, name="Small shop").dataset.fingerprint
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    workspace.set_active_run(train(workspace, fingerprint, settings).run_id)
    workspace.close()
    return folder / "ws", fingerprint
