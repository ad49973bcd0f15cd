"""Outlines of marks and ends of lines, for pictures that are drawn without a browser."""

from __future__ import annotations

import math

from kgrec_ui.theme import Palette
from kgrec_ui.views.drawing import Drawing, Mark, Place, Tone
from kgrec_ui.views.name_room import SHAPE_REACH, bounds_of

__all__ = [
    "arrow_of",
    "badge_place",
    "outline",
    "picture_box",
    "ring_radius",
    "shortened_line",
    "tone_color",
]

MARGIN = 24.0
MIN_SIDE = 320.0
_CORNERS: dict[str, tuple[int, float, float]] = {
    # shape: corners, angle of the first one in turns (0 = right, 0.25 = down), size factor
    "square": (4, 0.125, 1.25),
    "triangle": (3, 0.75, 1.25),
    "triangleDown": (3, 0.25, 1.25),
    "diamond": (4, 0.25, 1.2),
    "hexagon": (6, 0.0, 1.1),
}
STAR_INNER, STAR_SIZE = 0.45, 1.3


def outline(shape: str, x: float, y: float, size: float) -> list[Place] | None:
    """Corners of a mark; None for a disk."""
    if shape == "star":
        radii = [STAR_SIZE * size * (1.0 if i % 2 == 0 else STAR_INNER) for i in range(10)]
        return [_spoke(x, y, radius, 0.75 + i / 10) for i, radius in enumerate(radii)]
    if shape not in _CORNERS:
        return None
    n, turn, factor = _CORNERS[shape]
    return [_spoke(x, y, factor * size, turn + i / n) for i in range(n)]


def shortened_line(
    start: Place, end: Place, start_size: float, end_size: float
) -> tuple[Place, Place] | None:
    """The visible part of a line between two marks; None when they touch."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if length <= start_size + end_size:
        return None
    ux, uy = dx / length, dy / length
    return (
        (start[0] + ux * start_size, start[1] + uy * start_size),
        (end[0] - ux * end_size, end[1] - uy * end_size),
    )


def arrow_of(start: Place, end: Place, size: float) -> list[Place]:
    """The three corners of an arrow head whose tip is `end`."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    sides = [angle + math.pi - 0.4, angle + math.pi + 0.4]
    return [end, *((end[0] + size * math.cos(a), end[1] + size * math.sin(a)) for a in sides)]


def picture_box(drawing: Drawing) -> tuple[float, float, float, float]:
    """Left, top, width and height that hold all marks and their names with a margin, in pixels."""
    low_x, low_y, high_x, high_y = bounds_of(drawing)
    margin = MARGIN * drawing.scale
    left, width = _side(low_x - margin, high_x + margin)
    top, height = _side(low_y - margin, high_y + margin)
    return left, top, width, height


def ring_radius(mark: Mark, scale: float) -> float:
    """Of the middle of the ring around a mark that carries something."""
    return SHAPE_REACH * mark.size + mark.ring / 2 + 2 * scale


def badge_place(mark: Mark, scale: float) -> Place:
    """Middle of the badge, at the upper right of a mark."""
    reach = 0.75 * ring_radius(mark, scale) + mark.ring / 2 + 5 * scale
    return mark.x + reach, mark.y - reach


def tone_color(palette: Palette, tone: Tone) -> str:
    """The color of a line; negative ones are dashed too."""
    colors = {
        "positive": palette.positive,
        "negative": palette.negative,
        "chosen": palette.accent,
    }
    return colors.get(tone, palette.muted)


def _side(low: float, high: float) -> tuple[float, float]:
    missing = max(MIN_SIDE - (high - low), 0.0)
    return low - missing / 2, high - low + missing


def _spoke(x: float, y: float, radius: float, turn: float) -> Place:
    return x + radius * math.cos(2 * math.pi * turn), y + radius * math.sin(2 * math.pi * turn)
