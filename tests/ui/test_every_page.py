from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
)
from tests.ui.page_reading import DATA, GRAPH, TRAIN, is_sound, texts


@pytest.mark.parametrize("file", [DATA, GRAPH, TRAIN])
def test_a_page_without_data_says_what_is_missing(
    open_page: OpenPage, tmp_path: Path, file: str
) -> None:
    at = open_page(tmp_path / "ws", file)
    assert is_sound(at)
    assert "Bring data" in texts(at) or "No data yet" in texts(at)


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_a_workspace_that_cannot_be_made_is_one_sentence(
    open_page: OpenPage, tmp_path: Path, file: str
) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    at = open_page(tmp_path / "file" / "ws", file)
    assert is_sound(at)
    assert len(at.error) == 1
    assert "must be a folder" in at.error[0].value


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_an_address_that_names_unknown_things_is_corrected_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace, file: str
) -> None:
    at = open_page(small_workspace.root, file, run="nope", data="<b>x</b>", job="gone")
    assert is_sound(at)
    assert "not in this workspace" in texts(at)


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_every_input_has_a_label(
    open_page: OpenPage, small_workspace: SmallWorkspace, file: str
) -> None:
    at = open_page(small_workspace.root, file)
    kinds = ("text_input", "selectbox", "slider", "number_input", "radio", "file_uploader")
    inputs = [element for kind in kinds for element in getattr(at, kind)]
    assert [element for element in inputs if not element.label.strip()] == []
