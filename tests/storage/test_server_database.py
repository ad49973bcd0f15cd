"""The workspace on PostgreSQL, as a team uses it; skipped where no server is named."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from kgrec_core.data.report import Problem
from kgrec_core.errors import ArtifactError, ConfigError
from kgrec_core.storage.feedback import feedback_of, give_feedback, take_back
from kgrec_core.storage.scenarios import list_scenarios, rename_scenario, save_scenario
from kgrec_core.storage.tables import SettingRow
from kgrec_core.storage.workspace import Workspace
from tests.storage.server_database import needs_server, schema_url
from tests.storage.test_workspace import save_run
from tests.store_samples import small_dataset

pytestmark = needs_server

N_AT_ONCE = 8


@pytest.fixture
def url() -> Iterator[str]:
    with schema_url() as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path, url: str) -> Iterator[Workspace]:
    opened = Workspace(tmp_path / "ws", url)
    yield opened
    opened.close()


def all_at_once(work: Callable[[int], object]) -> None:
    """Do `work` in threads that start together; the first error is raised."""
    ready = threading.Barrier(N_AT_ONCE)

    def one(number: int) -> object:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        list(pool.map(one, range(N_AT_ONCE)))


def test_the_lists_are_on_the_server_and_the_folders_here(workspace: Workspace, data: str) -> None:
    assert "datasets" in inspect(workspace.database.engine).get_table_names()
    assert not (workspace.root / "kgrec.db").exists()
    assert workspace.dataset_folder(data).is_dir()


def test_data_and_problems_come_back(workspace: Workspace) -> None:
    problem = Problem("x.csv", 3, "rating", "not a number; row left out", 2, "five", (3, 9))
    saved = workspace.save_dataset(small_dataset(), [problem])
    workspace.close()
    (record,) = workspace.datasets()
    assert (record.fingerprint, record.n_problems) == (saved.fingerprint, 2)
    assert record.counts == saved.counts()
    assert workspace.load_problems(saved.fingerprint) == [problem]


def test_the_chosen_run_is_active(workspace: Workspace, data: str) -> None:
    save_run(workspace, "r1", data, 1.0)
    save_run(workspace, "r2", data, 2.0)
    workspace.set_active_run("r1")
    workspace.set_active_run("r1")
    assert [(run.run_id, run.is_active) for run in workspace.runs()] == [
        ("r2", False),
        ("r1", True),
    ]


def test_a_run_whose_metrics_are_undefined_is_listed(workspace: Workspace, data: str) -> None:
    record = save_run(workspace, "r1", data, 1.0)
    record.metrics["ndcg@20"] = math.nan
    workspace.record_run(record)
    assert math.isnan(workspace.resolve_run("r1").metrics["ndcg@20"])


def test_finished_folders_are_taken_up_by_another_server(workspace: Workspace, data: str) -> None:
    save_run(workspace, "r1", data, 1.0)
    with schema_url() as elsewhere:
        other = Workspace(workspace.root, elsewhere)
        assert [run.run_id for run in other.runs()] == ["r1"]
        other.close()


def test_many_may_open_a_new_workspace_at_once(tmp_path: Path, url: str) -> None:
    def open_one(number: int) -> None:
        workspace = Workspace(tmp_path / str(number), url)
        workspace.open()
        workspace.close()

    all_at_once(open_one)
    workspace = Workspace(tmp_path / "ws", url)
    with workspace.database.reading() as session:
        names = sorted(session.scalars(select(SettingRow.name)))
    workspace.close()
    assert names == ["queue", "schema"]


def test_of_likes_and_dislikes_at_once_one_counts(workspace: Workspace, data: str) -> None:
    def say(number: int) -> None:
        give_feedback(
            workspace,
            dataset_fingerprint=data,
            run_id="r1",
            user_id="u1",
            item_id="c",
            kind="like" if number % 2 else "dislike",
        )

    all_at_once(say)
    assert sum(given.is_counted for given in feedback_of(workspace, data)) == 1


def test_feedback_can_be_taken_back(workspace: Workspace, data: str) -> None:
    given = give_feedback(
        workspace,
        dataset_fingerprint=data,
        run_id="r1",
        user_id="u1",
        item_id="c",
        kind="wrong_reason",
        triple=("item:a", "has_genre", "genre:drama"),
    )
    assert given in feedback_of(workspace, data)
    take_back(workspace, given.feedback_id)
    assert given not in feedback_of(workspace, data)


def test_a_taken_name_of_a_scenario_is_one_sentence(workspace: Workspace, data: str) -> None:
    save_scenario(workspace, "one", {}, dataset_fingerprint=data, run_id="r1")
    other = save_scenario(workspace, "two", {"x": [1]}, dataset_fingerprint=data, run_id="r1")
    with pytest.raises(ConfigError, match="Choose another name"):
        save_scenario(workspace, "one", {}, dataset_fingerprint=data, run_id="r1")
    with pytest.raises(ConfigError, match="Choose another name"):
        rename_scenario(workspace, other.scenario_id, "one")
    assert {record.name for record in list_scenarios(workspace, data)} == {"one", "two"}


def test_a_connection_that_the_server_ended_is_made_again(workspace: Workspace, data: str) -> None:
    with workspace.database.engine.connect() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with schema_url() as elsewhere:
        other = Workspace(workspace.root, elsewhere)
        with other.database.writing() as session:
            session.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        other.close()
    assert [record.fingerprint for record in workspace.datasets()] == [data]


def test_a_sign_that_the_server_cannot_keep_is_one_sentence(
    workspace: Workspace, data: str
) -> None:
    with pytest.raises(ArtifactError, match="did not answer"):
        give_feedback(
            workspace,
            dataset_fingerprint=data,
            run_id="r1",
            user_id="u\x001",
            item_id="c",
            kind="like",
        )


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://somebody:secret@127.0.0.1:1/none"
    with pytest.raises(ArtifactError, match="cannot be used") as caught:
        Workspace(tmp_path, nowhere).open()
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
