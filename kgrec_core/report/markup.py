"""A small writer of HTML and SVG that escapes everything it is not told to be markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any

__all__ = ["Child", "Markup", "joined_markup", "tag"]

LITERAL = {"code", "style", "title"}
"""Elements whose text is taken as it is: commands are pasted, titles are matched."""
UNIT = re.compile(r"(?<=\d) (?=(?:%|[kMG]B|s|min|h)(?!\w))")
"""The space between a number and its unit, at which no line may break."""
VOID = {"meta", "br", "hr", "col", "wbr", "line", "rect", "circle", "path", "polyline", "polygon"}
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that may not stand in a document; names of foreign files can hold them."""


class Markup(str):
    """Finished markup: it is put in as it is. Everything else is escaped."""

    __slots__ = ()


Child = str | int | None | Iterable[Any]
"""Text (escaped), `Markup` (kept), nothing, or any number of these."""


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """One element.

    Args:
        name: of the element.
        children: what is in it.
        attributes: "class_" stands for "class", "stroke_width" for "stroke-width"; None leaves
            the attribute out.
    """
    head = name + "".join(
        f' {_attribute(key)}="{escape(_clean(_number(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID and not children:
        return Markup(f"<{head}>" if name in ("meta", "br", "hr", "col", "wbr") else f"<{head}/>")
    inside = "".join(_written(child, is_literal=name in LITERAL) for child in children)
    return Markup(f"<{head}>{inside}</{name}>")


def joined_markup(*children: Child) -> Markup:
    """Several pieces one after the other."""
    return Markup("".join(_written(child) for child in children))


def _written(child: Child, *, is_literal: bool = False) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str | int):
        text = _clean(str(child))
        return escape(text if is_literal else UNIT.sub("\u00a0", text), quote=False)
    return "".join(_written(part, is_literal=is_literal) for part in child)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _number(value: str | float) -> str:
    """Coordinates with two decimals: the same bytes wherever they are computed."""
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
