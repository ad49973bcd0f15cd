"""Readable names for the web addresses of uploaded graphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote

__all__ = ["label_of_uri", "short_names"]


def label_of_uri(uri: str) -> str:
    """Last part of a web address, percent-decoded, underscores as blanks; other text as it is."""
    if "://" not in uri:
        return uri
    tail = re.split(r"[/#]", uri.strip("<>").rstrip("/#"))[-1]
    return unquote(tail).replace("_", " ").strip() or uri


def short_names(uris: Sequence[str]) -> list[str]:
    """Last part of each address; the whole address where two would get the same name."""
    short = [label_of_uri(uri).replace(" ", "_") for uri in uris]
    times = Counter(short)
    return [name if times[name] == 1 else uri for name, uri in zip(short, uris, strict=True)]
