"""The sections of the graph page, opened as a visitor would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.embedding.kg_embedding import KgeSettings
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.embedding_graph import embed_graph
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace, write_small_tables
from tests.ui.page_reading import GRAPH, button, is_sound, texts


@pytest.fixture
def untrained(tmp_path: Path) -> Path:
    """A workspace with data and graph, and no run."""
    workspace = Workspace(tmp_path / "ws", f"sqlite:///{tmp_path / 'ws' / 'kgrec.db'}")
    result = import_path(workspace, write_small_tables(tmp_path / "tables"), name="Small shop")
    ensure_graph(workspace, result.dataset.fingerprint)
    workspace.close()
    return tmp_path / "ws"


def plain(at: AppTest) -> str:
    """All sentences, without the signs that keep Markdown out of names."""
    return texts(at).replace("\\", "")


def open_links(at: AppTest) -> None:
    """The second tab below the drawing."""
    at.session_state[Widget.GRAPH_TABS] = "Links drawn"
    at.run()
    assert is_sound(at)


def drawings(at: AppTest) -> int:
    return len(at.get("bidi_component"))


@pytest.mark.parametrize("part", ["neighborhood", "paths", "user", "map", "statistics"])
def test_each_section_opens_by_its_address(
    open_page: OpenPage, small_workspace: SmallWorkspace, part: str
) -> None:
    at = open_page(small_workspace.root, GRAPH, part=part)
    assert is_sound(at)
    assert at.query_params["part"] == part


@pytest.mark.parametrize("part", ["neighborhood", "paths", "user", "map"])
def test_every_input_of_each_section_has_a_label(
    open_page: OpenPage, small_workspace: SmallWorkspace, part: str
) -> None:
    at = open_page(small_workspace.root, GRAPH, part=part)
    kinds = ("text_input", "selectbox", "slider", "select_slider", "multiselect", "toggle")
    inputs = [element for kind in kinds for element in getattr(at, kind)]
    assert inputs
    assert [element for element in inputs if not element.label.strip()] == []


# neighborhood


def test_expanding_goes_to_the_address_and_back_undoes_it(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="genre:Comedy", center="item:i01")
    assert button(at, "Back").disabled
    assert "All 2 entities within one step of Title 1." in plain(at)
    button(at, "Expand").click().run()
    assert is_sound(at)
    assert "Expanded: Comedy (5 of 5 neighbors)" in plain(at)
    assert re.fullmatch(r"\w{6}\.e\d+", at.query_params["open"])
    button(at, "Collapse").click().run()
    assert "Expanded" not in plain(at)
    button(at, "Back").click().run()
    assert "Expanded: Comedy" in plain(at)
    button(at, "Back").click().run()
    assert "open" not in at.query_params
    assert is_sound(at)


def test_an_exploration_comes_back_by_its_address(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="genre:Comedy", center="item:i01")
    button(at, "Expand").click().run()
    address = {name: value for name, value in at.query_params.items()}
    again = open_page(small_workspace.root, GRAPH, **address)
    assert "Expanded: Comedy" in plain(again)


def test_starting_at_the_selected_entity_draws_anew(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="genre:Comedy", center="item:i01")
    button(at, "Start here").click().run()
    assert is_sound(at)
    assert "center" not in at.query_params
    assert "within one step of Comedy" in plain(at)


def test_only_links_of_the_chosen_relations_are_drawn(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i01")
    at.multiselect[0].set_value([0]).run()
    open_links(at)
    assert at.query_params["relations"] == "has_genre"
    table = next(f.value for f in at.dataframe if "Stated in" in f.value)
    assert len(table) == 1


def test_links_can_be_kept_to_the_selected_entity(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="genre:Comedy", center="item:i01")
    open_links(at)
    at.toggle(key=Widget.GRAPH_OWN_LINKS).set_value(True).run()
    table = next(f.value for f in at.dataframe if "Stated in" in f.value)
    assert table["To"].tolist() == ["Comedy"]


def test_from_the_card_one_goes_to_the_paths(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i01")
    button(at, "Paths from here").click().run()
    assert is_sound(at)
    assert at.query_params["part"] == "paths"
    assert "from Title 1 to" in plain(at)


# paths


def test_paths_are_told_drawn_and_listed(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths", entity="item:i01", to="item:i05")
    assert is_sound(at)
    assert drawings(at) == 1
    assert "Title 1 → has genre → Comedy ← has genre ← Title 5" in plain(at)
    assert any("Path" in f.value for f in at.dataframe)


def test_the_ends_of_paths_can_be_exchanged(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths", entity="item:i01", to="item:i05")
    button(at, "Swap").click().run()
    assert at.query_params["entity"] == "item:i05"
    assert at.query_params["to"] == "item:i01"


def test_the_other_end_is_found_with_a_typing_error(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths", entity="item:i01")
    at.text_input(key=Widget.GRAPH_END_SEARCH).set_value("westren").run()
    assert is_sound(at)
    assert at.query_params["to"] == "genre:Western"


def test_no_path_is_said_with_the_steps_that_were_tried(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths", entity="item:i01", to="item:i02")
    at.segmented_control(key=Widget.GRAPH_PATH_HOPS).set_value(1).run()
    assert is_sound(at)
    assert "No path from Title 1 to Title 2 within 1 step" in plain(at)


def test_a_link_to_an_unknown_other_end_is_corrected_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths", to="x:<b>")
    assert is_sound(at)
    assert "not in this graph" in texts(at)


# a user's view


def test_a_users_view_says_what_the_graph_gives_and_lists_it(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="user", user="u01")
    assert is_sound(at)
    assert {"Sum of the scores", "Knowledge graph"} <= {metric.label for metric in at.metric}
    assert "The graph gives" in texts(at)
    table = next(f.value for f in at.dataframe if "Role" in f.value)
    assert {"recommended", "known about the user"} <= set(table["Role"])


def test_a_model_without_paths_has_nothing_to_lay_over_the_graph(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(
        small_workspace.root, GRAPH, part="user", user="u01", run=small_workspace.popularity.run_id
    )
    assert is_sound(at)
    assert "Nothing to lay over the graph" in texts(at)
    assert drawings(at) == 0


def test_without_a_run_the_users_view_says_what_is_missing(
    open_page: OpenPage, untrained: Path
) -> None:
    at = open_page(untrained, GRAPH, part="user")
    assert is_sound(at)
    assert "No trained model yet" in texts(at)


# map


def test_without_vectors_the_map_says_how_to_get_them(open_page: OpenPage, untrained: Path) -> None:
    at = open_page(untrained, GRAPH, part="map")
    assert is_sound(at)
    assert "No vectors yet" in texts(at)


def test_the_map_shows_vectors_of_the_graph_with_what_the_axes_keep(
    open_page: OpenPage, untrained: Path
) -> None:
    workspace = Workspace(untrained, f"sqlite:///{untrained / 'kgrec.db'}")
    settings = KgeSettings(embedding_dim=4, epochs=1)
    embed_graph(workspace, workspace.datasets()[0].fingerprint, settings)
    workspace.close()
    at = open_page(untrained, GRAPH, part="map")
    assert is_sound(at)
    assert "Knowledge graph (transe)" in at.selectbox(key=Widget.GRAPH_MAP_SOURCE).options
    assert "of the differences between vectors of 4 numbers" in plain(at)
    assert len(at.get("plotly_chart")) == 1
    table = next(f.value for f in at.dataframe if "First axis" in f.value)
    assert len(table) == 20 + 4 + 7  # items, genres, makers
