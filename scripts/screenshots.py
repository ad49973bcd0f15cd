"""Take a picture of every page, light and dark: of the sample workspace into docs/screenshots/."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser_driver import REPOSITORY, launch_chromium, running_app, wait_idle
from scripts.page_list import addresses

TARGET = REPOSITORY / "docs" / "screenshots"
WIDTH, FIRST_HEIGHT, MAX_HEIGHT = 1280, 900, 4000  # pixels
README_USER = "u0003"  # follows one director
SCHEMES = ("light", "dark")
N_COLORS = 256  # keeps a page picture below 300 KB without visible loss
PAGE_SECONDS = 300.0  # a machine that does other things as well


def main() -> int:
    """Start the app and shoot all pages in both color schemes, or what is asked for."""
    asked = _options()
    workspace = Path(os.environ.get("KGREC_WORKSPACE") or REPOSITORY / "workspace").resolve()
    asked.into.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(workspace, Path(folder) / "server.log") as address,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        for scheme in asked.schemes:
            shoot_all(browser, address, scheme, asked)
        if not asked.pages:
            shoot_for_readme(browser, address, asked.into)
        browser.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=TARGET, help="folder of the pictures")
    parser.add_argument("--width", type=int, default=WIDTH, help="of the window, in pixels")
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--pages", nargs="+", default=[], help="such as data evaluate-tail")
    return parser.parse_args()


def shoot_all(browser: Browser, address: str, scheme: str, asked: argparse.Namespace) -> None:
    """The pages that are asked for, in one color scheme."""
    context = browser.new_context(
        viewport={"width": asked.width, "height": FIRST_HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    suffix = "" if scheme == "light" else "-dark"
    for name, path in addresses():
        if asked.pages and name not in asked.pages:
            continue
        page.goto(address + path)
        page.get_by_test_id("stApp").wait_for()
        wait_idle(page, timeout_s=PAGE_SECONDS)
        shoot(page, asked.into / f"{name}{suffix}.png", asked.width)
    context.close()


def shoot_for_readme(browser: Browser, address: str, into: Path) -> None:
    """List, reasons and bars of one user whose taste is easy to see."""
    page = browser.new_page(viewport={"width": WIDTH, "height": MAX_HEIGHT})
    page.goto(f"{address}/Recommend_and_explain?user={README_USER}")
    page.get_by_test_id("stApp").wait_for()
    wait_idle(page, timeout_s=PAGE_SECONDS)
    below = page.get_by_text("Attention over what is known about the user").bounding_box()
    height = MAX_HEIGHT if below is None else int(below["y"]) - 30
    save(page, into / "recommend.png", WIDTH, height)
    page.close()


def shoot(page: Page, target: Path, width: int) -> None:
    """The page in its full height; the app scrolls inside, so the window must grow to it."""
    wanted = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    height = min(int(wanted), MAX_HEIGHT)
    page.set_viewport_size({"width": width, "height": height})
    wait_idle(page, timeout_s=PAGE_SECONDS)
    save(page, target, width, height)
    page.set_viewport_size({"width": width, "height": FIRST_HEIGHT})


def save(page: Page, target: Path, width: int, height: int) -> None:
    """The upper `height` pixels of the window as a small PNG."""
    picture = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
    with Image.open(BytesIO(picture)) as full:
        small = full.convert("RGB").quantize(N_COLORS)
    small.save(target, optimize=True)
    print(f"{target}: {target.stat().st_size // 1000} KB")


if __name__ == "__main__":
    sys.exit(main())
