"""One model over the length of a history, and what such a curve does, in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["LengthCurve", "Point", "Shape", "lengths_with", "shape_of"]

Point = tuple[int, float, float, float]
"""Known items, value, low and high end of its spread."""
Shape = Literal["flat", "rises", "falls", "dips", "peaks", "wavers"]
NEAR = 1e-9


@dataclass(frozen=True)
class LengthCurve:
    """One model, its points by rising number of known items."""

    label: str
    points: tuple[Point, ...]
    is_main: bool


def shape_of(values: Sequence[float]) -> Shape:
    """What a curve does from its first to its last value.

    Returns:
        "flat" when all values are the same; "rises" or "falls" when no step goes the other way;
        "dips" when its lowest value lies below both ends and no value above both; "peaks" the
        other way round; "wavers" for everything else.
    """
    steps = [after - before for before, after in itertools.pairwise(values)]
    is_rising, is_falling = any(s > NEAR for s in steps), any(s < -NEAR for s in steps)
    if not is_rising and not is_falling:
        return "flat"
    if not is_falling:
        return "rises"
    if not is_rising:
        return "falls"
    ends = values[0], values[-1]
    has_low, has_high = min(values) < min(ends) - NEAR, max(values) > max(ends) + NEAR
    if has_low and not has_high:
        return "dips"
    return "peaks" if has_high and not has_low else "wavers"


def lengths_with(curve: LengthCurve, value: float) -> tuple[int, int]:
    """Smallest and largest length of the first neighboring points with a value that is there."""
    has_it = [abs(point[1] - value) <= NEAR for point in curve.points]
    first = next(place for place, is_there in enumerate(has_it) if is_there)
    last = first
    while last + 1 < len(has_it) and has_it[last + 1]:
        last += 1
    return curve.points[first][0], curve.points[last][0]
