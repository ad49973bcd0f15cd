"""The stored results that a report is made from, each with a digest of its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kgrec_core.errors import ArtifactError
from kgrec_core.pipeline.benchmarking import benchmark_folder
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

__all__ = ["Source", "changed_sources", "source_paths", "sources_of"]

DIGEST_LENGTH = 12
RUN_FILES = (
    "manifest.json",
    "metrics.json",
    "baseline-*.json",
    "long-tail.json",
    "explain-quality.json",
)
DATA_FILES = ("report-*.json", "signal.json")


@dataclass(frozen=True)
class Source:
    """One file.

    Attributes:
        name: path inside the workspace, with "/".
        digest: start of the SHA-256 of its content, hexadecimal.
    """

    name: str
    digest: str


def sources_of(workspace: Workspace, record: RunRecord) -> tuple[Source, ...]:
    """All stored results of a run and of its data that a report reads, by name.

    Raises:
        ArtifactError: a file cannot be read.
    """
    paths = source_paths(workspace, record)
    return tuple(Source(_name(workspace, path), _digest(path)) for path in paths)


def source_paths(workspace: Workspace, record: RunRecord) -> list[Path]:
    """Where they lie; cheap, for whoever only wants to know whether one has changed."""
    run, data = workspace.run_folder(record.run_id), record.dataset_fingerprint
    found = [path for pattern in RUN_FILES for path in run.glob(pattern)]
    measured = benchmark_folder(workspace, data)
    found += [path for pattern in DATA_FILES for path in measured.glob(pattern)]
    folder = workspace.dataset_folder(data)
    found += [path for name in ("manifest.json", "problems.json") for path in folder.glob(name)]
    return sorted({path for path in found if not path.name.startswith(".")})


def changed_sources(before: dict[str, str], now: tuple[Source, ...]) -> tuple[str, ...]:
    """Names of results that are new, gone, or have another content than before."""
    present = {source.name: source.digest for source in now}
    names = sorted({*before, *present})
    return tuple(name for name in names if before.get(name) != present.get(name))


def _name(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.root).as_posix()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST_LENGTH]
    except OSError as error:
        raise ArtifactError(f"Cannot read {path}: {error.strerror}.") from None
