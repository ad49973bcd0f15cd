"""Drawings that are read from left to right: entities in columns, so that few lines cross.

Names of the first column stand left of their marks and those of the last one right of them, so
that these rows may be low; in between names stand below, and rows are higher. A long column makes
the drawing higher, never its rows lower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kgrec_ui.views.drawing import Drawing, Mark, Place, Side
from kgrec_ui.views.name_room import bounds_of, fitted_words, name_size, words_width
from kgrec_ui.views.path_layout import Lines, column_heights

__all__ = ["MAX_MARK", "Columns", "columns_of", "drawing_height", "in_columns"]

WIDTH = 820.0
"""Pixels of the drawing with its names; as wide as the page at 1280 pixels lets it be."""
NAME_WIDTH = 190.0
"""Pixels for a name of the first or last column."""
MIN_STEP = 140.0
OUTER_ROW, INNER_ROW = 30.0, 54.0
MAX_MARK = 13.0
"""Largest radius of a mark; a larger one would reach into the next row."""
MAX_STRETCH = 2.5
"""A short column uses the free height, up to so many times its own rows."""
MARGIN, HEIGHTS = 22.0, (300, 5000)


@dataclass(frozen=True)
class Columns:
    """Where the entities of a drawing stand.

    Attributes:
        places: by entity, in pixels; the middle row at 0.
        column_of: column of each entity, from 0.
        n_columns: how many there are.
        step: pixels from one column to the next.
    """

    places: Mapping[int, Place]
    column_of: Mapping[int, int]
    n_columns: int
    step: float

    def side(self, entity_index: int) -> Side:
        """Where the name of an entity stands."""
        column = self.column_of[entity_index]
        if column == 0:
            return "left"
        return "right" if column == self.n_columns - 1 else "below"

    def room(self, entity_index: int) -> float:
        """Pixels that the name of an entity may take."""
        return self.step - 12.0 if self.side(entity_index) == "below" else NAME_WIDTH


def columns_of(column_of: Mapping[int, int], lines: Iterable[tuple[int, int, float]]) -> Columns:
    """Place entities in columns.

    Args:
        column_of: column of each entity, from 0.
        lines: pairs of entities that are joined, and how much the line weighs.
    """
    columns = {str(index): column for index, column in column_of.items()}
    joined: Lines = {
        (str(start), str(end), place): weight for place, (start, end, weight) in enumerate(lines)
    }
    heights = column_heights(columns, joined)
    n_columns = 1 + max(column_of.values(), default=0)
    step = max((WIDTH - 2 * (NAME_WIDTH + MAX_MARK)) / max(n_columns - 1, 1), MIN_STEP)
    members = [
        sorted((i for i in column_of if column_of[i] == column), key=lambda i: heights[str(i)])
        for column in range(n_columns)
    ]
    rows = [OUTER_ROW if column in (0, n_columns - 1) else INNER_ROW for column in range(n_columns)]
    tallest = max(len(own) * row for own, row in zip(members, rows, strict=True))
    places = {
        index: (column * step, (position - (len(own) - 1) / 2) * _gap(tallest, len(own), row))
        for column, (own, row) in enumerate(zip(members, rows, strict=True))
        for position, index in enumerate(own)
    }
    return Columns(places, dict(column_of), n_columns, step)


def in_columns(
    drawing: Drawing, columns: Columns, endings: Mapping[int, str] | None = None
) -> Drawing:
    """The same drawing with names beside the outer columns, cut to the room that there is.

    Args:
        drawing: placed by `columns`.
        columns: where everything stands.
        endings: by entity, what is kept whole behind its name, such as a number.
    """
    told = endings or {}
    marks = tuple(_named(mark, columns, told.get(mark.entity_index, "")) for mark in drawing.marks)
    return replace(drawing, marks=marks)


def drawing_height(drawing: Drawing) -> int:
    """Pixels that show the whole drawing without shrinking it."""
    _, top, _, bottom = bounds_of(drawing)
    needed = (bottom - top) / drawing.scale + 2 * MARGIN
    return round(min(max(needed, HEIGHTS[0]), HEIGHTS[1]))


def _gap(tallest: float, n: int, row: float) -> float:
    return min(tallest / max(n, 1), MAX_STRETCH * row)


def _named(mark: Mark, columns: Columns, ending: str) -> Mark:
    after = f" {ending}" if ending else ""
    size = name_size(mark)
    room = columns.room(mark.entity_index) - words_width(after, size)
    words = fitted_words(mark.label, room, size) + after
    return replace(mark, side=columns.side(mark.entity_index), shown_label=words)
