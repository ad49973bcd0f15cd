"""What axe-core, the common checker of web accessibility, says about every page."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.browser_driver import REPOSITORY, wait_idle
from scripts.page_list import PAGES, addresses
from tests.browser.conftest import Visit

ADDRESSES = dict(addresses())


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("address", ADDRESSES.values(), ids=list(ADDRESSES))
def test_no_page_breaks_a_rule_that_matters_in_light_or_dark(
    trained_visit: Visit, address: str
) -> None:
    page = trained_visit.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(trained_visit.address + address)
        page.get_by_test_id("stApp").wait_for()
        wait_idle(page)
        assert violations(page) == [], scheme


def test_every_page_is_in_the_list() -> None:
    files = {file.stem.partition("_")[2] for file in (REPOSITORY / "pages").glob("*.py")}
    assert {path.strip("/") for path in PAGES} == {"", *files}


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule, all grades but "minor"."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {[part['message'] for part in node['any']]}"
        for rule in found
        if rule["impact"] != "minor"
        for node in rule["nodes"]
    ]
