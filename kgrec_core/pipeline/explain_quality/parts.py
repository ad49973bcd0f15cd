"""Finished parts of a measuring: what one user gave is kept, so a stop loses one user at most."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgrec_core.errors import ArtifactError
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.records import RunRecord

__all__ = ["KeptParts", "UserPart", "parts_folder"]

FOLDER = "explain-quality-parts"
MEANING = 2
"""Raised when a measure or what a part holds changes its meaning: older parts count no more."""


@dataclass(frozen=True)
class UserPart:
    """What one list of one user gave.

    Attributes:
        values: measured values by name.
        n_pairs: explained pairs.
        n_deep: pairs that were scored again and again.
        types: path types that were told, each once.
        shown_types: of the shown path of each item, best first; None where an item has none.
        seconds: that explaining and wording took, by the clock.
        processor_seconds: the same without waiting for other programs.
        spent: seconds of the whole part, by the clock.
    """

    values: dict[str, list[float]]
    n_pairs: int
    n_deep: int
    types: tuple[str, ...]
    shown_types: tuple[str | None, ...]
    seconds: float
    processor_seconds: float
    spent: float

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> UserPart:
        """The part that `to_json` wrote down."""
        tuples = {name: tuple(values[name]) for name in ("types", "shown_types")}
        return cls(**{**values, **tuples})


@dataclass(frozen=True)
class KeptParts:
    """Takes a finished part from its file, or has it made.

    Attributes:
        folder: of one run under one set of settings; None keeps nothing.
    """

    folder: Path | None = None

    def part(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The kept part of this name; one that is missing or damaged is made and kept.

        Args:
            name: letters, digits and hyphens.
            make: gives plain values that JSON can hold.

        Raises:
            ArtifactError: the disk refuses.
        """
        if self.folder is None:
            return make()
        path = self.folder / f"{name}.json"
        kept = _read(path)
        if kept is None:
            kept = make()
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArtifactError(
                    f"Cannot make the folder {self.folder}: {error.strerror}."
                ) from None
            write_json(path, {"check": fingerprint_of([kept]), "part": kept})
        return kept

    def forget(self) -> None:
        """Remove all parts: what they were kept for is finished."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # parts of a measuring with other settings
                self.folder.parent.rmdir()


def parts_folder(run_folder: Path, record: RunRecord, chosen: dict[str, Any]) -> Path:
    """Where the parts of a measuring lie: another run, setting or meaning has another folder.

    Args:
        run_folder: folder of the run.
        record: the run.
        chosen: everything that was chosen about the measuring, as JSON values.
    """
    key = fingerprint_of([MEANING, record.run_id, record.fingerprint, chosen])
    return run_folder / FOLDER / key


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        content = read_json(path)
        kept: dict[str, Any] = content["part"]
        return kept if content["check"] == fingerprint_of([kept]) else None
    except (ArtifactError, KeyError, TypeError):
        return None
