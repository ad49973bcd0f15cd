"""Pieces that every part of the report is made of: headings, tables, figures, notes."""

from __future__ import annotations

from collections.abc import Sequence

from kgrec_core.report.markup import Child, Markup, joined_markup, tag

__all__ = [
    "code",
    "device_words",
    "facts",
    "figure",
    "missing",
    "note",
    "paragraph",
    "section",
    "table",
    "tiny",
]


MANY_COLUMNS = 5
"""From here on a table scrolls on a narrow screen rather than squeeze its words."""
MANY_INTERVALS = 3
"""From here on a row has no room for a value and its interval side by side."""


def section(anchor: str, number: int, title: str, *children: Child) -> Markup:
    """A part with its heading."""
    heading = tag("h2", tag("span", f"{number}", class_="number"), " ", title)
    return tag("section", heading, *children, id=anchor)


def paragraph(*children: Child, kind: str | None = None) -> Markup:
    """Running text."""
    return tag("p", *children, class_=kind)


def note(*children: Child) -> Markup:
    """A remark in small letters."""
    return tag("p", *children, class_="note")


def missing(what: str, command: str) -> Markup:
    """Says openly that something was not measured, and how to measure it."""
    how = [" Run ", tag("code", command), "."] if command.startswith("kgrec ") else f" {command}"
    return tag("p", tag("strong", "Not measured: "), what, ".", how, class_="missing")


def code(lines: Sequence[str]) -> Markup:
    """Commands as they are typed."""
    return tag("pre", tag("code", "\n".join(lines)))


def facts(pairs: Sequence[tuple[str, str]]) -> Markup:
    """Headline numbers: name below, value above."""
    boxes = [tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs]
    return tag("dl", boxes, class_="facts")


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, n_words: int = 1
) -> Markup:
    """A table with a caption.

    Args:
        headers: names of the columns.
        rows: cells as text; the first of each names its row.
        caption: what the table holds.
        n_words: leading columns that hold words and not numbers.
    """
    is_tight = any(sum(" (" in cell for cell in row[n_words:]) >= MANY_INTERVALS for row in rows)
    kinds = [None if place < n_words else "num" for place in range(len(headers))]
    head = [
        tag("th", name, scope="col", class_=kind) for name, kind in zip(headers, kinds, strict=True)
    ]
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            [
                tag("td", _breakable(cell) if is_tight else cell, class_=kind)
                for cell, kind in zip(row[1:], kinds[1:], strict=True)
            ],
        )
        for row in rows
    ]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", head)),
            tag("tbody", body),
            class_="many" if len(headers) >= MANY_COLUMNS else None,
        ),
        class_="wide",
        role="group",
        aria_label=caption,
        tabindex=0,
    )


def _breakable(cell: str) -> Child:
    """The cell; its line may break before an interval in brackets."""
    number, bracket, interval = cell.partition(" (")
    return [f"{number} ", tag("wbr"), f"({interval}"] if bracket else cell


def figure(drawing: Markup, caption: str, twin: Markup | None = None) -> Markup:
    """A drawing with its caption, and the same numbers as a table that can be opened."""
    folded = tag("details", tag("summary", "The same as numbers"), twin) if twin else None
    drawn = tag(
        "div",
        drawing,
        class_="drawing",
        role="group",
        aria_label="Drawing; on a narrow screen it scrolls sideways",
        tabindex=0,
    )
    return joined_markup(tag("figure", drawn, tag("figcaption", caption)), folded)


def device_words(device: str) -> str:
    """A device as people call it: "cpu" is the processor."""
    return "the processor (CPU)" if device == "cpu" else device


def tiny(value: float) -> str:
    """A very small number without a hyphen that a line could break at: 2.5 × 10⁻⁸."""
    if not value:
        return "0"
    digits, _, power = f"{value:.1e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits.removesuffix('.0')}\u00a0×\u00a010{raised}"
