"""Files in a temporary folder and a report, for the data tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.data.report import ProblemReport
from tests.data_samples import Reasons, Write


@pytest.fixture
def report() -> ProblemReport:
    return ProblemReport()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return _write


@pytest.fixture
def reasons(report: ProblemReport) -> Reasons:
    """Reason -> lines of everything reported so far."""
    return lambda: {problem.reason: problem.lines for problem in report.problems}
