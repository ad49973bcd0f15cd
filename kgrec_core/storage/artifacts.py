"""Folders that are either there as a whole or not at all: written aside, then renamed."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from kgrec_core import __version__
from kgrec_core.errors import ArtifactError

__all__ = [
    "MANIFEST_NAME",
    "SCHEMA_VERSION",
    "clean_leftovers",
    "host_name",
    "is_complete",
    "read_json",
    "read_manifest",
    "remove_folder",
    "write_folder",
    "write_json",
]

MANIFEST_NAME = "manifest.json"
SCHEMA_VERSION = 1
TEMPORARY_PREFIX = ".kgrec-writing"
DAMAGED_PREFIX = ".kgrec-damaged"


def write_folder(
    target: Path,
    write: Callable[[Path], None],
    *,
    kind: str,
    manifest: dict[str, Any],
    mutable: tuple[str, ...] = (),
) -> bool:
    """Create the folder `target` with what `write` puts into it and a manifest.

    Args:
        target: the finished folder; one that is complete already is left as it is.
        write: fills the empty folder it is given; files may lie in folders of their own.
        kind: "dataset", "graph", "run"; checked again when the folder is read.
        manifest: JSON values to keep; schema, kind, version and the list of files are added.
        mutable: names of files or folders that may be replaced or removed later, so the list
            leaves them out.

    Returns:
        False when a complete folder was there already.

    Raises:
        ArtifactError: the disk refuses.
    """
    if is_complete(target):
        return False
    aside = target.parent / f"{TEMPORARY_PREFIX}-{_writer_mark()}-{secrets.token_hex(4)}"
    try:
        aside.mkdir(parents=True)
        write(aside)
        written = [path for path in sorted(aside.rglob("*")) if path.is_file()]
        names = {path.relative_to(aside): path.stat().st_size for path in written}
        files = {n.as_posix(): size for n, size in names.items() if not {*mutable} & {*n.parts}}
        head = {"schema": SCHEMA_VERSION, "kind": kind, "kgrec": __version__, "files": files}
        write_json(aside / MANIFEST_NAME, {**manifest, **head})
        for path in aside.rglob("*"):
            _flush(path)
        return _move_into_place(aside, target)
    except OSError as error:
        raise ArtifactError(
            f"Cannot write the folder {target}: {error.strerror or error}."
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder; a crash in between leaves nothing that looks like a finished one.

    Raises:
        ArtifactError: the disk refuses; nothing is removed then.
    """
    aside = folder.parent / f"{TEMPORARY_PREFIX}-{_writer_mark()}-{secrets.token_hex(4)}"
    try:
        folder.rename(aside)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ArtifactError(
            f"Cannot remove the folder {folder}: {error.strerror or error}."
        ) from None
    shutil.rmtree(aside, ignore_errors=True)


def is_complete(folder: Path) -> bool:
    """True when the manifest and every file that it lists are there in full."""
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
        return all((folder / name).stat().st_size == n for name, n in manifest["files"].items())
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False


def read_manifest(folder: Path, *, kind: str) -> dict[str, Any]:
    """The manifest of one of our folders.

    Raises:
        ArtifactError: not ours, incomplete, of another kind, or written by a newer version.
    """
    if not is_complete(folder):
        raise ArtifactError(
            f"{folder} is not a complete kgrec folder: its manifest or files are missing."
        )
    manifest: dict[str, Any] = read_json(folder / MANIFEST_NAME)
    if manifest.get("kind") != kind:
        raise ArtifactError(f"{folder} holds a {manifest.get('kind')}, not a {kind}.")
    if manifest.get("schema") != SCHEMA_VERSION:
        raise ArtifactError(
            f"{folder} was written by kgrec {manifest.get('kgrec')} with schema "
            f"{manifest.get('schema')}; this version reads schema {SCHEMA_VERSION}. "
            "Use that version, or import again."
        )
    return manifest


def read_json(path: Path) -> Any:
    """The content of a JSON file of ours.

    Raises:
        ArtifactError: missing or not JSON.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"Cannot read {path}: {error}.") from None


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file as a whole; a crash leaves the old or the new content.

    Raises:
        ArtifactError: the disk refuses.
    """
    aside = path.with_name(f"{TEMPORARY_PREFIX}-{_writer_mark()}-{secrets.token_hex(4)}.json")
    try:
        aside.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
        aside.replace(path)
    except OSError as error:
        raise ArtifactError(f"Cannot write {path}: {error.strerror or error}.") from None
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def clean_leftovers(folder: Path) -> list[Path]:
    """Remove what writers that no longer live have left in `folder`; returns what went.

    Only names with our own prefix are touched, and only when this machine's process that the
    name tells is gone.
    """
    gone = []
    pattern = f"{TEMPORARY_PREFIX}-*"
    for path in [*folder.glob(pattern), *folder.glob(f"*/{pattern}")]:
        if _writer_is_gone(path.name):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            gone.append(path)
    return gone


def host_name() -> str:
    """This machine, in letters and digits: process ids mean nothing on another one."""
    return "".join(letter for letter in socket.gethostname() if letter.isalnum()) or "host"


def _move_into_place(aside: Path, target: Path) -> bool:
    try:
        aside.rename(target)
    except OSError:
        if is_complete(target):  # another writer of the same content was faster
            return False
        if not target.exists():
            raise
        # Not deleted: it may hold what somebody put there by hand.
        target.rename(target.with_name(f"{DAMAGED_PREFIX}-{target.name}-{secrets.token_hex(4)}"))
        aside.rename(target)
    _flush(target.parent)
    return True


def _flush(path: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems refuse to sync folders
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _writer_mark() -> str:
    pid = os.getpid()
    return f"{host_name()}-{pid}-{int(psutil.Process(pid).create_time())}"


def _writer_is_gone(name: str) -> bool:
    parts = name.removeprefix(f"{TEMPORARY_PREFIX}-").split("-")
    if len(parts) < 3 or parts[0] != host_name() or not (parts[1].isdigit() and parts[2].isdigit()):
        return False
    try:
        started = int(psutil.Process(int(parts[1])).create_time())
    except psutil.Error:
        return True
    return abs(started - int(parts[2])) > 1
