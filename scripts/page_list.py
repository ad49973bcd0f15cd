"""All pages and their sections, as addresses: what is photographed and checked for access."""

from __future__ import annotations

from collections.abc import Iterator

from kgrec_ui.parts import (
    evaluation_sections,
    graph_sections,
    lab_sections,
    recommend_sections,
)

__all__ = ["PAGES", "addresses"]

PAGES: dict[str, tuple[str, ...]] = {
    "/": (),
    "/Data": (),
    "/Knowledge_graph": tuple(graph_sections.SECTIONS),
    "/Train": (),
    "/Recommend_and_explain": tuple(recommend_sections.SECTIONS),
    "/Cold_start": tuple(lab_sections.SECTIONS),
    "/Evaluate": tuple(evaluation_sections.SECTIONS),
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
