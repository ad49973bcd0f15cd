from __future__ import annotations

from dataclasses import replace

import pytest

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.new_item_reach import Reach
from kgrec_core.pipeline.new_item_rows import ItemRow
from kgrec_core.pipeline.new_items import NewItemForm
from kgrec_ui.views.audience_view import asked_users
from kgrec_ui.views.new_items_view import place_items
from kgrec_ui.views.reach_view import (
    loudness_words,
    placing_obstacle,
    quiet_words,
    reach_view,
)
from tests.ui.conftest import SmallWorkspace
from tests.ui.test_pages_4_to_6 import workspace_of


@pytest.fixture(scope="module")
def run(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def rows_of(*names: str) -> list[ItemRow]:
    return [
        ItemRow(line, name, NewItemForm(name, "", ("genre:Comedy",)))
        for line, name in enumerate(names, start=2)
    ]


def test_the_first_loudness_that_reaches_more_people_is_told_with_its_price() -> None:
    found = [Reach(1.0, 0, 90, 90), Reach(2.0, 0, 90, 90), Reach(4.0, 6, 85, 90)]
    view = reach_view(found, n_users=60, k=10)
    assert view.sentence == (
        "As trained, 0 of 60 people have it in their first 10. 4 × as loud, 6 would; 5 of the 90 "
        "held-out choices that the lists find would be lost."
    )
    assert view.table["change"].to_list() == [0, 0, -5]
    assert view.table["of all"].to_list() == [0.0, 0.0, 10.0]  # percent of 60 people


def test_a_loudness_that_costs_nothing_says_so() -> None:
    view = reach_view([Reach(1.0, 1, 9, 9), Reach(2.0, 2, 10, 9)], n_users=5, k=3, n_untouched=14)
    assert "none of the 9 held-out choices that the lists find would be lost" in view.sentence
    assert "The 14 items of the catalog that nobody has chosen get louder" in view.sentence


def test_an_item_that_no_loudness_helps_is_told_so() -> None:
    view = reach_view([Reach(1.0, 0, 9, 9), Reach(8.0, 0, 2, 9)], n_users=5, k=3)
    assert "Louder does not change that" in view.sentence


def test_without_users_nobody_can_be_asked() -> None:
    assert "nobody can be asked" in reach_view([Reach(1.0, 0, 0, 0)], n_users=0, k=3).sentence


def test_without_links_and_texts_nothing_tells_what_a_new_item_is_like(run: LoadedRun) -> None:
    assert placing_obstacle(run) == ""  # links, but no texts
    graph = replace(run.graph, triples=run.graph.triples[:0], provenance=run.graph.provenance[:0])
    bare = replace(run, inputs=replace(run.inputs, graph=graph))
    assert placing_obstacle(bare).startswith("This run knows neither links nor texts")


def test_loudness_is_offered_in_words() -> None:
    assert [loudness_words(factor) for factor in (1.0, 2.0, 8.0)] == [
        "As trained",
        "2 × as loud",
        "8 × as loud",
    ]


def test_only_a_model_that_chooses_the_loudness_explains_it(
    run: LoadedRun, small_workspace: SmallWorkspace
) -> None:
    assert "at most 2.0 % of their accuracy" in quiet_words(run)
    popular = load_run(workspace_of(small_workspace.root), small_workspace.popularity.run_id)
    assert quiet_words(popular) == ""


def test_twins_share_the_kept_places_by_their_order(run: LoadedRun) -> None:
    table = place_items(run, rows_of("One", "Two", "Three"), 1, 1).table
    assert table["with kept places"].to_list() == [asked_users(run).size, 0, 0]


def test_kept_places_are_told_in_the_sentence_and_never_exceed_the_list(run: LoadedRun) -> None:
    placed = place_items(run, rows_of("One", "Two"), 2, 5)
    assert "If 2 of the 2 places were kept for new items, 2 items would reach" in placed.sentence
    assert "kept" not in place_items(run, rows_of("One"), 2, 0).sentence
