"""Drawings that are read from left to right: entities in columns, so that few lines cross."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kgrec_ui.views.drawing import Place
from kgrec_ui.views.path_layout import Lines, column_heights

__all__ = ["layered_places"]

COLUMN_STEP = 330.0
ROW_STEP = 62.0


def layered_places(
    column_of: Mapping[int, int], lines: Iterable[tuple[int, int, float]]
) -> dict[int, Place]:
    """Places in pixels, by entity; columns from left to right, the middle row at 0.

    Args:
        column_of: column of each entity, from 0.
        lines: pairs of entities that are joined, and how much the line weighs.
    """
    columns = {str(index): column for index, column in column_of.items()}
    joined: Lines = {
        (str(start), str(end), place): weight for place, (start, end, weight) in enumerate(lines)
    }
    heights = column_heights(columns, joined)
    return {
        index: (column * COLUMN_STEP, heights[str(index)] * ROW_STEP)
        for index, column in column_of.items()
    }
