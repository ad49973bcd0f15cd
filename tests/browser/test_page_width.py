"""No page is wider than its window, however long the names of the data are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from kgrec_core.config import TrainSettings
from scripts.browser_driver import wait_idle
from scripts.page_list import addresses
from tests.browser.conftest import Visit, open_app
from tests.browser.long_names import make_workspace

ADDRESSES = dict(addresses())
WIDTHS = (1280, 1920)
# Streamlit scrolls inside of the document, so the inner scrollers are looked at as well.
TOO_WIDE = """() => ['html', '[data-testid="stMain"]', '[data-testid="stMainBlockContainer"]',
    '[data-testid="stSidebarContent"]']
  .map(name => [name, document.querySelector(name)])
  .filter(([_, part]) => part && part.scrollWidth > part.clientWidth)
  .map(([name, part]) => `${name}: ${part.scrollWidth} > ${part.clientWidth}`)"""


@pytest.fixture(scope="module")
def long_visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """An app whose titles, people, tags, relations and data set have very long names."""
    folder = tmp_path_factory.mktemp("long")
    quick = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    yield from open_app(make_workspace(folder, quick), folder)


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("address", ADDRESSES.values(), ids=list(ADDRESSES))
def test_very_long_names_do_not_make_a_page_wider_than_its_window(
    long_visit: Visit, address: str
) -> None:
    page = long_visit.page
    page.goto(long_visit.address + address)
    page.get_by_test_id("stApp").wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1200})
        wait_idle(page)
        assert too_wide(page) == [], width


def too_wide(page: Page) -> list[str]:
    """The scrollers whose content does not fit, with both widths in pixels."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found
