from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import write_tables


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace with the data set "tiny"; its workers are ended with the test."""
    monkeypatch.delenv("KGREC_DATABASE_URL", raising=False)
    opened = Workspace(tmp_path / "ws")
    import_path(opened, write_tables(tmp_path / "tables"), name="tiny")
    yield opened
    with opened.database.writing() as session:
        rows = session.query(JobRow).all()
        for row in rows:  # none may start another after this
            row.state = "cancelled" if row.state == "queued" else row.state
    for row in rows:
        if row.process_id is not None and row.state == "running":
            _end(row.process_id)
    opened.close()


def _end(process_id: int) -> None:
    try:
        psutil.Process(process_id).kill()
    except psutil.NoSuchProcess:
        return
