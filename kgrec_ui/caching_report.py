"""The kept report of a run, keyed by all files that it and its freshness depend on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_core.errors import ArtifactError
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.report.making import KeptReport

__all__ = ["kept_report", "report_bytes"]

Stamp = tuple[tuple[str, int, int], ...]


@st.cache_data(max_entries=8, show_spinner=False)
def _kept_report(root: str, run_id: str, stamp: Stamp) -> KeptReport | None:
    from kgrec_core.report.making import kept_report as read_kept

    return read_kept(caching.workspace(), run_id)


def kept_report(run: RunRecord) -> KeptReport | None:
    """The last report of a run; None when there is none.

    Raises:
        ArtifactError: a file went away while it was looked at.
    """
    from kgrec_core.report.sources import source_paths

    workspace = caching.workspace()
    paths = [*source_paths(workspace, run)]
    paths += sorted((workspace.run_folder(run.run_id) / "report").glob("report.*"))
    with _gone_is_told():
        stamp = tuple((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in paths)
    return _kept_report(str(caching.workspace_root()), run.run_id, stamp)


@st.cache_data(max_entries=8, show_spinner=False)
def _report_bytes(path: str, size: int, changed_at: int) -> bytes:
    from pathlib import Path

    return Path(path).read_bytes()


def report_bytes(report: KeptReport, *, pdf: bool = False) -> bytes:
    """The content of the HTML file, or of the PDF.

    Raises:
        ArtifactError: the run was deleted, or is being written again, meanwhile.
    """
    path = report.pdf if pdf and report.pdf is not None else report.html
    with _gone_is_told():
        facts = path.stat()
        return _report_bytes(str(path), facts.st_size, facts.st_mtime_ns)


@contextmanager
def _gone_is_told() -> Iterator[None]:
    """Files of a report can go away at any time: another session deletes or writes."""
    try:
        yield
    except OSError as error:
        raise ArtifactError(
            f"The report went away while it was read ({error.strerror}). Reload the page."
        ) from None
