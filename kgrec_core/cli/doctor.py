"""Checks of this machine, each with its answer and what to do about it."""

from __future__ import annotations

import importlib.metadata
import platform
import secrets
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgrec_core import __version__
from kgrec_core.errors import KgrecError, MissingStepError

__all__ = ["Check", "all_checks"]

REQUIRED = (
    "numpy",
    "scipy",
    "polars",
    "pydantic",
    "sqlalchemy",
    "safetensors",
    "torch",
    "sentence-transformers",
    "streamlit",
    "plotly",
)
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Check:
    """One thing that was tried.

    Attributes:
        name: what was tried.
        works: how it went.
        detail: what was found.
        advice: what to do when it does not work; "" otherwise.
        is_needed: False when kgrec also works without it.
    """

    name: str
    works: bool
    detail: str
    advice: str = ""
    is_needed: bool = True

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "name": self.name,
            "state": self._state,
            "detail": self.detail,
            "advice": self.advice,
            "needed": self.is_needed,
        }

    def line(self) -> str:
        """One line for a person."""
        advice = f" -> {self.advice}" if self.advice else ""
        return f"{self._state:<8} {self.name}: {self.detail}{advice}"

    @property
    def _state(self) -> str:
        if self.works:
            return "ok"
        return "problem" if self.is_needed else "warning"


def all_checks(root: Path) -> list[Check]:
    """Everything, in the order in which it should be repaired."""
    checks: list[Callable[[], Check]] = [
        _python,
        _libraries,
        lambda: _workspace(root),
        lambda: _database(root),
        _device,
        _text_model,
        _browser,
    ]
    return [check() for check in checks]


def _python() -> Check:
    works = sys.version_info >= OLDEST_PYTHON
    detail = f"Python {platform.python_version()}, kgrec {__version__}, {platform.platform()}"
    return Check("versions", works, detail, "" if works else "install Python 3.11 or newer")


def _libraries() -> Check:
    found, missing = [], []
    for name in REQUIRED:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("libraries", False, f"missing: {', '.join(missing)}", "run make setup again")
    return Check("libraries", True, ", ".join(found))


def _workspace(root: Path) -> Check:
    probe = root / f".kgrec-probe-{secrets.token_hex(4)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe.write_text("x")
        probe.unlink()
    except OSError as error:
        advice = "choose another folder with --workspace or KGREC_WORKSPACE"
        return Check("workspace", False, f"{root}: {error.strerror}", advice)
    free = shutil.disk_usage(root).free / 1e9
    return Check("workspace", True, f"{root.absolute()} can be written, {free:.0f} GB free")


def _database(root: Path) -> Check:
    from sqlalchemy import text

    from kgrec_core.storage.workspace import Workspace

    workspace = Workspace(root)
    try:
        database = workspace.database
        dialect = database.engine.dialect.name
        if dialect != "sqlite":
            return Check("database", True, f"{dialect} answers at {database.shown_url}")
        with database.reading() as session:
            mode = session.execute(text("PRAGMA journal_mode")).scalar()
    except KgrecError as error:
        return Check("database", False, str(error), "move the file away or set KGREC_DATABASE_URL")
    finally:
        workspace.close()
    if mode != "wal":
        advice = "use a local disk: network folders cannot share a SQLite file safely"
        return Check("database", False, f"SQLite runs in mode '{mode}' instead of WAL", advice)
    return Check("database", True, "SQLite answers, WAL mode")


def _device() -> Check:
    import torch

    from kgrec_core.device import pick_device

    try:
        device = pick_device()
        total = float(torch.ones(8, device=device).sum())
    except (RuntimeError, AssertionError) as error:
        reason = str(error).split("\n")[0]
        return Check("device", False, reason, "correct KGREC_DEVICE; KGREC_DEVICE=cpu always works")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    detail = f"{device} ({name}), {torch.get_num_threads()} threads, torch {torch.__version__}"
    return Check("device", total == 8.0, detail)


def _text_model() -> Check:
    from kgrec_core.pipeline.building import open_text_encoder

    advice = "run make setup again, or train with --text-model none"
    try:
        encoder = open_text_encoder("minilm")
        shape = encoder.encode(["a short sentence"]).shape if encoder is not None else (0, 0)
    except (KgrecError, ImportError, OSError) as error:
        return Check("text model", False, f"does not load: {error}", advice)
    name = encoder.name if encoder is not None else ""
    return Check("text model", shape[1] > 0, f"{name} encodes {shape[1]} numbers per text")


def _browser() -> Check:
    from kgrec_core.report.browser import find_chromium

    try:
        return Check("browser", True, find_chromium(), is_needed=False)
    except MissingStepError:
        advice = (
            "install Chromium to print reports to PDF and to run the browser tests; the app works "
            "with any browser"
        )
        return Check("browser", False, "no Chromium on the path", advice, is_needed=False)
