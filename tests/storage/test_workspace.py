from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kgrec_core.data.report import Problem
from kgrec_core.errors import ArtifactError, ConfigError, UnknownIdError
from kgrec_core.saved_settings import VERSION_KEY
from kgrec_core.storage.artifacts import write_folder
from kgrec_core.storage.database import Database
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.tables import RunRow
from kgrec_core.storage.workspace import Workspace, workspace_root
from tests.store_samples import small_dataset

PROBLEM = Problem("x.csv", 3, "rating", "not a number; row left out", 2, "five", (3, 9))


def save_run(workspace: Workspace, run_id: str, dataset_fp: str, created_at: float) -> RunRecord:
    record = RunRecord(
        run_id=run_id,
        fingerprint="f" + run_id,
        dataset_fingerprint=dataset_fp,
        dataset_name="",
        graph_fingerprint="g",
        model="popularity",
        settings={"seed": 0, "split": {"name": "random"}},
        seconds={"fit": 1.0},
        peak_memory_mb=10.0,
        metrics={"ndcg@20": 0.5},
        validation_metrics={},
        created_at=created_at,
    )
    fields = dataclasses.asdict(record)
    del fields["dataset_name"], fields["is_active"]
    write_folder(
        workspace.run_folder(run_id),
        lambda folder: (folder / "weights").write_text("w") and None,
        kind="run",
        manifest={"record": fields},
    )
    workspace.record_run(record)
    return record


def test_a_dataset_comes_back_as_it_was_saved(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset(), [PROBLEM])
    loaded = workspace.load_dataset(saved.fingerprint)
    assert loaded.fingerprint == saved.fingerprint
    assert loaded.users == saved.users
    assert loaded.items == saved.items
    assert loaded.users.name == "user"
    for field in ("user_indices", "item_indices", "weights", "times"):
        ours, theirs = getattr(loaded.interactions, field), getattr(saved.interactions, field)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    assert loaded.user_table.equals(saved.user_table)
    assert loaded.item_table.equals(saved.item_table)
    assert loaded.tags.equals(saved.tags)
    assert loaded.triples.equals(saved.triples)
    assert loaded.entity_labels == saved.entity_labels
    assert loaded.item_entities == saved.item_entities
    np.testing.assert_array_equal(loaded.social, saved.social)
    assert saved.given_parts is not None
    np.testing.assert_array_equal(loaded.given_parts, saved.given_parts)
    ours, theirs = loaded.columns[0], saved.columns[0]
    assert (ours.owner, ours.link, ours.file, ours.values) == (
        theirs.owner,
        theirs.link,
        theirs.file,
        theirs.values,
    )
    np.testing.assert_array_equal(ours.rows, theirs.rows)
    assert workspace.load_problems(saved.fingerprint) == [PROBLEM]


def test_a_loaded_dataset_hashes_to_its_own_fingerprint(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    again = workspace.save_dataset(workspace.load_dataset(saved.fingerprint))
    assert again.fingerprint == saved.fingerprint


def test_parts_that_were_not_given_stay_absent(workspace: Workspace) -> None:
    plain = dataclasses.replace(
        small_dataset(),
        given_parts=None,
        columns=(),
        entity_labels={},
        item_entities={},
        social=np.zeros((0, 2), dtype=np.int64),
    )
    loaded = workspace.load_dataset(workspace.save_dataset(plain).fingerprint)
    assert loaded.given_parts is None
    assert loaded.columns == ()
    assert loaded.entity_labels == {}
    assert loaded.social.shape == (0, 2)


def test_the_same_content_twice_is_one_dataset_under_the_newer_name(workspace: Workspace) -> None:
    first = workspace.save_dataset(small_dataset(name="one"), [PROBLEM])
    second = workspace.save_dataset(small_dataset(name="two"))
    assert first.fingerprint == second.fingerprint
    assert [record.name for record in workspace.datasets()] == ["two"]
    assert workspace.load_dataset(first.fingerprint).name == "two"
    assert workspace.load_problems(first.fingerprint) == []


def test_a_name_means_its_latest_import_and_older_content_stays(workspace: Workspace) -> None:
    old = workspace.save_dataset(small_dataset())
    new = workspace.save_dataset(small_dataset(extra_weight=2.0))
    assert workspace.resolve_dataset("small").fingerprint == new.fingerprint
    assert workspace.resolve_dataset(old.fingerprint).fingerprint == old.fingerprint
    assert workspace.resolve_dataset(old.fingerprint[:8]).fingerprint == old.fingerprint
    assert len(workspace.datasets()) == 2


def test_an_unknown_dataset_is_answered_with_near_names(workspace: Workspace) -> None:
    with pytest.raises(UnknownIdError, match="There is none yet"):
        workspace.resolve_dataset("smal")
    workspace.save_dataset(small_dataset())
    with pytest.raises(UnknownIdError, match="Near ones: small"):
        workspace.resolve_dataset("smal")


@pytest.mark.parametrize("name", ["../secret", "", ".hidden", "a/b", "x" * 300])
def test_an_id_cannot_lead_out_of_the_workspace(workspace: Workspace, name: str) -> None:
    with pytest.raises(UnknownIdError):
        workspace.load_dataset(name)


def test_a_row_without_its_complete_folder_is_not_listed(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    (workspace.dataset_folder(saved.fingerprint) / "items.parquet").unlink()
    assert workspace.datasets() == []
    with pytest.raises(ArtifactError, match="not a complete"):
        workspace.load_dataset(saved.fingerprint)


def test_saving_again_repairs_a_damaged_dataset(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    (workspace.dataset_folder(saved.fingerprint) / "items.parquet").unlink()
    workspace.save_dataset(small_dataset())
    assert workspace.load_dataset(saved.fingerprint).n_items == 4


def test_a_damaged_table_of_the_right_size_is_one_sentence(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    path = workspace.dataset_folder(saved.fingerprint) / "items.parquet"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(ArtifactError, match=r"items\.parquet is damaged"):
        workspace.load_dataset(saved.fingerprint)


def test_folders_without_a_database_are_listed_again(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset(), [PROBLEM])
    save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    before = workspace.runs()
    workspace.close()
    for path in workspace.root.glob("kgrec.db*"):
        path.unlink()
    again = Workspace(workspace.root)
    assert [record.fingerprint for record in again.datasets()] == [saved.fingerprint]
    assert again.datasets()[0].n_problems == 2
    assert again.runs() == before
    again.close()


def test_a_run_whose_dataset_is_gone_is_not_taken_up(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    workspace.close()
    shutil.rmtree(workspace.dataset_folder(saved.fingerprint))
    for path in workspace.root.glob("kgrec.db*"):
        path.unlink()
    again = Workspace(workspace.root)
    assert again.runs() == []
    again.close()


def test_the_newest_run_is_active_until_one_is_chosen(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    assert workspace.active_run() is None
    save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    save_run(workspace, "popularity-2", saved.fingerprint, 6.0)
    newest = workspace.active_run()
    assert newest is not None
    assert newest.run_id == "popularity-2"
    workspace.set_active_run("popularity-1")
    save_run(workspace, "popularity-3", saved.fingerprint, 7.0)
    chosen = workspace.active_run(saved.fingerprint)
    assert chosen is not None
    assert chosen.run_id == "popularity-1"
    assert [(r.run_id, r.is_active) for r in workspace.runs()] == [
        ("popularity-3", False),
        ("popularity-2", False),
        ("popularity-1", True),
    ]
    assert workspace.resolve_run("active").run_id == "popularity-1"


def test_runs_stay_valid_when_their_data_is_imported_again(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    workspace.save_dataset(small_dataset(name="renamed"))
    workspace.save_dataset(small_dataset(extra_weight=9.0))
    assert workspace.resolve_run("popularity-1").dataset_fingerprint == saved.fingerprint
    assert workspace.runs()[0].dataset_name == "renamed"


def test_a_start_that_fits_two_runs_is_refused(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    save_run(workspace, "popularity-2", saved.fingerprint, 6.0)
    with pytest.raises(UnknownIdError, match="fits several runs"):
        workspace.resolve_run("popul")


def test_leftovers_of_killed_writers_go_when_the_workspace_opens(workspace: Workspace) -> None:
    workspace.open()
    workspace.close()
    from kgrec_core.storage import artifacts

    left = workspace.root / "runs" / f"{artifacts.TEMPORARY_PREFIX}-{artifacts.host_name()}-1-1-ab"
    left.mkdir()
    assert workspace.runs() == []
    assert not left.exists()


def test_a_writer_killed_between_two_files_leaves_nothing_behind(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    code = (
        "import os, signal;"
        "from pathlib import Path;"
        "from kgrec_core.storage.artifacts import write_folder\n"
        "def write(folder):\n"
        "    (folder / 'one').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"target = Path({str(workspace.run_folder('half'))!r})\n"
        "write_folder(target, write, kind='run', manifest={})"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -9
    assert len(list((workspace.root / "runs").iterdir())) == 1
    again = Workspace(workspace.root)
    assert again.runs() == []
    assert list((workspace.root / "runs").iterdir()) == []
    assert again.load_dataset(saved.fingerprint).n_users == 3
    again.close()


def test_sqlite_runs_in_wal_mode_with_foreign_keys(workspace: Workspace) -> None:
    with workspace.database.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 30000


def test_a_run_of_an_unknown_dataset_is_refused_by_the_database(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    record = save_run(workspace, "popularity-1", saved.fingerprint, 5.0)
    fields = dataclasses.asdict(record) | {"run_id": "x", "dataset_fingerprint": "nowhere"}
    del fields["dataset_name"], fields["is_active"]
    with pytest.raises(IntegrityError), workspace.database.writing() as session:
        session.add(RunRow(**fields))


def test_many_threads_may_write_at_once(workspace: Workspace) -> None:
    workspace.open()
    names = [f"name{i}" for i in range(8)]
    threads = [
        threading.Thread(target=workspace.save_dataset, args=(small_dataset(name=name),))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(workspace.datasets()) == 1
    assert workspace.datasets()[0].name in names


def test_a_reader_is_not_blocked_by_a_writer(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    with workspace.database.writing() as session:
        session.execute(text("UPDATE datasets SET name = 'changed'"))
        start = time.monotonic()
        with sqlite3.connect(workspace.root / "kgrec.db") as plain:
            seen = plain.execute("SELECT name FROM datasets").fetchall()
        plain.close()
        assert time.monotonic() - start < 5
    assert seen == [("small",)]
    assert workspace.load_dataset(saved.fingerprint).name == "changed"


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "kgrec.db").write_text("this is not a database, " * 100)
    with pytest.raises(ArtifactError, match="cannot be used: file is not a database"):
        Workspace(tmp_path).open()


def test_a_database_of_a_newer_version_is_refused(workspace: Workspace) -> None:
    with workspace.database.writing() as session:
        session.execute(text("UPDATE settings SET value = '99' WHERE name = 'schema'"))
    workspace.close()
    with pytest.raises(ArtifactError, match="has schema 99"):
        workspace.open()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "must be an SQLAlchemy address"),
        ("what://x/y", "must be an SQLAlchemy address"),
        ("postgresql+pg8000://user:secret@127.0.0.1:1/none", "needs the database driver"),
    ],
)
def test_a_wrong_database_address_is_one_sentence_without_the_password(
    tmp_path: Path, url: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        Workspace(tmp_path, database_url=url).open()
    assert "secret" not in str(caught.value)


def test_the_database_may_lie_elsewhere(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "ws", database_url=f"sqlite:///{tmp_path / 'team.db'}")
    workspace.save_dataset(small_dataset())
    assert len(workspace.datasets()) == 1
    assert not (tmp_path / "ws" / "kgrec.db").exists()
    workspace.close()


def test_a_file_in_the_place_of_the_workspace_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("")
    with pytest.raises(ConfigError, match="must be a folder that can be written"):
        Workspace(tmp_path / "ws").open()


def test_making_a_workspace_object_touches_nothing(tmp_path: Path) -> None:
    Workspace(tmp_path / "ws")
    assert not (tmp_path / "ws").exists()


def test_the_folder_is_the_given_one_then_the_variable_then_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KGREC_WORKSPACE", "/some/where")
    assert workspace_root("mine") == Path("mine")
    assert workspace_root() == Path("/some/where")
    monkeypatch.delenv("KGREC_WORKSPACE")
    assert workspace_root() == Path("workspace")


def test_a_closed_database_says_so() -> None:
    with pytest.raises(ArtifactError, match="closed"):
        _ = Database("sqlite://").engine


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    change(content)
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_manifest_without_what_a_data_set_needs_is_one_sentence(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    change_manifest(
        workspace.dataset_folder(saved.fingerprint), lambda content: content.pop("vocabularies")
    )
    with pytest.raises(ArtifactError, match=r"does not hold a whole data set .* Import again"):
        workspace.load_dataset(saved.fingerprint)


def test_a_column_of_a_later_version_says_to_update(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    change_manifest(
        workspace.dataset_folder(saved.fingerprint),
        lambda content: content["columns"][0]["link"].update({VERSION_KEY: 99}),
    )
    with pytest.raises(ArtifactError, match=r"of version 99.*Update kgrec"):
        workspace.load_dataset(saved.fingerprint)


def test_a_column_from_before_versions_is_read(workspace: Workspace) -> None:
    saved = workspace.save_dataset(small_dataset())
    change_manifest(
        workspace.dataset_folder(saved.fingerprint),
        lambda content: content["columns"][0]["link"].pop(VERSION_KEY),
    )
    assert workspace.load_dataset(saved.fingerprint).columns[0].link == saved.columns[0].link
