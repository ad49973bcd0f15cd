"""Where the sample that comes with kgrec lies."""

from __future__ import annotations

from pathlib import Path

__all__ = ["sample_folder"]

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data" / "movies"


def sample_folder() -> Path | None:
    """The folder with the sample's files, None when it was not installed."""
    return SAMPLE if (SAMPLE / "mapping.json").is_file() else None
