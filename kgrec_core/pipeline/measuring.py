"""What a run costs: seconds per stage, peak memory, and a log of its progress."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from kgrec_core.contracts import OnProgress, Progress

__all__ = ["ProgressLog", "StageClock", "library_versions", "peak_memory_mb"]

LIBRARIES = ("numpy", "scipy", "polars", "torch", "sentence-transformers", "safetensors")
BYTES_PER_MB = 1_000_000


class StageClock:
    """Adds up wall-clock seconds by name of stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        start = time.perf_counter()
        try:
            yield
        finally:
            passed = time.perf_counter() - start
            self.seconds[name] = round(self.seconds.get(name, 0.0) + passed, 3)


class ProgressLog:
    """A listener that keeps what is worth keeping and passes everything on."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self.started_at = time.time()
        self._start = time.perf_counter()
        self._stage = ""
        self.lines: list[dict[str, Any]] = []

    def __call__(self, progress: Progress) -> None:
        """Keep new stages, finished stages and reported values; pass on."""
        is_end = progress.total > 0 and progress.done >= progress.total
        if progress.stage != self._stage or is_end or progress.metrics:
            self._stage = progress.stage
            self.lines.append(
                {
                    "seconds": round(time.perf_counter() - self._start, 3),
                    "stage": progress.stage,
                    "done": progress.done,
                    "total": progress.total,
                    "metrics": progress.metrics,
                }
            )
        self._on_progress(progress)

    def write(self, path: Path) -> None:
        """One JSON object per line."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)
        path.write_text(text, "utf-8")


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB (10^6 bytes)."""
    if sys.platform == "win32":
        return round(float(psutil.Process().memory_info().peak_wset) / BYTES_PER_MB, 1)
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return round(largest * unit / BYTES_PER_MB, 1)


def library_versions() -> dict[str, str]:
    """Versions that numbers may depend on."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return versions
