"""Addresses of the pages: the browser is told where the server is."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kgrec_ui.page_routes import page_routes, with_server_address
from scripts.page_list import PAGES

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def test_every_page_has_a_route() -> None:
    assert {"/", *(route.path for route in page_routes())} == set(PAGES)


def test_a_page_is_the_one_of_streamlit_with_one_script_more() -> None:
    client = TestClient(Starlette(routes=page_routes()))
    answer = client.get("/Knowledge_graph?part=paths")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    without = re.sub(r"<script>window.__streamlit=.*?</script>", "", answer.text)
    assert without == INDEX.read_text("utf-8")
    assert without != answer.text


def test_the_script_comes_before_all_others() -> None:
    assert with_server_address("<html><head><script></script>").startswith(
        "<html><head><script>window.__streamlit="
    )
