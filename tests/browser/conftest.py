"""One server, browser and page for the whole journey; requests and console lines are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect, sync_playwright

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.training import train
from kgrec_core.storage.workspace import Workspace
from scripts.browser_driver import launch_chromium, running_app, wait_idle
from tests.browser.small_sample import write_small_sample

PATIENCE_MS = 60_000  # a shared machine may need long for what takes a second
# On a reload Streamlit asks for its server below the page's own address first, then at the root.
HARMLESS_CONSOLE = re.compile(r"404 \(Not Found\) \(\S+/\w+/_stcore/(?:health|host-config)\)$")


@dataclass
class Visit:
    """An open page of the running app and what its browser did."""

    page: Page
    address: str
    workspace: Path
    outside_requests: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.outside_requests.append(request.url)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            line = f"{message.text} ({message.location.get('url', '')})"
            if not HARMLESS_CONSOLE.search(line):
                self.console_errors.append(line)

    def note_exception(self, error: object) -> None:
        self.console_errors.append(f"uncaught: {error}")


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A new analyst's first visit: nothing is there yet."""
    folder = tmp_path_factory.mktemp("journey")
    yield from open_app(folder / "workspace", folder)


@pytest.fixture(scope="session")
def trained_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small sample, imported and trained without the app."""
    folder = tmp_path_factory.mktemp("trained")
    workspace = Workspace(folder / "workspace")
    imported = import_path(workspace, write_small_sample(folder).archive, name="Small films")
    train(workspace, imported.dataset.fingerprint, TrainSettings())
    return folder / "workspace"


@pytest.fixture(scope="module")
def trained_visit(
    trained_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """A visit to an app that has a model in use."""
    yield from open_app(trained_workspace, tmp_path_factory.mktemp("visit"))


def open_app(workspace: Path, folder: Path) -> Iterator[Visit]:
    """Server, browser and one page on the start page; all end when the visit does."""
    with running_app(workspace, folder / "server.log") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        visit = Visit(page, address, workspace)
        page.on("request", visit.note_request)
        page.on("console", visit.note_console)
        page.on("pageerror", visit.note_exception)
        page.goto(address)
        page.get_by_test_id("stApp").wait_for()
        wait_idle(page)
        yield visit
        browser.close()
