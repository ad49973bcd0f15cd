from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec


@pytest.fixture
def own(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workspace that may be taken apart; it holds what other tests trained, too."""
    root = tmp_path / "ws"
    shutil.copytree(ready, root)
    monkeypatch.setenv("KGREC_WORKSPACE", str(root))
    return root


def run_ids(kgrec: Kgrec) -> list[str]:
    return [run["run"] for run in kgrec("runs", "--json").json()]


def test_a_run_is_removed_after_a_yes(own: Path, kgrec: Kgrec) -> None:
    before = run_ids(kgrec)
    removed = kgrec("remove", "run", before[0], "--yes", "--json").json()
    assert removed == {"removed": before[0]}
    assert run_ids(kgrec) == before[1:]


@pytest.mark.parametrize("said", ["", "n\n"])
def test_without_a_yes_nothing_is_removed(
    own: Path, kgrec: Kgrec, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    before = run_ids(kgrec)
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    answer = kgrec("remove", "data", "tiny")
    assert answer.status == 1
    assert f"with {len(before)} run" in answer.err
    assert "0 entries of feedback?" in answer.err
    assert run_ids(kgrec) == before


def test_a_data_set_goes_with_its_runs(own: Path, kgrec: Kgrec) -> None:
    n_runs = len(run_ids(kgrec))
    assert kgrec("remove", "data", "tiny", "--yes", "--json").json()["runs"] == n_runs
    for command in ("datasets", "graphs", "runs"):
        assert kgrec(command, "--json").json() == []


def test_an_unknown_name_is_told(own: Path, kgrec: Kgrec) -> None:
    answer = kgrec("remove", "data", "nothing", "--yes")
    assert answer.status == 1
    assert "nothing" in answer.err
