"""What a link to the graph page carries: one user's layer, limits of paths, looks of the map."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace, write_small_tables

GRAPH = "pages/2_Knowledge_graph.py"


def told(at: AppTest) -> str:
    """All sentences, without the signs that keep Markdown out of names."""
    assert not at.exception, at.exception
    parts = [*at.markdown, *at.caption, *at.warning, *at.info]
    return " ".join(part.value for part in parts).replace("\\", "")


# the layer of one user


def test_nobody_lies_over_the_neighborhood_unless_chosen(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i01")
    assert "carry a part of the scores" not in told(at)
    assert "through" not in at.query_params


def test_a_chosen_user_goes_to_the_address_and_into_words_and_table(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="genre:Comedy")
    at.selectbox(key=Widget.GRAPH_OVERLAY).set_value("u01").run()
    assert at.query_params["through"] == "u01"
    assert "drawn entities" in told(at)
    assert "run wholly inside of the drawing" in told(at)
    table = next(f.value for f in at.dataframe if "Role" in f.value)
    assert {"Part of the scores", "Share of the strongest", "Paths"} <= set(table.columns)
    again = open_page(small_workspace.root, GRAPH, entity="genre:Comedy", through="u01")
    assert "drawn entities" in told(again)


def test_a_link_to_an_unknown_user_is_told_and_lays_nothing_over_it(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, through="<b>nobody")
    assert "not in this data set" in told(at)
    assert "carry a part of the scores" not in told(at)


def test_a_model_without_paths_says_that_nothing_lies_over_the_drawing(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    run = small_workspace.popularity.run_id
    at = open_page(small_workspace.root, GRAPH, through="u01", run=run)
    assert "No path of the graph speaks for or against" in told(at)


def test_without_a_run_the_choice_says_what_it_needs(open_page: OpenPage, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws", f"sqlite:///{tmp_path / 'ws' / 'kgrec.db'}")
    result = import_path(workspace, write_small_tables(tmp_path / "tables"), name="Small shop")
    ensure_graph(workspace, result.dataset.fingerprint)
    workspace.close()
    at = open_page(tmp_path / "ws", GRAPH)
    assert not at.exception
    choice = at.selectbox(key=Widget.GRAPH_OVERLAY)
    assert choice.disabled
    assert choice.placeholder == "Needs a trained model"


# limits and looks


@pytest.mark.parametrize(
    ("widget", "value", "param", "word"),
    [
        (Widget.GRAPH_PATH_HOPS, 2, "path_steps", "2"),
        (Widget.GRAPH_PATH_ORDER, "Strongest first", "path_order", "strongest"),
    ],
)
def test_limits_of_paths_go_to_the_address_and_come_back(
    open_page: OpenPage, small_workspace: SmallWorkspace, widget, value, param, word
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="paths")
    assert param not in at.query_params
    at.segmented_control(key=widget).set_value(value).run()
    assert at.query_params[param] == word
    again = open_page(small_workspace.root, GRAPH, part="paths", **{param: word})
    assert again.segmented_control(key=widget).value == value


def test_looks_of_the_map_go_to_the_address_and_nonsense_is_ignored(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, part="map", color="type", points="many")
    assert at.selectbox(key=Widget.GRAPH_MAP_COLOR).value == "type"
    assert at.select_slider(key=Widget.GRAPH_MAP_CAP).value == 5000
    assert "points" not in at.query_params
    at.select_slider(key=Widget.GRAPH_MAP_CAP).set_value(500).run()
    assert at.query_params["points"] == "500"


def test_the_map_says_plainly_when_umap_is_not_installed(
    open_page: OpenPage, small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgrec_ui.parts.graph_map.plane_methods", lambda: ("pca",))
    at = open_page(small_workspace.root, GRAPH, part="map", method="umap")
    assert "not installed here" in told(at)
    assert "The link asks for UMAP" in told(at)


def test_relations_come_from_the_address(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i01", relations="has_genre,nonsense")
    assert "One entity is within one step of Title 1." in told(at)
    assert at.query_params["relations"] == "has_genre"
