"""What one training of one model leaves behind: settings, cost, and the lists of all test users.

Only the standard library is imported, so that every environment can read and write the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["CHOOSING", "JOINED", "Record", "best_trial", "read_records"]

CHOOSING = "train"
"""Fitted on the train part, stopped and chosen on the validation part."""

JOINED = "train+valid"
"""Fitted on train and validation together, with the settings and epochs found before."""


@dataclass(frozen=True)
class Record:
    """One training.

    Attributes:
        library: "recbole 1.2.1".
        model: name of the model in its library.
        split: fingerprint of the split that it was fitted on.
        fitted_on: `CHOOSING` or `JOINED`.
        trial: position in the grid of the model, from 0.
        settings: hyperparameters that differ from the defaults of the library.
        seed: seed of the training.
        validation: the measure that trials are compared by, NDCG@20 of the validation part as the
            library computes it; None when nothing was held out for it.
        epochs: epochs trained.
        best_epoch: epochs of the kept weights, counted from 1.
        capped: True when the time limit ended the training.
        fit_seconds: wall-clock seconds of the training, validation within it included.
        cpu_seconds: processor seconds of the same, which a busy machine does not change.
        peak_memory_mb: largest resident memory of the process, in MB (10^6 bytes).
        own_metrics: what the library itself measures on the test part.
        lists: user id to item ids, best first, seen items left out.
    """

    library: str
    model: str
    split: str
    fitted_on: str
    trial: int
    settings: dict[str, Any]
    seed: int
    validation: float | None
    epochs: int
    best_epoch: int
    capped: bool
    fit_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    own_metrics: dict[str, float]
    lists: dict[str, list[str]]

    @property
    def file_name(self) -> str:
        """A name of its own for each training of a split."""
        library = self.library.split(" ")[0]
        part = "joined" if self.fitted_on == JOINED else "train"
        return f"{library}-{self.model}-{part}-{self.trial}.json"

    def write(self, folder: Path) -> Path:
        """Keep the record in `folder`; gives the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.file_name
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> Record:
        """The record that `write` kept."""
        return cls(**json.loads(path.read_text("utf-8")))


def read_records(folder: Path) -> list[Record]:
    """All records of a folder, by file name."""
    return [Record.read(path) for path in sorted(folder.glob("*-*-*-*.json"))]


def best_trial(records: Iterable[Record]) -> Record | None:
    """The trial with the highest validation measure; the earlier one of equals, None of none."""
    trials = [r for r in records if r.fitted_on == CHOOSING and r.validation is not None]
    return max(trials, key=lambda r: (r.validation or 0.0, -r.trial), default=None)
