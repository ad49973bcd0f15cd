from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import ImportResult, import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import write_tables

NO_TEXT = {"text_model": "none"}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with the four-genres tables; tests may add to it but not damage it."""
    folder = tmp_path_factory.mktemp("filled")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    import_path(workspace, write_tables(folder / "tables"), name="tiny")
    yield workspace
    workspace.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(tmp_path / "ws", f"sqlite:///{tmp_path / 'ws' / 'kgrec.db'}")
    yield workspace
    workspace.close()


@pytest.fixture
def imported(fresh: Workspace, tmp_path: Path) -> ImportResult:
    return import_path(fresh, write_tables(tmp_path / "tables"), name="tiny")


@pytest.fixture(scope="session")
def fusion_record(filled: Workspace) -> RunRecord:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    return train(filled, fingerprint, TrainSettings(text_model="none"))


@pytest.fixture(scope="session")
def fusion_run(filled: Workspace, fusion_record: RunRecord) -> LoadedRun:
    return load_run(filled, fusion_record.run_id)
