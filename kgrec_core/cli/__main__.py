"""Lets `python -m kgrec_core.cli` do what the `kgrec` script does."""

from __future__ import annotations

from kgrec_core.cli import main

if __name__ == "__main__":
    main()
