"""Counts as columns: choices per user, choices per month."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kgrec_core.report.canvas import WIDTH, Scale, canvas, label, text_width, ticks
from kgrec_core.report.markup import Markup, tag

__all__ = ["column_chart"]

HEIGHT, TOP, BOTTOM, LEFT = 200.0, 12.0, 46.0, 52.0


def column_chart(
    columns: Sequence[tuple[str, float]],
    *,
    title: str,
    description: str,
    axis: str,
    tick: Callable[[float], str],
) -> Markup:
    """One column per (name, count); names that would touch are left out."""
    top = max((count for _, count in columns), default=0.0) or 1.0
    y = Scale(0.0, top * 1.05, HEIGHT - BOTTOM, TOP)
    step = (WIDTH - LEFT) / max(1, len(columns))
    base = HEIGHT - BOTTOM
    grid = [
        [
            tag("line", x1=LEFT, x2=WIDTH, y1=y(value), y2=y(value), class_="grid"),
            label(LEFT - 8, y(value) + 4, tick(value), anchor="end", kind="muted", size=11.5),
        ]
        for value in ticks(0.0, y.high, 5)
    ]
    widest = max((text_width(name, 11.5) for name, _ in columns), default=0.0) + 10
    every = max(1, -int(-widest // step))
    bars = [
        [
            tag(
                "rect",
                tag("title", f"{name}: {tick(count)}"),
                x=LEFT + step * (place + 0.1),
                y=y(count),
                width=step * 0.8,
                height=base - y(count),
                class_="column",
            ),
            _name(LEFT + step * (place + 0.5), base + 17, name) if place % every == 0 else None,
        ]
        for place, (name, count) in enumerate(columns)
    ]
    foot = label((LEFT + WIDTH) / 2, HEIGHT - 6, axis, anchor="middle", kind="muted")
    return canvas(title, description, HEIGHT, grid, bars, foot)


def _name(x: float, y: float, words: str) -> Markup:
    half = text_width(words, 11.5) / 2
    at = min(x, WIDTH - half)
    return label(at, y, words, anchor="middle", kind="muted", size=11.5)
