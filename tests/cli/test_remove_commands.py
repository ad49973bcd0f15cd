from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec


@pytest.fixture
def own(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workspace that may be taken apart."""
    root = tmp_path / "ws"
    shutil.copytree(ready, root)
    monkeypatch.setenv("KGREC_WORKSPACE", str(root))
    return root


def test_a_run_is_removed_after_a_yes(own: Path, kgrec: Kgrec) -> None:
    (run,) = kgrec("runs", "--json").json()
    assert kgrec("remove", "run", "active", "--yes", "--json").json() == {"removed": run["run"]}
    assert kgrec("runs", "--json").json() == []


@pytest.mark.parametrize("said", ["", "n\n"])
def test_without_a_yes_nothing_is_removed(
    own: Path, kgrec: Kgrec, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    answer = kgrec("remove", "data", "tiny")
    assert answer.status == 1
    assert "with 1 run and 0 entries of feedback?" in answer.err
    assert len(kgrec("datasets", "--json").json()) == 1


def test_a_data_set_goes_with_its_runs(own: Path, kgrec: Kgrec) -> None:
    assert kgrec("remove", "data", "tiny", "--yes", "--json").json()["runs"] == 1
    for command in ("datasets", "graphs", "runs"):
        assert kgrec(command, "--json").json() == []


def test_an_unknown_name_is_told(own: Path, kgrec: Kgrec) -> None:
    answer = kgrec("remove", "data", "nothing", "--yes")
    assert answer.status == 1
    assert "nothing" in answer.err
