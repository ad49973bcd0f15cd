"""The report as a reader gets it: a file that is opened, read and printed without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.report.browser import print_to_pdf
from kgrec_core.report.choices import ReportChoices
from kgrec_core.report.document import report_html
from kgrec_core.report.people import chosen_people
from scripts.browser_driver import launch_chromium
from tests.browser.test_accessibility import violations
from tests.report.conftest import hostile_root, hostile_run
from tests.report.test_document import everything

__all__ = ["hostile_root", "hostile_run"]

WIDTHS = (1280, 390)


@pytest.fixture
def report_file(hostile_run: LoadedRun, tmp_path: Path) -> Path:
    people = chosen_people(hostile_run, ReportChoices(users=("u00", "u04")))
    path = tmp_path / "report.html"
    path.write_text(report_html(everything(), people, ReportChoices()), "utf-8")
    return path


@pytest.mark.browser
def test_a_report_opens_from_a_file_prints_and_runs_nothing(report_file: Path) -> None:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 900})
            opens_quietly(page, report_file)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            drawings = "[...document.querySelectorAll('figure svg')]"
            assert page.evaluate(f"{drawings}.every(e => e.getBoundingClientRect().height > 40)")
            page.close()
        browser.close()
    pdf = report_file.with_suffix(".pdf")
    print_to_pdf(report_file, pdf)
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page/") >= 5


@pytest.mark.browser
def test_a_report_breaks_no_rule_of_accessibility_in_light_or_dark(report_file: Path) -> None:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                view = {"width": width, "height": 900}
                page = browser.new_page(viewport=view, color_scheme=scheme)
                page.goto(report_file.as_uri())
                page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
                assert violations(page) == [], (scheme, width)
                page.close()
        browser.close()


def opens_quietly(page: Page, path: Path) -> None:
    """No request but the file itself, no word on the console, no dialog."""
    requests: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    assert requests == [path.as_uri()]
    assert said == []
