"""Data that only tells who chose what: no page draws a graph of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.training import train
from kgrec_core.storage.workspace import Workspace
from tests.ui.conftest import OpenPage
from tests.ui.test_evaluate_sections import is_sound, labels, texts

CHOICES = [f"u{u},i{i}" for u in range(6) for i in range(5) if (u + i) % 2]


@pytest.fixture(scope="module")
def bare_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "tables").mkdir()
    (folder / "tables" / "choices.csv").write_text("\n".join(["user,item", *CHOICES]), "utf-8")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    imported = import_path(workspace, folder / "tables", name="Choices")
    ensure_graph(workspace, imported.dataset.fingerprint)
    train(
        workspace,
        imported.dataset.fingerprint,
        TrainSettings(model="popularity", text_model="none"),
    )
    workspace.close()
    return folder / "ws"


@pytest.mark.parametrize("part", ["neighborhood", "paths", "user", "statistics"])
def test_a_graph_without_links_says_what_to_bring(
    open_page: OpenPage, bare_root: Path, part: str
) -> None:
    at = open_page(bare_root, "pages/2_Knowledge_graph.py", part=part)
    assert is_sound(at)
    assert "No links" in texts(at)
    assert "Link columns such as genre or maker" in texts(at)
    assert not at.selectbox
    assert "Not tested yet" not in str(at.get("page_link"))


def test_links_that_are_not_there_cannot_be_tested(open_page: OpenPage, bare_root: Path) -> None:
    at = open_page(bare_root, "pages/6_Evaluate.py", part="signal")
    assert is_sound(at)
    assert "No links to test" in texts(at)
    assert "Test the links" not in labels(at)
