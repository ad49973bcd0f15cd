"""Slides of a scenario in a real browser: keys, clickers, Escape, and no leftover listener."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.training import train
from kgrec_core.storage.scenarios import save_scenario
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.plots.slide_html import SLIDE_CSS, slide_html
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.attention_view import MODALITIES
from kgrec_ui.views.cold_start_view import Move
from kgrec_ui.views.slide_view import N_SHOWN, Slide, SlideRow
from kgrec_ui.views.step_answer import GateRow
from scripts.browser_driver import launch_chromium, running_app, wait_idle
from tests.browser.conftest import PATIENCE_MS, Visit
from tests.store_samples import write_tables

pytestmark = pytest.mark.browser

STEPS = [["like", "i1"], ["interest", "genre:Horror"], ["dislike", "i2"]]
# Counts listeners from the start; an aborted signal takes its listeners off.
COUNT_LISTENERS = """
  window.__keys = 0;
  const add = window.addEventListener;
  window.addEventListener = function (type, listener, options) {
    if (type === 'keydown' && options && options.signal) {
      window.__keys += 1;
      options.signal.addEventListener('abort', () => { window.__keys -= 1; });
    }
    return add.call(this, type, listener, options);
  };
"""


@dataclass
class Scenario:
    """The page, and the id of a saved scenario of three steps."""

    visit: Visit
    scenario_id: str

    @property
    def page(self) -> Page:
        return self.visit.page


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenario]:
    folder = tmp_path_factory.mktemp("present")
    scenario_id = make_workspace(folder)
    with (
        running_app(folder / "ws", folder / "server.log") as address,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.add_init_script(COUNT_LISTENERS)
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        visit = Visit(page, address, folder / "ws")
        page.on("request", visit.note_request)
        page.on("console", visit.note_console)
        page.on("pageerror", visit.note_exception)
        yield Scenario(visit, scenario_id)
        browser.close()


def make_workspace(folder: Path) -> str:
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    data = import_path(workspace, write_tables(folder / "tables"), name="tiny").dataset.fingerprint
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    run = train(workspace, data, settings)
    record = save_scenario(
        workspace, "Demo", {"steps": STEPS, "k": 8}, dataset_fingerprint=data, run_id=run.run_id
    )
    workspace.close()
    return record.scenario_id


def press(page: Page, key: str, counter: str) -> None:
    page.keyboard.press(key)
    expect(page.locator(".kg-count")).to_have_text(counter)
    wait_idle(page)


def test_keys_and_clickers_walk_through_the_slides_and_escape_leaves(scenario: Scenario) -> None:
    page = scenario.page
    page.goto(f"{scenario.visit.address}/Cold_start?scenario={scenario.scenario_id}&present=1")
    expect(page.locator(".kg-count")).to_have_text("1 of 4")
    wait_idle(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    press(page, "ArrowRight", "2 of 4")
    expect(page.locator("h1")).to_have_text("Likes “Title 1”")
    press(page, "PageDown", "3 of 4")
    press(page, "ArrowLeft", "2 of 4")
    press(page, " ", "3 of 4")
    press(page, "End", "4 of 4")
    press(page, "ArrowRight", "4 of 4")
    assert "present=4" in page.url
    expect(page.get_by_role("status").filter(has_text="Step 4 of 4: Dislikes")).to_be_attached()
    assert page.evaluate("window.__keys") == 1
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="After step 3 of 3")).to_be_visible()
    wait_idle(page)
    assert "present" not in page.url
    assert page.evaluate("window.__keys") == 0
    page.keyboard.press("ArrowRight")
    wait_idle(page)
    assert "present" not in page.url


def test_two_quick_presses_are_two_slides(scenario: Scenario) -> None:
    page = scenario.page
    page.goto(f"{scenario.visit.address}/Cold_start?scenario={scenario.scenario_id}&present=1")
    expect(page.locator(".kg-count")).to_have_text("1 of 4")
    wait_idle(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".kg-count")).to_have_text("3 of 4")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_a_slide_fits_the_projector(scenario: Scenario, width: int, height: int) -> None:
    page = scenario.page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{scenario.visit.address}/Cold_start?scenario={scenario.scenario_id}&present=3")
    expect(page.locator(".kg-count")).to_have_text("3 of 4")
    wait_idle(page)
    foot = page.locator(".kg-foot").bounding_box()
    last = page.locator(".kg-list li").last.bounding_box()
    assert foot is not None
    assert last is not None
    assert foot["y"] + foot["height"] <= height
    assert last["y"] + last["height"] <= foot["y"]
    assert (
        page.locator(".kg-list .kg-name").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        >= 0.016 * width
    )


def test_the_fullest_slide_fits_too(scenario: Scenario) -> None:
    """All modalities, long names, long reasons, a long saying."""
    long, names = "a name that does not end " * 12, ("bias", *MODALITIES)
    gates = tuple(GateRow(name, long, 0.2, 0.16, 0.123, 0.0456) for name in names)
    rows = tuple(SlideRow(rank, long, Move("down", 40), long) for rank in range(1, N_SHOWN + 1))
    slide = Slide(
        long, 50, 51, long[:110], rows, "10 new items, 40 moved.", "x" * 60, (long[:170],) * 2,
        gates, long, has_before=True,
    )  # fmt: skip
    page = scenario.page.context.new_page()
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.set_content(f"<body style='margin:0'>{SLIDE_CSS}{slide_html(slide, LIGHT)}</body>")
        foot = page.locator(".kg-foot").bounding_box()
        assert foot is not None
        assert foot["y"] + foot["height"] <= height
        for part in (".kg-list li", ".kg-gate"):
            box = page.locator(part).last.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= foot["y"]
            assert box["x"] + box["width"] <= width
    page.close()


def test_nothing_left_the_machine_and_nothing_broke(scenario: Scenario) -> None:
    assert scenario.visit.outside_requests == []
    assert scenario.visit.console_errors == []
