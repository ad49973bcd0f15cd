"""Addresses of the pages, served so that the browser finds the server at the first try.

Streamlit's script in the browser looks for its server below the address of the page first, and
gets two "404 Not Found" whenever a page is opened by its address. It does not where the page says
where the server is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

__all__ = ["page_routes", "with_server_address"]

PAGES = Path(__file__).resolve().parents[1] / "pages"
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
SCRIPT = (
    '<script>window.__streamlit={...window.__streamlit,BACKEND_BASE_URL:new URL(".",'
    "location.href).href}</script>"
)


def page_routes() -> Sequence[Route]:
    """One route per file of the folder of pages."""
    names = [path.stem.split("_", 1)[1] for path in sorted(PAGES.glob("*.py"))]
    return [Route(f"/{name}", _page) for name in names]


def with_server_address(html: str) -> str:
    """The page of Streamlit with a line that tells its script where the server is."""
    return html.replace("<head>", f"<head>{SCRIPT}", 1)


@cache
def _html() -> str:
    return with_server_address(INDEX.read_text(encoding="utf-8"))


async def _page(request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})
