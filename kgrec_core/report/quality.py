"""The kept measures of the explanations of a run, as a table of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kgrec_core.report.markup import Child
from kgrec_core.storage.workspace import Workspace

__all__ = ["Quality", "kept_quality", "quality_rows"]


@dataclass(frozen=True)
class Quality:
    values: dict[str, Any]


def kept_quality(workspace: Workspace, run_id: str) -> Quality | None:
    return None


def quality_rows(quality: Quality) -> list[Child]:
    return []
