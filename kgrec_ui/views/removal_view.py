"""What goes when a data set is removed, in words."""

from __future__ import annotations

from kgrec_core.storage.removal import Belongings
from kgrec_ui.views.words import counted

__all__ = ["belongings_words"]


def belongings_words(own: Belongings) -> str:
    """One or two sentences; the files that were imported are never touched."""
    parts = [
        counted(n, *words)
        for n, words in (
            (own.n_graphs, ("graph",)),
            (own.n_runs, ("run",)),
            (own.n_feedback, ("entry of feedback", "entries of feedback")),
            (own.n_scenarios, ("saved newcomer",)),
        )
        if n
    ]
    files = "The files that you imported stay where they are."
    if not parts:
        return files
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"With it go {listed}, and all measurements. {files}"
