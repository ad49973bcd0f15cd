"""Where the sample that comes with kgrec lies."""

from __future__ import annotations

from pathlib import Path

__all__ = ["sample_folder"]

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"


def sample_folder() -> Path | None:
    """The folder with the sample's files, None when it was not installed."""
    if not SAMPLE.is_dir():
        return None
    if any(SAMPLE.glob("*.csv")):
        return SAMPLE
    return next((path for path in sorted(SAMPLE.iterdir()) if any(path.glob("*.csv"))), None)
