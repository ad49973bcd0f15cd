"""kgrec explain-quality: a table with verdicts, and the report as JSON."""

from __future__ import annotations

from pathlib import Path

from kgrec_core.pipeline.explain_quality.report import QualityReport
from tests.cli.conftest import Kgrec

QUICK = ("--users", "3", "--k", "3", "--no-twins", "--no-peer")


def test_the_table_tells_targets_and_verdicts(kgrec: Kgrec, ready: Path) -> None:
    told = kgrec("explain-quality", "active", *QUICK)
    assert told.status == 0
    assert "DEL@10" in told.out
    assert "recency order" in told.out
    lines = [line for line in told.out.splitlines() if line.startswith("Valid paths")]
    assert len(lines) == 1
    assert "100%" in lines[0]
    assert "met" in lines[0]
    assert told.out.rstrip().endswith(".")


def test_the_report_as_json_can_be_read_back(kgrec: Kgrec, ready: Path) -> None:
    found = kgrec("explain-quality", "active", *QUICK, "--json").json()
    report = QualityReport.from_json(found)
    assert (report.n_users, report.settings["k"]) == (3, 3)
    assert report.methods == ()


def test_an_unknown_run_is_one_line(kgrec: Kgrec, ready: Path) -> None:
    told = kgrec("explain-quality", "nothing-like-it", *QUICK)
    assert told.status == 1
    assert told.err.startswith("Error: ")
