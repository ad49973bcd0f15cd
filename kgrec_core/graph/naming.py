"""Ids, labels and types of entities: how a cell, a tag or an uploaded id is called in the graph."""

from __future__ import annotations

import math
import re

from kgrec_core.data.mapping import LinkColumn
from kgrec_core.graph.knowledge_graph import ITEM_TYPE

__all__ = [
    "TAGGED",
    "TAG_TYPE",
    "UNTYPED",
    "bin_names",
    "item_entity_id",
    "tag_entity_id",
    "uploaded_name",
]

TAGGED = "tagged"
"""Relation from an item to a tag that some user gave it."""

TAG_TYPE = "tag"
UNTYPED = "entity"
"""Type of uploaded entities whose id does not tell one."""

YEAR_WORDS = ("year", "decade", "release", "date")
YEARS = range(1000, 2101)
TYPED_ID = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,23}):(?!//)(\S.*)")
WEB_ADDRESS = re.compile(r"<?[a-z]{3,6}://.*?([^/#>]+)[/#]*>?")


def item_entity_id(item_id: str) -> str:
    """The entity id of an item."""
    return f"{ITEM_TYPE}:{item_id}"


def tag_entity_id(tag: str) -> str:
    """The entity id of a tag; upper and lower case are one tag."""
    return f"{TAG_TYPE}:{tag.strip().casefold()}"


def uploaded_name(entity_id: str) -> tuple[str, str]:
    """Label and type that an uploaded id tells by itself.

    "genre:Comedy" gives ("Comedy", "genre"); a web address gives its last part; anything else
    stays as it is, without a type. The type of items is reserved for the items of the data set.
    """
    typed = TYPED_ID.fullmatch(entity_id)
    if typed:
        kind = UNTYPED if typed[1] == ITEM_TYPE else typed[1]
        return typed[2].strip(), kind
    address = WEB_ADDRESS.fullmatch(entity_id)
    return (address[1].replace("_", " "), UNTYPED) if address else (entity_id, UNTYPED)


def bin_names(value: float, link: LinkColumn) -> tuple[str, str] | None:
    """Name and label of the bin that holds `value`; None when `value` is not finite.

    1994 with width 10 gives "1990–1999"; when the column is about years the label is "1990s".
    Bins of whole width end one below the next; other bins end where the next begins, which
    they do not hold.
    """
    width = link.bin
    if width is None or not math.isfinite(value):
        return None
    low = math.floor(value / width) * width
    if not width.is_integer():
        name = f"{low:.10g}–{low + width:.10g}"
        return name, name
    name = f"{low:.0f}–{low + width - 1:.0f}"
    words = f"{link.column} {link.relation} {link.entity_type}".casefold()
    is_decade = width == 10 and low in YEARS and any(word in words for word in YEAR_WORDS)
    return name, f"{low:.0f}s" if is_decade else name
