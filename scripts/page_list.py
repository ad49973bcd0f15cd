"""All pages and their sections, as addresses: what is photographed and checked for access."""

from __future__ import annotations

__all__ = ["PAGES", "file_name"]

PAGES: dict[str, tuple[str, ...]] = {
    "/": ("",),
    "/Data": ("",),
    "/Knowledge_graph": ("",),
    "/Train": ("",),
    "/Recommend_and_explain": ("",),
    "/Cold_start": ("",),
    "/Evaluate": ("", "benchmark", "ablation", "signal", "newcomers", "tail", "runs"),
}
"""Path of each page -> its sections, "" for the one that opens first."""


def file_name(path: str, section: str) -> str:
    """Name of a picture without ending: "start", "evaluate-tail"."""
    page = path.strip("/").lower() or "start"
    return f"{page}-{section}" if section else page
