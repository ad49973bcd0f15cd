"""Means with intervals, one row each: for models, parts of a model, and groups of users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kgrec_core.report.canvas import WIDTH, Scale, canvas, label, text_width, ticks
from kgrec_core.report.markup import Markup, tag

__all__ = ["Dot", "dot_chart"]

ROW, TOP, BOTTOM = 27.0, 8.0, 44.0
MOST_LABEL = 250.0
GAP = 14.0


@dataclass(frozen=True)
class Dot:
    """One row.

    Attributes:
        label: name of the row.
        value: the mean.
        low: lower end of its interval; equal to `value` when there is none.
        high: upper end.
        text: the value as it is printed beside.
        tone: "main", "plain", "good", "bad" or "band" (only the interval is drawn).
    """

    label: str
    value: float
    low: float
    high: float
    text: str
    tone: str = "plain"


def dot_chart(
    rows: Sequence[Dot],
    *,
    title: str,
    description: str,
    axis: str,
    tick: Callable[[float], str],
    zero: bool = False,
) -> Markup:
    """Rows from top to bottom.

    Args:
        rows: at least one.
        title: of the drawing.
        description: what is to be seen, in words.
        axis: title of the axis.
        tick: value to text.
        zero: draw a line at 0 and keep it in view.
    """
    names = min(MOST_LABEL, max(text_width(row.label) for row in rows) + GAP)
    numbers = max(text_width(row.text) for row in rows) + GAP
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    scale = Scale(low - room, high + room, names, WIDTH - numbers)
    height = TOP + ROW * len(rows) + BOTTOM
    base = TOP + ROW * len(rows) + 4
    grid = [_tick(scale(value), base, tick(value)) for value in ticks(scale.low, scale.high)]
    line = [tag("line", x1=scale(0), x2=scale(0), y1=TOP, y2=base, class_="zero")] if zero else []
    drawn = [_row(row, TOP + ROW * (place + 0.5), scale, names) for place, row in enumerate(rows)]
    foot = label((names + WIDTH - numbers) / 2, height - 6, axis, anchor="middle", kind="muted")
    return canvas(title, description, height, grid, line, drawn, foot)


def _tick(x: float, base: float, words: str) -> list[Markup]:
    return [
        tag("line", x1=x, x2=x, y1=TOP, y2=base, class_="grid"),
        label(x, base + 15, words, anchor="middle", kind="muted", size=11.5),
    ]


def _row(row: Dot, y: float, scale: Scale, names: float) -> list[Markup]:
    kind = f"t-{row.tone}"
    whisker = tag(
        "line",
        x1=scale(row.low),
        x2=scale(row.high),
        y1=y,
        y2=y,
        class_=f"whisker {kind}",
        stroke_width=9.0 if row.tone == "band" else 2.2,
    )
    dot = tag("circle", cx=scale(row.value), cy=y, r=5.0, class_=f"dot {kind}")
    weight = "strong" if row.tone == "main" else ""
    return [
        label(names - GAP, y + 4.5, row.label, width=names - GAP, anchor="end", kind=weight),
        *([] if row.low == row.high else [whisker]),
        *([] if row.tone == "band" else [dot]),
        label(WIDTH, y + 4.5, row.text, anchor="end", kind=f"number {weight}".strip()),
    ]
