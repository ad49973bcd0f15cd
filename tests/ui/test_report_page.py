from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.pipeline.evaluating import baseline_results
from kgrec_core.report.choices import PARTS, NewcomerChoice, ReportChoices
from kgrec_core.report.making import KeptReport, kept_report, make_report
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from kgrec_ui.views.report_view import choices_payload, report_view
from tests.ui.conftest import OpenPage, SmallWorkspace, hold_queue, submitted_jobs

REPORT = "pages/7_Report.py"


def texts(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    found = [str(element.value) for kind in kinds for element in getattr(at, kind)]
    return "\n".join(found).replace("\\", "")


def is_sound(at: AppTest) -> bool:
    return not at.exception and not at.error


def opened(small: SmallWorkspace) -> Workspace:
    return Workspace(small.root, f"sqlite:///{small.root / 'kgrec.db'}")


def write_report(small: SmallWorkspace) -> None:
    workspace = opened(small)
    make_report(workspace, small.fusion.run_id, ReportChoices(users=("u03",), k=2))
    workspace.close()


def test_without_data_the_page_says_what_comes_first(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page(tmp_path / "ws", REPORT)
    assert is_sound(at)
    assert "No data yet" in texts(at)


def test_without_a_report_the_page_offers_one(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, REPORT)
    assert is_sound(at)
    assert "No report of this run yet" in texts(at)
    assert at.button(key=Widget.REPORT_START).disabled is False


def test_the_button_asks_for_a_job_with_the_choices(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, REPORT)
    at.multiselect(key=Widget.REPORT_USERS).set_value(["u07", "u02"])
    at.checkbox(key=Widget.REPORT_PARTS.of("limits")).uncheck()
    at.slider(key=Widget.REPORT_LENGTH).set_value(8)
    at.button(key=Widget.REPORT_START).click().run()
    assert is_sound(at)
    (job,) = submitted_jobs(own_workspace.root)
    assert job.kind == "report"
    assert job.payload["run"] == own_workspace.fusion.run_id
    assert job.payload["choices"]["users"] == ["u07", "u02"]
    assert job.payload["choices"]["parts"] == [part for part in PARTS if part != "limits"]
    assert job.payload["choices"]["k"] == 8
    assert at.button(key=Widget.REPORT_START).disabled is True


def test_the_last_report_is_shown_and_can_be_taken_along(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    write_report(own_workspace)
    at = open_page(own_workspace.root, REPORT)
    assert is_sound(at)
    assert "It is current: nothing was measured since." in texts(at)
    assert "It shows 1 user (u03)" in texts(at)
    assert at.get("iframe")[0].proto.src.startswith("data:text/html")
    labels = [button.proto.label for button in at.get("download_button")]
    assert labels == ["Download HTML"]


def test_a_report_that_went_away_meanwhile_is_told_in_a_sentence(
    open_page: OpenPage, own_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(own_workspace)
    workspace = opened(own_workspace)
    kept = kept_report(workspace, own_workspace.fusion.run_id)
    workspace.close()
    assert kept is not None
    kept.html.unlink()
    monkeypatch.setattr("kgrec_ui.caching_report.kept_report", lambda run: kept)
    at = open_page(own_workspace.root, REPORT)
    assert not at.exception
    assert "The report went away while it was read" in at.error[0].value


def test_a_report_that_is_older_than_a_result_says_so(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    write_report(own_workspace)
    workspace = opened(own_workspace)
    baseline_results(workspace, own_workspace.fusion.run_id, ("popularity",))
    workspace.close()
    at = open_page(own_workspace.root, REPORT)
    assert "It is older than a result: a simple model changed since." in texts(at)


def test_without_a_browser_the_page_says_how_to_get_a_pdf(
    open_page: OpenPage, small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGREC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    at = open_page(small_workspace.root, REPORT)
    assert "print it to PDF" in texts(at)
    assert Widget.REPORT_PDF not in [box.key for box in at.checkbox]


def test_the_newcomer_of_the_session_can_be_shown_too(
    open_page: OpenPage, own_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_queue(own_workspace.root)
    said = NewcomerChoice(likes=("i02",), texts=("something new",))
    monkeypatch.setattr("kgrec_ui.parts.report.session_newcomer", lambda run: said)
    at = open_page(own_workspace.root, REPORT)
    at.button(key=Widget.REPORT_START).click().run()
    (job,) = submitted_jobs(own_workspace.root)
    assert job.payload["choices"]["newcomer"]["likes"] == ["i02"]
    assert job.payload["choices"]["newcomer"]["texts"] == ["something new"]


# views


def test_parts_are_asked_for_in_the_order_of_the_report(small_workspace: SmallWorkspace) -> None:
    payload = choices_payload(
        small_workspace.fusion,
        users=[],
        parts=["limits", "data"],
        k=5,
        n_drawn=1,
        newcomer=None,
        pdf=True,
    )
    assert payload["choices"]["parts"] == ["data", "limits"]
    assert payload["pdf"] is True


def test_each_kind_of_result_is_named_once(small_workspace: SmallWorkspace) -> None:
    facts = {"bytes": 1000, "users": [], "summary": ["One."]}
    kept = KeptReport(Path("r.html"), None, ReportChoices(), facts, (), 0.0)
    changed = ("benchmarks/x/report-1.json", "benchmarks/x/report-2.json", "runs/r/long-tail.json")
    view = report_view(dataclasses.replace(kept, changed=changed), small_workspace.fusion, None)
    assert view.freshness == (
        "It is older than a result: a benchmark, the long tail changed since. Write it again."
    )
    assert "It shows no user." in view.content
    assert report_view(kept, small_workspace.fusion, None).is_current
