"""Small pieces of text that several views need."""

from __future__ import annotations

import re

from kgrec_ui.theme import format_count

__all__ = ["as_markdown", "counted", "joined", "shortened"]

MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~$<>&:.-])")


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 path", "1,234 paths"."""
    words = noun if n == 1 else plural or f"{noun}s"
    return f"{format_count(n)} {words}"


def shortened(text: str, length: int = 38) -> str:
    """`text` on one line, cut to at most `length` characters with an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


def joined(words: list[str], limit: int = 5) -> str:
    """A list of any length on one line: "a, b and 3 more"."""
    if len(words) <= limit:
        return ", ".join(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"


def as_markdown(text: str) -> str:
    """Text of the data as it is, when it is put into Markdown: no sign of it has a meaning."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))
