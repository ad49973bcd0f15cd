from __future__ import annotations

import pytest

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.newcomer_steps import (
    encode_steps,
)
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace, hold_queue, submitted_jobs
from tests.ui.lab_pages import (
    COLD,
    STEPS,
    param,
    press,
)
from tests.ui.test_pages_4_to_6 import is_sound, table_with, texts, workspace_of


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


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
    n_real = (table["really chosen"] != "").sum()
    assert f"The user really chose {n_real} of these {len(table)} items" in texts(at)
    assert f"{len(marked)} hidden above" in texts(at)


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
    assert "This is 1 user" in texts(at)
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
    assert "This model knows nothing but popularity" in texts(at)
