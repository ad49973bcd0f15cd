"""Every page with the keyboard alone: one journey each, and the place of the keyboard is seen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from scripts.browser_driver import wait_idle
from tests.browser.conftest import Visit, open_app
from tests.ui.conftest import write_small_tables

MOST_TABS = 80
JOB_MS = 120_000
# The name that is said aloud, and each piece of text in the control or its label; areas that only
# scroll can have the keyboard too, but are no controls.
NAMES_OF_FOCUSED = """() => {
  const focused = document.activeElement, texts = [focused.getAttribute('aria-label')];
  if (focused.matches('a, button, summary, input, textarea, [role="tab"], [role="radio"]')) {
    const named = focused.matches('input, textarea') && focused.labels?.[0] || focused;
    const walker = document.createTreeWalker(named, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode.textContent.trim());
  }
  return texts.filter(text => text);
}"""
# A ring around the element or the box that it fills; text boxes color their border instead.
HAS_RING = """() => {
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== 'none';
  };
  let element = document.activeElement;
  for (let level = 0; level < 4 && element; level++, element = element.parentElement) {
    if (ringed(element)) return true;
  }
  return false;
}"""


@dataclass(frozen=True)
class Shelf:
    """A visit to a workspace with two data sets; only the films have a run.

    Attributes:
        visit: the open page.
        films_run: of "Small films", for addresses.
        shop: fingerprint of "Small shop", which trains in a moment.
    """

    visit: Visit
    films_run: str
    shop: str


@pytest.fixture(scope="module")
def shelf(trained_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A copy, because a training and a report are made in it."""
    folder = tmp_path_factory.mktemp("keyboard")
    shutil.copytree(trained_workspace, folder / "workspace")
    workspace = Workspace(folder / "workspace")
    run = workspace.runs()[0].run_id
    tables = write_small_tables(folder / "tables")
    shop = import_path(workspace, tables, name="Small shop").dataset.fingerprint
    workspace.close()
    for visit in open_app(folder / "workspace", folder):
        yield Shelf(visit, run, shop)


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_start_page_leads_to_a_step(shelf: Shelf) -> None:
    page = open_at(shelf, f"/?run={shelf.films_run}")
    tab_to(page, "See the numbers")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Evaluate")


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_another_data_set_can_be_taken_into_use(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Data?run={shelf.films_run}")
    expect(page.get_by_role("heading", name="Small films")).to_be_visible()
    tab_to(page, "Overview")
    press(page, "ArrowRight", "ArrowRight")
    tab_to(page, "Use this")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Small shop")).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_an_entity_of_the_graph_can_be_searched(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Knowledge_graph?run={shelf.films_run}")
    tab_to(page, "Search by name")
    page.keyboard.type("Hitchcok")
    press(page, "Enter")
    expect(page.get_by_test_id("stMain").get_by_text("Alfred Hitchcock").first).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_preset_and_model_can_be_chosen_and_trained(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Train?data={shelf.shop}")
    presets = page.get_by_role("radiogroup", name="Preset").get_by_role("radio")
    tab_to(page, "Accurate")
    press(page, "ArrowDown")
    expect(presets.nth(1)).to_be_checked()
    tab_to(page, "Fusion", backward=True)
    press(page, "ArrowRight", "Space")
    tab_to(page, "Item regression (EASE)")
    press(page, "ArrowUp")  # from the first model to the last one
    expect(page.get_by_role("radio", name="Most popular")).to_be_checked()
    # It has no search of settings, so one control with this name is left: the button.
    expect(page.get_by_role("radio", name="Train", exact=True)).to_have_count(0)
    tab_to(page, "Train")
    press(page, "Enter")
    done = page.get_by_text("The model is trained and in use.")
    expect(done).to_be_visible(timeout=JOB_MS)


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_user_section_and_item_can_be_chosen(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Recommend_and_explain?run={shelf.films_run}")
    tab_to(page, "User")
    page.keyboard.type("u0003")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="u0003")).to_be_visible()
    first = page.get_by_role("heading", name="Why “").inner_text()
    tab_to(page, "Item")
    press(page, "ArrowDown", "ArrowDown", "Enter")
    assert page.get_by_role("heading", name="Why “").inner_text() != first
    tab_to(page, "List and reasons", backward=True)
    press(page, "ArrowRight", "ArrowRight", "Space")
    expect(page.get_by_text("Compared with", exact=True)).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_newcomer_can_like_something(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Cold_start?run={shelf.films_run}")
    tab_to(page, "Item")
    page.keyboard.type("Psycho")
    expect(page.get_by_role("option", name="Psycho")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="After step 1 of 1")).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_metric_and_section_of_the_numbers_can_be_chosen(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Evaluate?run={shelf.films_run}")
    tab_to(page, "NDCG")
    press(page, "ArrowRight", "Space")
    expect(page.locator('button[data-selected="true"]', has_text="Recall")).to_be_visible()
    tab_to(page, "This run", backward=True)
    press(page, "ArrowRight", "Space")
    expect(page.get_by_text("Measure models", exact=True)).to_be_visible()


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_report_can_be_written_and_taken_along(shelf: Shelf) -> None:
    page = open_at(shelf, f"/Report?run={shelf.films_run}")
    tab_to(page, "Write the report")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Download HTML")).to_be_visible(timeout=JOB_MS)
    wait_idle(page)
    tab_to(page, "Download HTML")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".html")


def open_at(shelf: Shelf, address: str) -> Page:
    """The page of this address, with nothing focused yet."""
    page = shelf.visit.page
    page.goto(shelf.visit.address + address)
    page.get_by_test_id("stApp").wait_for()
    wait_idle(page)
    return page


def press(page: Page, *keys: str) -> None:
    """One key after another, then wait for what they cause."""
    for key in keys:
        page.keyboard.press(key)
    wait_idle(page)


def tab_to(page: Page, name: str, *, backward: bool = False) -> None:
    """Move on until the control with this name has the keyboard, and shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if backward else "Tab")
        if name in page.evaluate(NAMES_OF_FOCUSED):
            assert page.evaluate(HAS_RING), f"Nothing shows that “{name}” has the keyboard."
            return
    raise AssertionError(f"The keyboard does not reach “{name}”.")
