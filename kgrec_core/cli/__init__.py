"""The command line: the headless twin of the app, with JSON for other programs."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the `kgrec` script."""
    from kgrec_core.cli.application import run

    run()
