from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kgrec_core.storage.removal import Belongings
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.views.removal_view import belongings_words
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.page_reading import DATA, TRAIN, is_sound, texts


@pytest.fixture
def own(small_workspace: SmallWorkspace, tmp_path: Path) -> Path:
    """A copy of the small workspace that may be taken apart."""
    return Path(shutil.copytree(small_workspace.root, tmp_path / "ws"))


def test_the_run_in_use_is_removed_and_another_one_is_used(
    own: Path, small_workspace: SmallWorkspace, open_page: OpenPage
) -> None:
    at = open_page(own, TRAIN)
    at.selectbox(key="remove_run").set_value(small_workspace.fusion.run_id).run()
    next(b for b in at.button if b.label == "Remove it for good").click().run()
    assert is_sound(at)
    assert [run.model for run in Workspace(own).runs()] == ["popularity"]
    assert at.selectbox(key="activate_run").value == small_workspace.popularity.run_id


def test_a_removed_data_set_leaves_an_app_that_asks_for_data(
    own: Path, open_page: OpenPage
) -> None:
    at = open_page(own, DATA)
    assert "With it go 1 graph and 2 runs, and all measurements." in texts(at)
    next(b for b in at.button if b.label == "Remove it for good").click().run()
    assert is_sound(at)
    assert Workspace(own).datasets() == []


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (Belongings(0, 0, 0, 0), "The files"),
        (Belongings(1, 1, 0, 0), "With it go 1 graph and 1 run, and all measurements. The files"),
        (Belongings(1, 0, 2, 1), "1 graph, 2 entries of feedback and 1 saved newcomer, and all"),
    ],
)
def test_what_goes_is_told(own: Belongings, expected: str) -> None:
    assert expected in belongings_words(own)
