"""An uploaded path to a folder: archives are unpacked safely into a temporary one."""

from __future__ import annotations

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kgrec_core.data.decoding import MAX_BYTES
from kgrec_core.errors import DataError

__all__ = ["is_archive", "unpacked"]

_MAX_FILES = 10_000
_OFFICE_ENDINGS = frozenset({".xlsx", ".xlsm", ".docx", ".pptx", ".ods", ".odt"})
_OFFICE_MEMBERS = frozenset({"[Content_Types].xml", "META-INF/manifest.xml"})
"""What every document of Microsoft Office or OpenDocument holds."""
_SYMLINK = 0o120000
_FILE_KIND = 0o170000
# RuntimeError is what zipfile raises for an encrypted member.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, OSError),
)


def is_archive(path: Path) -> bool:
    """True for a ZIP file that is not an Office document, whatever its name says."""
    if path.suffix.lower() in _OFFICE_ENDINGS:
        return False
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not _OFFICE_MEMBERS & set(archive.namelist())
    except _UNREADABLE:
        return True


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A temporary folder with the content of a ZIP file; it is gone after the block.

    Raises:
        DataError: the archive is damaged, encrypted, unpacks to more than 2 GB or 10,000 files,
            or holds a name that would leave the folder.
    """
    outer = Path(tempfile.mkdtemp(prefix="kgrec-"))
    folder = outer / path.stem
    try:
        folder.mkdir()
        _unpack(path, folder)
        yield folder
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if _is_wanted(info)]
            _check(members, path.name)
            left = MAX_BYTES
            for info in members:
                left -= _extract(archive, info, folder, left, path.name)
    except _UNREADABLE:
        raise DataError(
            f"{path.name} is a ZIP archive that cannot be unpacked (damaged, encrypted or of an "
            "unusual kind). Pack the tables again as a plain ZIP file."
        ) from None


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    hidden = any(part.startswith("__MACOSX") or part == ".DS_Store" for part in parts)
    return not info.is_dir() and not hidden


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if not members:
        raise DataError(f"{name} is an empty archive. Pack the tables into it.")
    if len(members) > _MAX_FILES:
        raise DataError(f"{name} holds {len(members):,} files; at most {_MAX_FILES:,} are read.")
    if sum(info.file_size for info in members) > MAX_BYTES:
        raise DataError(f"{name} unpacks to more than 2 GB. Split it into smaller archives.")
    for info in members:
        inside = PurePosixPath(info.filename.replace("\\", "/"))
        is_link = (info.external_attr >> 16) & _FILE_KIND == _SYMLINK
        has_drive = ":" in "".join(inside.parts[:1])
        no_file = not inside.parts  # "." is the folder itself
        if inside.is_absolute() or ".." in inside.parts or has_drive or no_file or is_link:
            raise DataError(
                f"{name} holds the name '{info.filename[:80]}', which points outside of the "
                "archive. Nothing was unpacked."
            )


def _extract(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, limit: int, name: str
) -> int:
    target = folder / info.filename.replace("\\", "/")
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, target.open("wb") as sink:
        # The size in the archive's own table may be false, so the bytes are counted.
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > limit:
                raise DataError(f"{name} unpacks to more than 2 GB. Split it.")
            sink.write(chunk)
    return written
