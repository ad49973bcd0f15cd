"""Outlines of marks and ends of lines, for pictures that are drawn without a browser."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kgrec_ui.theme import Palette
from kgrec_ui.views.drawing import Drawing, Line, Mark, Place, Tone
from kgrec_ui.views.name_room import SHAPE_REACH, bounds_of, course_of

__all__ = [
    "arrow_of",
    "badge_place",
    "outline",
    "picture_box",
    "ring_radius",
    "tone_color",
    "visible_course",
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


def visible_course(line: Line, marks: Mapping[int, Mark], scale: float) -> tuple[Place, ...] | None:
    """What is seen of a line between its two marks, bends included; None when they touch."""
    (start, *bends, end), start_reach, end_reach = course_of(line, marks, scale)
    end_reach += 2 * scale
    if not bends and math.dist(start, end) <= start_reach + end_reach:
        return None
    return (
        _towards(start, (*bends, end)[0], start_reach),
        *bends,
        _towards(end, (start, *bends)[-1], end_reach),
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
    """Middle of the badge, at the upper right of a mark, or at the lower one below its name."""
    reach = 0.75 * ring_radius(mark, scale) + mark.ring / 2 + 5 * scale
    return mark.x + reach, mark.y + (reach if mark.side == "above" else -reach)


def tone_color(palette: Palette, tone: Tone) -> str:
    """The color of a line; negative ones are dashed too."""
    colors = {
        "positive": palette.positive,
        "negative": palette.negative,
        "chosen": palette.accent,
    }
    return colors.get(tone, palette.muted)


def _towards(start: Place, end: Place, way: float) -> Place:
    length = math.dist(start, end) or 1.0
    return (
        start[0] + (end[0] - start[0]) * way / length,
        start[1] + (end[1] - start[1]) * way / length,
    )


def _side(low: float, high: float) -> tuple[float, float]:
    missing = max(MIN_SIDE - (high - low), 0.0)
    return low - missing / 2, high - low + missing


def _spoke(x: float, y: float, radius: float, turn: float) -> Place:
    return x + radius * math.cos(2 * math.pi * turn), y + radius * math.sin(2 * math.pi * turn)
