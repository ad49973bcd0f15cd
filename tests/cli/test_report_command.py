from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec

pytestmark = pytest.mark.usefixtures("ready")


def test_report_writes_one_file_and_tells_the_summary(kgrec: Kgrec, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    answer = kgrec("report", "active", "--out", str(out))
    assert answer.status == 0, answer.err
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "What is uncertain" in answer.out


def test_report_as_json_names_file_users_and_gaps(
    kgrec: Kgrec, ready: Path, tmp_path: Path
) -> None:
    out = tmp_path / "r.html"
    users = ("--user", "u1", "--user", "u2")
    found = kgrec("report", "active", "--out", str(out), *users, "-k", "3", "--json").json()
    assert (found["html"], found["pdf"]) == (str(out), None)
    assert found["users"] == ["u1", "u2"]
    assert found["n_pairs"] == 6
    assert found["bytes"] == out.stat().st_size
    assert "newcomers" in found["not_measured"]
    assert (ready / "runs" / found["run"] / "report" / "report.html").exists()


def test_a_newcomer_can_be_shown_too(kgrec: Kgrec, tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    answer = kgrec("report", "active", "--out", str(out), "--like", "i1", "--parts", "people")
    assert answer.status == 0, answer.err
    text = out.read_text("utf-8")
    assert "A newcomer" in text
    assert "Left out on request" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--user", "nobody"), "nobody"),
        (("--parts", "jokes"), "'parts.0' in 'ReportChoices'"),
        (("--like", "nothing"), "nothing"),
    ],
)
def test_wrong_choices_are_told_in_one_line(
    kgrec: Kgrec, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    out = tmp_path / "r.html"
    answer = kgrec("report", "active", "--out", str(out), *arguments)
    assert answer.status == 1
    assert answer.err.count("\n") == 1
    assert words in answer.err
    assert not out.exists()


def test_a_pdf_without_a_browser_says_what_to_do(
    kgrec: Kgrec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGREC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = kgrec("report", "active", "--out", str(tmp_path / "r.html"), "--pdf")
    assert answer.status == 1
    assert "apt-get install chromium" in answer.err
