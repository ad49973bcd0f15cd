from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.seed_twins import make_twins
from kgrec_core.pipeline.training import train
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    write_small_tables,
)
from tests.ui.recommend_pages import (
    RECOMMEND,
    SECTIONS,
    USER,
    first,
    is_sound,
    table_with,
    texts,
    workspace_of,
)

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


def test_a_modality_of_the_waterfall_lists_its_terms_without_a_mouse(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER)
    evidence = loaded.evidence_of(loaded.dataset.users.index_of(USER))
    pair = loaded.explain(evidence, loaded.dataset.items.index_of(first(loaded)[0]))
    expected = sum(t.value for t in pair.contributions if t.modality == "graph")
    pills = Widget.RECOMMEND_MODALITY.of("recommend")
    at.pills(key=pills).set_value("Knowledge graph").run()
    terms = table_with(at, "bar")
    assert set(terms["modality"]) == {"Knowledge graph"}
    assert terms["part of the score"].sum() == pytest.approx(expected, abs=1e-6)
    at.pills(key=pills).set_value("All").run()
    total = table_with(at, "bar")["part of the score"].sum()
    assert total + pair.bias == pytest.approx(pair.score, abs=1e-5)


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
    assert parts["right"].iloc[-1] == pytest.approx(score, abs=1e-6)


def test_two_runs_are_compared_for_one_user(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="compare")
    at.segmented_control(key=Widget.COMPARE.of("kind")).set_value("runs").run()
    assert is_sound(at)
    assert at.query_params["with_run"] == small_workspace.popularity.run_id
    assert "in both lists" in texts(at) or "Both lists are the same" in texts(at)
