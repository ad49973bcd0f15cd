"""An empty workspace in a file, and a small data set in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgrec_core.storage.workspace import Workspace
from tests.store_samples import small_dataset


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.delenv("KGREC_DATABASE_URL", raising=False)
    opened = Workspace(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def data(workspace: Workspace) -> str:
    return workspace.save_dataset(small_dataset()).fingerprint
