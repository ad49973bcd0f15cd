"""The way to an explanation with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scripts.browser_driver import wait_idle
from tests.browser.conftest import Visit

MOST_TABS = 80


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_user_section_and_item_can_be_chosen_without_a_mouse(trained_visit: Visit) -> None:
    page = trained_visit.page
    page.goto(f"{trained_visit.address}/Recommend_and_explain")
    page.get_by_test_id("stApp").wait_for()
    wait_idle(page)
    tab_to(page, "User")
    page.keyboard.type("u0003")
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(page.get_by_role("heading", name="u0003")).to_be_visible()
    first = page.get_by_role("heading", name="Why “").inner_text()
    tab_to(page, "Item")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_idle(page)
    assert page.get_by_role("heading", name="Why “").inner_text() != first
    tab_to(page, "List and reasons", backward=True)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    wait_idle(page)
    expect(page.get_by_text("Compared with", exact=True)).to_be_visible()


def tab_to(page: Page, name: str, *, backward: bool = False) -> None:
    """Move on until the control with this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if backward else "Tab")
        focused = page.evaluate(
            "() => document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.innerText || ''"
        )
        if focused.strip() == name:
            return
    raise AssertionError(f"The keyboard does not reach “{name}”.")
