from __future__ import annotations

import pytest

from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.lab_pages import (
    COLD,
)
from tests.ui.test_pages_4_to_6 import is_sound, table_with, texts


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


@pytest.mark.parametrize("part", ["item", "items"])
def test_a_model_of_behavior_alone_says_that_it_cannot_place_new_items(
    open_page: OpenPage, small_workspace: SmallWorkspace, part: str
) -> None:
    run = small_workspace.popularity.run_id
    at = open_page(small_workspace.root, COLD, part=part, run=run)
    assert is_sound(at)
    assert "This run cannot place new items" in texts(at)
    assert "Most popular learns from behavior alone" in texts(at)
    assert not at.text_input
    assert not at.get("file_uploader")


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
