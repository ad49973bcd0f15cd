"""Cached measurements of explanations, keyed by the file that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.pipeline.explain_quality.report import QualityReport

__all__ = ["quality"]

REPORT_NAME = "explain-quality.json"
Stamp = tuple[int, int]


@st.cache_resource(max_entries=8, show_spinner="Reading the measurements …")
def _quality(root: str, run_id: str, stamp: Stamp) -> QualityReport | None:
    from kgrec_core.pipeline.explain_quality.measuring import kept_quality

    return kept_quality(caching.workspace(), run_id)


def quality(run_id: str) -> QualityReport | None:
    """How good the explanations of a run are; None when it was not measured. Only to be read."""
    path = caching.workspace().run_folder(run_id) / REPORT_NAME
    if not path.exists():
        return None
    state = path.stat()
    return _quality(str(caching.workspace_root()), run_id, (state.st_size, state.st_mtime_ns))
