"""Curves with intervals over a few known places; each line has its own mark and dash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kgrec_core.report.canvas import FONT, WIDTH, Scale, canvas, label, text_width, ticks
from kgrec_core.report.markup import Markup, tag

__all__ = ["Curve", "line_chart"]

HEIGHT, TOP, BOTTOM, LEFT = 290.0, 12.0, 48.0, 52.0
MOST_LABEL = 210.0
DASHES = (None, "7 4", "2 4", "9 3 2 3", "4 2", "12 4", "1 3")
LINE = 16.0


@dataclass(frozen=True)
class Curve:
    """One line.

    Attributes:
        label: written at its end.
        points: (position of the place, value, low, high), left to right.
        is_main: drawn heavier.
    """

    label: str
    points: tuple[tuple[float, float, float, float], ...]
    is_main: bool = False


def line_chart(
    curves: Sequence[Curve],
    places: Sequence[tuple[float, str]],
    *,
    title: str,
    description: str,
    axis: str,
    tick: Callable[[float], str],
) -> Markup:
    """Lines over the places of the horizontal axis.

    Args:
        curves: at least one with a point.
        places: position and name of each mark of the horizontal axis.
        title: of the drawing.
        description: what is to be seen, in words.
        axis: title of the horizontal axis.
        tick: value of the vertical axis to text.
    """
    names = min(MOST_LABEL, max(text_width(curve.label) for curve in curves) + 24)
    right = WIDTH - names
    low = min(point[2] for curve in curves for point in curve.points)
    high = max(point[3] for curve in curves for point in curve.points)
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    y = Scale(low - room, high + room, HEIGHT - BOTTOM, TOP)
    ends = [place for place, _ in places]
    x = Scale(min(ends), max(ends), LEFT + 14, right - 14)
    grid = [
        [
            tag("line", x1=LEFT, x2=right, y1=y(value), y2=y(value), class_="grid"),
            label(LEFT - 8, y(value) + 4, tick(value), anchor="end", kind="muted", size=11.5),
        ]
        for value in ticks(y.low, y.high)
    ]
    marks = [
        label(x(place), HEIGHT - BOTTOM + 18, name, anchor="middle", kind="muted", size=11.5)
        for place, name in places
    ]
    foot = label((LEFT + right) / 2, HEIGHT - 6, axis, anchor="middle", kind="muted")
    drawn = [_curve(curve, number, x, y, len(curves)) for number, curve in enumerate(curves)]
    said = _names(curves, x, y, right)
    return canvas(title, description, HEIGHT, grid, marks, foot, drawn, said)


def _curve(curve: Curve, number: int, x: Scale, y: Scale, n_curves: int) -> Markup:
    shift = 3.0 * (number - (n_curves - 1) / 2)  # whiskers of one place stand side by side
    points = [(x(place) + shift, *map(y, values)) for place, *values in curve.points]
    line = " ".join(f"{px:.1f},{py:.1f}" for px, py, _, _ in points)
    whiskers = [
        tag("line", x1=px, x2=px, y1=low, y2=high, stroke_width=1.2)
        for px, _, low, high in points
        if low != high
    ]
    return tag(
        "g",
        tag("polyline", points=line, fill="none", stroke_dasharray=DASHES[number % len(DASHES)]),
        whiskers,
        [_mark(number, px, py) for px, py, _, _ in points],
        class_=f"curve s{number % 7}",
        stroke_width=2.6 if curve.is_main else 1.6,
    )


def _mark(number: int, x: float, y: float) -> Markup:
    """A circle, a square, a diamond or a triangle: lines differ without color too."""
    if number % 4 == 0:
        return tag("circle", cx=x, cy=y, r=4.0, class_="mark")
    if number % 4 == 1:
        return tag("rect", x=x - 3.6, y=y - 3.6, width=7.2, height=7.2, class_="mark")
    shapes = {2: ((0, -5), (5, 0), (0, 5), (-5, 0)), 3: ((0, -5), (4.8, 4), (-4.8, 4))}
    corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shapes[number % 4])
    return tag("polygon", points=corners, class_="mark")


def _names(curves: Sequence[Curve], x: Scale, y: Scale, right: float) -> list[list[Markup]]:
    """The names beside the last points, pushed apart where they would cover each other."""
    order = sorted(
        (number for number, curve in enumerate(curves) if curve.points),
        key=lambda number: y(curves[number].points[-1][1]),
    )
    heights: list[float] = []
    for number in order:
        wanted = y(curves[number].points[-1][1])
        heights.append(max(wanted, heights[-1] + LINE) if heights else wanted)
    over = max(0.0, (heights[-1] if heights else 0.0) - (HEIGHT - BOTTOM))
    found = []
    for number, height in zip(order, heights, strict=True):
        curve = curves[number]
        found.append(
            [
                tag("g", _mark(number, right + 6, height - over), class_=f"curve s{number % 7}"),
                label(
                    right + 16,
                    height - over + 4,
                    curve.label,
                    width=WIDTH - right - 16,
                    kind="strong" if curve.is_main else "",
                    size=FONT - 0.5,
                ),
            ]
        )
    return found
