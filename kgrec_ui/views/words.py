"""Small pieces of text that several views need."""

from __future__ import annotations

import re

from kgrec_core.words import counted, ended, joined, shortened, shortened_pair

__all__ = ["as_markdown", "counted", "ended", "joined", "shortened", "shortened_pair"]

MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~$<>&:.-])")


def as_markdown(text: str) -> str:
    """Text of the data as it is, when it is put into Markdown: no sign of it has a meaning."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))
