"""All pages and their sections, as addresses: what is photographed and checked for access."""

from __future__ import annotations

from collections.abc import Iterator

from kgrec_ui.views.section_names import COLD_START, EVALUATE, GRAPH, RECOMMEND

__all__ = ["PAGES", "addresses"]

PAGES: dict[str, tuple[str, ...]] = {
    "/": (),
    "/Data": (),
    "/Knowledge_graph": tuple(GRAPH),
    "/Train": (),
    "/Recommend_and_explain": tuple(RECOMMEND),
    "/Cold_start": tuple(COLD_START),
    "/Evaluate": tuple(EVALUATE),
    "/Report": (),
}
"""Path of each page -> its sections, none for a page in one piece."""


def addresses() -> Iterator[tuple[str, str]]:
    """(name for a file, path with query) of every page and section: ("evaluate-tail", ...)."""
    for path, sections in PAGES.items():
        page = path.strip("/").lower() or "start"
        if not sections:
            yield page, path
        for section in sections:
            yield f"{page}-{section}", f"{path}?part={section}"
