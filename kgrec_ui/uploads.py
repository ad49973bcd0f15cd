"""Uploaded files to disk, piece by piece; no Streamlit."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from kgrec_core.data.archives import is_archive, unpacked
from kgrec_core.errors import DataError

__all__ = ["UPLOADS_NAME", "Upload", "discard_upload", "find_upload", "save_uploads", "upload_name"]

UPLOADS_NAME = "uploads"
PIECE_BYTES = 1_000_000
KEPT_SECONDS = 24 * 3600
"""Uploads that were never imported are removed after this time, at the next upload."""


class Upload(Protocol):
    """What a file uploader hands over."""

    @property
    def name(self) -> str:
        """File name as the analyst knows it."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """The next `size` bytes."""
        ...


def save_uploads(files: Sequence[Upload], workspace_root: Path) -> Path:
    """Copy uploads into a new folder of the workspace; archives are unpacked.

    Returns:
        The folder with the tables: the single inner folder when an archive holds just one.

    Raises:
        DataError: an archive is unsafe or damaged, or the disk refuses.
    """
    uploads = workspace_root / UPLOADS_NAME
    _remove_old(uploads)
    folder = uploads / secrets.token_hex(8)
    try:
        folder.mkdir(parents=True)
        for file in files:
            _save(file, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise DataError(f"The files could not be saved ({error.strerror or error}).") from None
    except DataError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _tables_in(folder)


def find_upload(name: str, workspace_root: Path) -> Path | None:
    """The folder with the tables of an earlier upload, None when it is gone or not ours."""
    folder = workspace_root / UPLOADS_NAME / name
    return _tables_in(folder) if name.isalnum() and folder.is_dir() else None


def upload_name(folder: Path, workspace_root: Path) -> str:
    """The name by which `find_upload` finds what `save_uploads` returned."""
    return folder.relative_to(workspace_root / UPLOADS_NAME).parts[0]


def discard_upload(folder: Path, workspace_root: Path) -> None:
    """Remove what `save_uploads` made; a folder that is not ours is left alone."""
    uploads = workspace_root / UPLOADS_NAME
    if uploads in folder.parents:
        top = uploads / folder.relative_to(uploads).parts[0]
        shutil.rmtree(top, ignore_errors=True)


def _tables_in(folder: Path) -> Path:
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _save(file: Upload, folder: Path) -> None:
    # A browser may send a path; only its last part is a name.
    name = PurePosixPath(file.name.replace("\\", "/")).name.lstrip(".") or "file"
    target = folder / name
    if target.exists():
        raise DataError(f"Two of the files are called {name}. Rename one and try again.")
    with target.open("wb") as sink:
        while piece := file.read(PIECE_BYTES):
            sink.write(piece)
    if is_archive(target):
        with unpacked(target) as inside:
            for path in inside.iterdir():
                shutil.move(path, folder / path.name)
        target.unlink()


def _remove_old(uploads: Path) -> None:
    if not uploads.is_dir():
        return
    for folder in uploads.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
