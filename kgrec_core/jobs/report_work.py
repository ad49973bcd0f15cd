"""The work of a job that writes the report of a run.

The pipeline is imported by the work itself: the heartbeat has to start before torch loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgrec_core.contracts import OnProgress
from kgrec_core.storage.workspace import Workspace

if TYPE_CHECKING:
    from kgrec_core.jobs.payloads import ReportPayload

__all__ = ["report_work"]


def report_work(
    workspace: Workspace, payload: ReportPayload, progress: OnProgress
) -> dict[str, Any]:
    """Write the report and keep it beside the run."""
    from kgrec_core.report.making import make_report

    return make_report(
        workspace, payload.run, payload.choices, pdf=payload.pdf, on_progress=progress
    ).to_json()
