from __future__ import annotations

from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
)
from tests.ui.page_reading import GRAPH, TRAIN, is_sound, texts


def test_the_graph_page_counts_and_draws(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    assert is_sound(at)
    assert {metric.label for metric in at.metric} >= {"Entities", "Relations"}
    assert len(at.get("bidi_component")) == 1


def test_a_search_with_a_typing_error_goes_to_the_entity(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("commedy").run()
    assert is_sound(at)
    assert "Comedy" in at.query_params["entity"]


def test_a_search_without_a_result_says_so(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("zzzzqqqq").run()
    assert is_sound(at)
    assert "Nothing is called like" in texts(at)


def test_an_unknown_entity_in_the_address_is_replaced_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="person:<script>")
    assert is_sound(at)
    assert "not in this graph" in texts(at)


def test_the_entity_is_still_there_after_a_visit_to_another_page(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("Horror").run()
    chosen = at.query_params["entity"]
    at.switch_page(TRAIN).run()
    at.switch_page(GRAPH).run()
    assert at.query_params["entity"] == chosen


def test_the_table_tells_file_and_line_of_each_link(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i03")
    at.session_state[Widget.GRAPH_TABS] = "Links drawn"
    at.run()
    table = next(f.value for f in at.dataframe if "Stated in" in f.value)
    assert {words.split(", column")[0] for words in table["Stated in"]} == {"items.csv, line 5"}
