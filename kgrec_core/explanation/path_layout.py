"""Where the boxes of a path drawing stand, so that few lines cross."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Lines", "column_heights"]

MAX_STRETCH = 2.5
N_SWEEPS = 4

Lines = dict[tuple[str, str, int], float]
"""Left box, right box and triple -> signed value of the line."""


def column_heights(column_of: dict[str, int], lines: Lines) -> dict[str, float]:
    """Rows that cross little: each column is sorted by the mean height of its neighbors.

    Args:
        column_of: column of each box, by key.
        lines: what joins the boxes.

    Returns:
        Vertical position of each box, by key; 1.0 = height of one row, 0 = middle.
    """
    columns = [
        [key for key, own in column_of.items() if own == column]
        for column in range(1 + max(column_of.values(), default=0))
    ]
    heights = {key: y for keys in columns for key, y in _spread(keys).items()}
    for sweep in range(N_SWEEPS):
        for keys in columns if sweep % 2 == 0 else reversed(columns):
            centers = {key: _center(key, lines, heights) for key in keys}
            heights.update(_spread(sorted(keys, key=lambda key: centers[key])))
    tallest = max((len(keys) for keys in columns), default=1)
    for keys in columns:  # a short column uses the free height: its lines and labels part
        stretch = min(tallest / max(len(keys), 1), MAX_STRETCH)
        heights.update({key: stretch * heights[key] for key in keys})
    return heights


def _spread(keys: Sequence[str]) -> dict[str, float]:
    """Heights one apart, centered on 0."""
    return {key: position - (len(keys) - 1) / 2 for position, key in enumerate(keys)}


def _center(key: str, lines: Lines, heights: dict[str, float]) -> float:
    """Mean height of the nodes that `key` is joined to, weighted by the size of the lines."""
    joined = [
        (heights[target if source == key else source], abs(value))
        for (source, target, _), value in lines.items()
        if key in (source, target)
    ]
    weight = sum(size for _, size in joined)
    if not weight:
        return heights[key]
    return sum(height * size for height, size in joined) / weight
