from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kgrec_core.cli import main
from tests.store_samples import write_tables


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)


Kgrec = Callable[..., Answer]


@pytest.fixture
def kgrec(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kgrec:
    """Runs the command line in this process as the `kgrec` script would."""

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["kgrec", *arguments])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        streams = capsys.readouterr()
        return Answer(code if isinstance(code, int) else 0, streams.out, streams.err)

    return call


@pytest.fixture(scope="session")
def shared_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture
def tables(shared_root: Path) -> Path:
    folder = shared_root / "tables"
    return folder if folder.exists() else write_tables(folder)


@pytest.fixture
def ready(shared_root: Path, tables: Path, kgrec: Kgrec, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the data set "tiny" and one trained fusion run; in KGREC_WORKSPACE."""
    root = shared_root / "ws"
    monkeypatch.setenv("KGREC_WORKSPACE", str(root))
    monkeypatch.delenv("KGREC_DATABASE_URL", raising=False)
    if not root.exists():
        kgrec("import", str(tables), "--name", "tiny", "--json").json()
        kgrec("train", "tiny", "--text-model", "none", "--json").json()
    return root
