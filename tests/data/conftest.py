"""Files in a temporary folder and a report, for the data tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from kgrec_core.data.report import ProblemReport
from tests.data_samples import Reasons, Write

# A loaded machine is no fault of the code; pytest-timeout still ends a test that hangs.
settings.register_profile("kgrec", deadline=None)
settings.load_profile("kgrec")


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
