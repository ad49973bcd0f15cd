from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kgrec_core.errors import ArtifactError, ConfigError, UnknownIdError
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.storage.artifacts import remove_folder
from kgrec_core.storage.feedback import feedback_of, give_feedback
from kgrec_core.storage.removal import Belongings, belongings_of, remove_dataset, remove_run
from kgrec_core.storage.tables import Base, JobRow
from kgrec_core.storage.workspace import Workspace
from tests.storage.test_workspace import save_run
from tests.store_samples import small_dataset


def say(workspace: Workspace, data: str) -> None:
    give_feedback(
        workspace,
        dataset_fingerprint=data,
        run_id="run-1",
        user_id="u1",
        item_id="c",
        kind="like",
    )


def start_job(workspace: Workspace, payload: dict[str, object]) -> None:
    with workspace.database.writing() as session:
        session.add(
            JobRow(
                job_id="j", kind="train", payload=payload, state="queued", created_at=time.time()
            )
        )


def test_a_removed_run_is_gone_and_the_next_one_is_in_use(workspace: Workspace, data: str) -> None:
    save_run(workspace, "run-1", data, 1.0)
    save_run(workspace, "run-2", data, 2.0)
    workspace.set_active_run("run-1")
    assert remove_run(workspace, "run-1").run_id == "run-1"
    assert [run.run_id for run in workspace.runs()] == ["run-2"]
    assert workspace.resolve_run("active").run_id == "run-2"
    assert not workspace.run_folder("run-1").exists()


def test_what_was_said_outlives_the_run_it_was_said_about(workspace: Workspace, data: str) -> None:
    save_run(workspace, "run-1", data, 1.0)
    say(workspace, data)
    remove_run(workspace, "run-1")
    assert len(feedback_of(workspace, data)) == 1


def test_with_a_data_set_goes_all_that_hangs_on_it_and_nothing_else(workspace: Workspace) -> None:
    other = workspace.save_dataset(small_dataset(name="other", extra_weight=2.0)).fingerprint
    data = workspace.save_dataset(small_dataset()).fingerprint
    for fingerprint, run_id in ((other, "run-0"), (data, "run-1")):
        ensure_graph(workspace, fingerprint)
        save_run(workspace, run_id, fingerprint, 1.0)
        workspace.set_active_run(run_id)
        say(workspace, fingerprint)
        (workspace.root / "benchmarks" / fingerprint).mkdir(parents=True)
    assert remove_dataset(workspace, data) == Belongings(1, 1, 1, 0)
    assert [found.fingerprint for found in workspace.datasets()] == [other]
    assert belongings_of(workspace, other) == Belongings(1, 1, 1, 0)
    assert [path.name for path in (workspace.root / "benchmarks").iterdir()] == [other]
    assert not workspace.dataset_folder(data).exists()
    with workspace.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if "dataset_fingerprint" in table.columns:
                column = table.columns["dataset_fingerprint"]
                assert not session.scalar(select(func.count()).where(column == data))


def test_removed_data_stays_away_when_the_workspace_is_opened_again(
    workspace: Workspace, data: str
) -> None:
    save_run(workspace, "run-1", data, 1.0)
    remove_dataset(workspace, data)
    workspace.close()
    again = Workspace(workspace.root)
    assert again.datasets() == []
    assert again.runs() == []
    again.close()


@pytest.mark.parametrize("asked", ["fingerprint", "name", "run"])
def test_nothing_is_removed_under_a_job_that_works_with_it(
    workspace: Workspace, data: str, asked: str
) -> None:
    save_run(workspace, "run-1", data, 1.0)
    value = {"fingerprint": data, "name": "small", "run": "run-1"}[asked]
    start_job(workspace, {"run" if asked == "run" else "dataset": value})
    with pytest.raises(ConfigError, match="in use by a job"):
        remove_dataset(workspace, data)
    assert len(workspace.datasets()) == len(workspace.runs()) == 1


def test_a_run_that_a_job_measures_stays(workspace: Workspace, data: str) -> None:
    save_run(workspace, "run-1", data, 1.0)
    start_job(workspace, {"run": "run-1"})
    with pytest.raises(ConfigError, match="The run run-1 is in use"):
        remove_run(workspace, "run-1")
    assert workspace.run_folder("run-1").exists()


def test_what_is_not_there_cannot_be_removed(workspace: Workspace, data: str) -> None:
    with pytest.raises(UnknownIdError):
        remove_run(workspace, "nothing")
    with pytest.raises(UnknownIdError):
        remove_dataset(workspace, "nowhere")
    assert len(workspace.datasets()) == 1


def test_a_folder_that_the_disk_keeps_is_told_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ArtifactError, match="Permission denied"):
        remove_folder(folder)
    assert folder.exists()
