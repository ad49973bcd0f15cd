"""Measures models cell by cell and keeps every finished cell, so that a stopped benchmark goes on.

A cell is one model on one split with one seed; its file is named by a fingerprint of the data, the
split, the model with its settings, the seed and the code. A file that is damaged, or belongs to a
cell that failed, is made again.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgrec_core import __version__
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.device import pick_device
from kgrec_core.errors import ArtifactError, KgrecError
from kgrec_core.pipeline.benchmark_report import BenchmarkReport, CellOutcome, build_report
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings, Cell, PlannedCell, cells_of
from kgrec_core.pipeline.building import ensure_graph, ensure_text_vectors
from kgrec_core.pipeline.cell_process import run_cell
from kgrec_core.pipeline.measuring import library_versions
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.records import time_text
from kgrec_core.storage.references import checked_name
from kgrec_core.storage.workspace import Workspace

__all__ = ["benchmark", "benchmark_folder", "kept_benchmarks", "machine_facts"]

RunCell = Callable[[Workspace, Cell, OnProgress], dict[str, Any]]
CELLS_NAME = "cells"
REPORT_PREFIX = "report-"


def benchmark(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: BenchmarkSettings,
    *,
    folder: Path | None = None,
    run: RunCell = run_cell,
    on_progress: OnProgress = no_progress,
) -> BenchmarkReport:
    """Do what is not done yet, then put all cells together.

    Args:
        workspace: where the data is.
        dataset_fingerprint: of a data set of the workspace.
        settings: what is measured.
        folder: where cells, JSON and Markdown go; by default a folder of the workspace.
        run: does one cell; by default in a process of its own.
        on_progress: hears about every cell; may raise `CancelledError` to stop.

    Raises:
        ConfigError: a model or setting is unknown, or the reference is not measured.
        ArtifactError: the data set is missing, or the folder cannot be written.
    """
    planned = cells_of(dataset_fingerprint, settings)
    place = folder or benchmark_folder(workspace, dataset_fingerprint)
    cells = place / CELLS_NAME
    _make(cells)
    _prepare(workspace, planned, on_progress)
    name = workspace.load_dataset(dataset_fingerprint).name
    runner = _Runner(workspace, cells, len(planned), run, on_progress)
    outcomes = [runner.outcome(number, plan) for number, plan in enumerate(planned)]
    head = {
        "dataset": name,
        "fingerprint": dataset_fingerprint,
        "created": time_text(time.time()),
        "machine": machine_facts(),
    }
    report = build_report(head, settings, outcomes)
    key = fingerprint_of(["report", settings.model_dump(mode="json")])
    write_json(place / f"{REPORT_PREFIX}{key}.json", report.to_json())
    _write_text(place / f"{REPORT_PREFIX}{key}.md", report.to_markdown())
    on_progress(Progress("Measuring models", len(planned), len(planned), {}))
    return report


def benchmark_folder(workspace: Workspace, dataset_fingerprint: str) -> Path:
    """Where the benchmarks of a data set lie in the workspace."""
    return workspace.root / "benchmarks" / checked_name(dataset_fingerprint)


def kept_benchmarks(
    workspace: Workspace, dataset_fingerprint: str, folder: Path | None = None
) -> list[BenchmarkReport]:
    """Reports that were made before, the latest first; those that cannot be read are left out."""
    place = folder or benchmark_folder(workspace, dataset_fingerprint)
    found = []
    for path in place.glob(f"{REPORT_PREFIX}*.json"):
        try:
            found.append((path.stat().st_mtime, BenchmarkReport.from_json(read_json(path))))
        except (KgrecError, KeyError, TypeError, ValueError, OSError):
            continue
    return [report for _, report in sorted(found, key=lambda pair: -pair[0])]


def machine_facts() -> dict[str, str]:
    """What times and, in the last digits, accuracy depend on."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text("utf-8").splitlines() if "model name" in line]
        name = lines[0].split(":", 1)[1].strip() if lines else name
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    versions = ", ".join(f"{library} {number}" for library, number in library_versions().items())
    return {
        "kgrec": __version__,
        "processor": f"{name}, {os.cpu_count()} cores, load {load}",
        "threads": os.environ.get("OMP_NUM_THREADS", "not limited"),
        "device": str(pick_device()),
        "libraries": versions,
    }


@dataclass(frozen=True)
class _Runner:
    """Takes a finished cell from its file, or does it."""

    workspace: Workspace
    folder: Path
    n_planned: int
    run: RunCell
    on_progress: OnProgress

    def outcome(self, number: int, plan: PlannedCell) -> CellOutcome:
        self.on_progress(Progress("Measuring models", number, self.n_planned, {}))
        cell, tuning = plan.cell, None
        if cell.tuning is not None:
            asked = cell.model_copy(
                update={"kind": "tune", "ks": (), "shots": (), "n_explained": 0, "n_bootstrap": 1}
            )
            tuning = self._done(asked)
            if tuning["state"] == "failed":
                return CellOutcome(plan.label, cell, error=tuning["error"])
            chosen = tuning["found"]["settings"]
            cell = cell.model_copy(update={"settings": chosen, "tuning": None})
        result = self._done(cell)
        return CellOutcome(
            plan.label,
            cell,
            found=result.get("found"),
            tuning=tuning["found"] if tuning else None,
            error=result.get("error", ""),
        )

    def _done(self, cell: Cell) -> dict[str, Any]:
        path = self.folder / f"{cell.key}.json"
        kept = _read_cell(path)
        if kept is not None:
            return kept
        result = self.run(self.workspace, cell, self.on_progress)
        content = {"cell": cell.model_dump(mode="json"), **result}
        write_json(path, {"check": fingerprint_of([content]), **content})
        return result


def _read_cell(path: Path) -> dict[str, Any] | None:
    """A finished cell; None when it is missing, damaged, or had failed."""
    try:
        content: dict[str, Any] = read_json(path)
        check = content.pop("check")
    except (ArtifactError, KeyError, TypeError, AttributeError):
        return None
    is_whole = check == fingerprint_of([content]) and content.get("state") == "done"
    return content if is_whole else None


def _prepare(workspace: Workspace, planned: list[PlannedCell], on_progress: OnProgress) -> None:
    """Graph and text vectors are made once and before, so that no cell pays for them."""
    fingerprint = planned[0].cell.dataset
    ensure_graph(workspace, fingerprint, on_progress)
    dataset = workspace.load_dataset(fingerprint)
    for text_model in dict.fromkeys(plan.cell.text_model for plan in planned):
        ensure_text_vectors(workspace, dataset, text_model, on_progress)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"Cannot make the folder {folder}: {error.strerror}.") from None


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ArtifactError(f"Cannot write {path}: {error.strerror}.") from None
