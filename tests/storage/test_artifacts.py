from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kgrec_core.errors import ArtifactError
from kgrec_core.storage import artifacts
from kgrec_core.storage.artifacts import (
    clean_leftovers,
    is_complete,
    read_manifest,
    write_folder,
    write_json,
)


def write_two_files(folder: Path) -> None:
    (folder / "a.txt").write_text("alpha")
    (folder / "b.txt").write_text("beta")


def make_folder(target: Path) -> bool:
    return write_folder(target, write_two_files, kind="thing", manifest={"name": "N"})


def test_a_written_folder_is_complete_and_tells_what_it_holds(tmp_path: Path) -> None:
    assert make_folder(tmp_path / "x")
    manifest = read_manifest(tmp_path / "x", kind="thing")
    assert manifest["name"] == "N"
    assert manifest["files"] == {"a.txt": 5, "b.txt": 4}
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_files_in_folders_belong_to_the_whole(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "logs").mkdir()
        (folder / "logs" / "a.txt").write_text("alpha")

    assert write_folder(tmp_path / "x", write, kind="thing", manifest={})
    assert read_manifest(tmp_path / "x", kind="thing")["files"] == {"logs/a.txt": 5}
    (tmp_path / "x" / "logs" / "a.txt").unlink()
    assert not is_complete(tmp_path / "x")


def test_a_complete_folder_is_not_written_again(tmp_path: Path) -> None:
    make_folder(tmp_path / "x")
    before = (tmp_path / "x" / "a.txt").stat().st_mtime_ns
    assert not make_folder(tmp_path / "x")
    assert (tmp_path / "x" / "a.txt").stat().st_mtime_ns == before


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "a.txt").write_text("half")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        write_folder(tmp_path / "x", fail, kind="thing", manifest={})
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_folder_is_kept_aside_and_written_anew(tmp_path: Path) -> None:
    make_folder(tmp_path / "x")
    (tmp_path / "x" / "a.txt").write_text("al")
    assert make_folder(tmp_path / "x")
    assert is_complete(tmp_path / "x")
    aside = [path for path in tmp_path.iterdir() if path.name != "x"]
    assert len(aside) == 1
    assert (aside[0] / "a.txt").read_text() == "al"


@pytest.mark.parametrize("damage", ["remove", "shorten", "manifest"])
def test_a_folder_with_a_missing_or_short_file_is_refused(tmp_path: Path, damage: str) -> None:
    make_folder(tmp_path / "x")
    if damage == "remove":
        (tmp_path / "x" / "b.txt").unlink()
    elif damage == "shorten":
        (tmp_path / "x" / "b.txt").write_text("b")
    else:
        (tmp_path / "x" / "manifest.json").write_text("{")
    assert not is_complete(tmp_path / "x")
    with pytest.raises(ArtifactError, match="not a complete kgrec folder"):
        read_manifest(tmp_path / "x", kind="thing")


def test_a_folder_of_another_kind_or_version_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "x")
    with pytest.raises(ArtifactError, match="holds a thing, not a run"):
        read_manifest(tmp_path / "x", kind="run")
    path = tmp_path / "x" / "manifest.json"
    write_json(path, {**json.loads(path.read_text()), "schema": 99})
    with pytest.raises(ArtifactError, match="schema 99"):
        read_manifest(tmp_path / "x", kind="thing")


def test_mutable_files_may_change_without_damage(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", write_two_files, kind="thing", manifest={}, mutable=("b.txt",))
    (tmp_path / "x" / "b.txt").write_text("something longer")
    assert is_complete(tmp_path / "x")


def test_a_mutable_folder_may_go_without_damage(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "curves").mkdir()
        (folder / "curves" / "events").write_text("1")
        (folder / "weights").write_text("2")

    write_folder(tmp_path / "x", write, kind="thing", manifest={}, mutable=("curves",))
    shutil.rmtree(tmp_path / "x" / "curves")
    assert is_complete(tmp_path / "x")
    (tmp_path / "x" / "weights").unlink()
    assert not is_complete(tmp_path / "x")


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match="Cannot write the folder"):
        make_folder(tmp_path / "file" / "x")


def leftover_of(pid: str, started: str = "1") -> str:
    return f"{artifacts.TEMPORARY_PREFIX}-{artifacts.host_name()}-{pid}-{started}-ab12"


def test_only_leftovers_of_writers_that_are_gone_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = tmp_path / leftover_of(str(gone.pid))
    alive = tmp_path / f"{artifacts.TEMPORARY_PREFIX}-{artifacts._writer_mark()}-ab12"
    elsewhere = tmp_path / f"{artifacts.TEMPORARY_PREFIX}-otherhost-{gone.pid}-1-ab12"
    foreign = tmp_path / "notes"
    for folder in (dead, alive, elsewhere, foreign):
        folder.mkdir()
        (folder / "data").write_text("x")
    assert clean_leftovers(tmp_path) == [dead]
    assert {path.name for path in tmp_path.iterdir()} == {alive.name, elsewhere.name, "notes"}


def test_a_process_id_that_was_given_out_again_does_not_protect_a_leftover(tmp_path: Path) -> None:
    import os

    reused = tmp_path / leftover_of(str(os.getpid()), "12345")
    reused.mkdir()
    assert clean_leftovers(tmp_path) == [reused]


def test_a_json_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": 1})
    write_json(tmp_path / "x.json", {"a": "ü"})
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == {"a": "ü"}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_json_file_that_the_disk_refuses_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    with pytest.raises(ArtifactError, match="Cannot write"):
        write_json(tmp_path / "file" / "problems.json", {})
