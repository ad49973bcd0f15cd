from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.storage.workspace import Workspace
from tests.report.hostile_shop import SHOP, write_hostile_tables


def opened(root: Path) -> Workspace:
    return Workspace(root, f"sqlite:///{root / 'kgrec.db'}")


@pytest.fixture(scope="session")
def hostile_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the hostile shop and one fusion run; tests may only read it."""
    folder = tmp_path_factory.mktemp("hostile")
    workspace = opened(folder / "ws")
    result = import_path(workspace, write_hostile_tables(folder / "tables"), name=SHOP)
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    train(workspace, result.dataset.fingerprint, settings, run_id="hostile-run")
    workspace.close()
    return folder / "ws"


@pytest.fixture(scope="session")
def hostile_run(hostile_root: Path) -> LoadedRun:
    workspace = opened(hostile_root)
    run = load_run(workspace, "hostile-run")
    workspace.close()
    return run


@pytest.fixture
def workspace(hostile_root: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy that a test may change."""
    shutil.copytree(hostile_root, tmp_path / "ws")
    found = opened(tmp_path / "ws")
    yield found
    found.close()
