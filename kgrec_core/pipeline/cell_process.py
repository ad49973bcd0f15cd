"""Runs a cell in a process of its own, so that its peak memory is its own; both ends of it."""

from __future__ import annotations

import dataclasses
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from kgrec_core.contracts import OnProgress, Progress
from kgrec_core.errors import KgrecError
from kgrec_core.pipeline.benchmark_settings import Cell
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["run_cell"]

POLL_SECONDS = 1.0
LAST_CHARACTERS = 300


def run_cell(workspace: Workspace, cell: Cell, on_progress: OnProgress) -> dict[str, Any]:
    """Do a cell in a new process.

    Returns:
        {"state": "done", "found": what `do_cell` gave}, or {"state": "failed", "error": why}.

    Raises:
        CancelledError: `on_progress` raised it; the process is ended first.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_json(folder / "cell.json", cell.model_dump(mode="json"))
        with (folder / "errors.txt").open("wb") as errors:
            status = _watched(workspace, folder, errors, on_progress)
        if status == 0:
            found: dict[str, Any] = read_json(folder / "found.json")
            return found
        said = (folder / "errors.txt").read_text("utf-8", "replace").strip()[-LAST_CHARACTERS:]
        return {"state": "failed", "error": _reason(status, said)}


def _reason(status: int, said: str) -> str:
    if status == -9:
        return "The process was killed, most likely for want of memory."
    return f"The process ended with status {status}: {' '.join(said.split()) or 'no message'}"


def _watched(workspace: Workspace, folder: Path, errors: IO[bytes], on_progress: OnProgress) -> int:
    """Start the process, hand its reports on, and return its status."""
    command = [sys.executable, "-m", "kgrec_core.pipeline.cell_process"]
    command += [str(workspace.root), str(folder)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=_environment(workspace),
        text=True,
    )
    try:
        _hand_on(process, on_progress)
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _environment(workspace: Workspace) -> dict[str, str]:
    parent = str(Path(__file__).resolve().parents[2])
    paths = [parent, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "KGREC_DATABASE_URL": workspace.database_url,
    }


def _hand_on(process: subprocess.Popen[str], on_progress: OnProgress) -> None:
    """Pass on every report; repeat the latest while the process is silent, so one can cancel."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    latest = Progress("Starting", 0, 0, {})
    while True:
        try:
            line = lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            on_progress(dataclasses.replace(latest, metrics={}))
            continue
        if line is None:
            return
        report = _report(line)
        if report is not None:
            latest = report
            on_progress(latest)


def _report(line: str) -> Progress | None:
    """The report in a line; None for a line that some library printed."""
    try:
        return Progress(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _main(root: Path, folder: Path) -> None:
    """What the new process does."""
    from kgrec_core.pipeline.benchmark_cell import do_cell

    cell = Cell.model_validate(read_json(folder / "cell.json"))
    workspace = Workspace(root)
    try:
        workspace.open()
        found = {"state": "done", "found": do_cell(workspace, cell, on_progress=_tell)}
    except KgrecError as error:
        found = {"state": "failed", "error": " ".join(str(error).split())}
    finally:
        workspace.close()
    write_json(folder / "found.json", found)


def _tell(progress: Progress) -> None:
    sys.stdout.write(json.dumps(dataclasses.asdict(progress)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
