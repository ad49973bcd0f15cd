from __future__ import annotations

import pytest

from kgrec_ui import pickers
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.recommend_pages import RECOMMEND, USER, is_sound, texts


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty items count as too many for a select box of their own."""
    monkeypatch.setattr(pickers, "MAX_OPTIONS", 5)


@pytest.mark.usefixtures("long_lists")
def test_a_search_chooses_its_best_match_at_once(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="list")
    at.text_input(key=Widget.ITEM_SEARCH).set_value("title 13").run()
    assert is_sound(at)
    assert at.selectbox(key=Widget.ITEM).value == at.query_params["item"] == "i13"
    assert "Why “Title 13”?" in texts(at)


@pytest.mark.usefixtures("long_lists")
def test_a_search_without_a_match_says_so_and_keeps_the_choice(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="list", item="i07")
    at.text_input(key=Widget.ITEM_SEARCH).set_value("§§§").run()
    assert is_sound(at)
    assert at.selectbox(key=Widget.ITEM).value == "i07"
    assert "Nothing is called like “§§§”." in texts(at)


@pytest.mark.usefixtures("long_lists")
def test_an_emptied_search_box_chooses_nothing_else(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user=USER, part="list")
    at.text_input(key=Widget.ITEM_SEARCH).set_value("title 13").run()
    at.text_input(key=Widget.ITEM_SEARCH).set_value("").run()
    assert at.selectbox(key=Widget.ITEM).value == "i13"
