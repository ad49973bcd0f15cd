"""Drawings that are read from left to right: entities in columns, so that few lines cross.

Names of the first column stand left of their marks and those of the last one right of them. In
between, mark and name lie together on a plate: lines from the left end at its mark, lines to the
right begin at its right edge, so that no line runs through a name. All plates of a column are
equally wide. A line that skips columns is
bent where it passes them and keeps a row free there. A long column makes the drawing higher,
never its rows lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kgrec_core.explanation.path_layout import Lines, Rows, column_rows
from kgrec_ui.views.drawing import Drawing, Line, Mark, Place, Side
from kgrec_ui.views.name_room import (
    PLATE_PADDING,
    bounds_of,
    fitted_words,
    name_size,
    plate_box,
    words_width,
)

__all__ = ["MAX_MARK", "drawing_height", "in_columns"]

WIDTH = 840.0
"""Pixels of the drawing with its names; as wide as the page at 1280 pixels lets it be."""
OUTER_NAME, NARROW_OUTER_NAME = 190.0, 120.0
"""Most pixels for a name of the first or last column; the second one beyond three columns."""
INNER_NAME = (70.0, 190.0)
"""Least and most pixels for a name on a plate."""
GAP = (66.0, 230.0)
"""Least and most pixels between a plate and the marks of the next column."""
OUTER_ROW, INNER_ROW = 32.0, 40.0
MAX_MARK = 13.0
"""Largest radius of a mark; a larger one would reach into the next row."""
MAX_STRETCH = 2.5
"""A short column uses the free height, up to so many times its own rows."""
MARGINS, HEIGHTS = 66.0, (300, 5000)
"""Pixels above and below, the buttons of the drawing included; least and most height."""
BESIDE_MARK = 12.0
"""Pixels between the middle of a mark and its name, beside the mark's own radius, about."""


def in_columns(
    drawing: Drawing, column_of: Mapping[int, int], endings: Mapping[int, str] | None = None
) -> Drawing:
    """The same drawing with its marks in columns, and names where no line runs.

    Args:
        drawing: at whatever places.
        column_of: column of each entity, from 0.
        endings: by entity, what is kept whole behind its name, such as a number.
    """
    told = endings or {}
    n_columns = 1 + max(column_of.values(), default=0)
    room = _room(drawing, column_of, n_columns, told)
    named = [
        _named(mark, column_of[mark.entity_index], room, told.get(mark.entity_index, ""))
        for mark in drawing.marks
    ]
    lefts, rights = _across(named, column_of, n_columns)
    rows = _rows(drawing.lines, column_of)
    heights = _heights(rows, n_columns)
    marks = tuple(
        replace(
            mark,
            x=lefts[column],
            y=heights[str(mark.entity_index)],
            plate_reach=rights[column] - lefts[column],
        )
        for mark in named
        for column in (column_of[mark.entity_index],)
    )
    lines = tuple(
        replace(line, bends=_bends(line, rows, heights, lefts, rights)) for line in drawing.lines
    )
    return replace(drawing, marks=marks, lines=lines)


def drawing_height(drawing: Drawing) -> int:
    """Pixels that show the whole drawing without shrinking it."""
    _, top, _, bottom = bounds_of(drawing)
    needed = (bottom - top) / drawing.scale + MARGINS
    return round(min(max(needed, HEIGHTS[0]), HEIGHTS[1]))


# across


def _room(
    drawing: Drawing, column_of: Mapping[int, int], n_columns: int, endings: Mapping[int, str]
) -> list[float]:
    """Pixels that a name of each column may take."""
    outer = OUTER_NAME if n_columns <= 3 else NARROW_OUTER_NAME
    wanted = [0.0] * n_columns
    for mark in drawing.marks:
        words = f"{mark.label} {endings.get(mark.entity_index, '')}".rstrip()
        column = column_of[mark.entity_index]
        wanted[column] = max(wanted[column], words_width(words, name_size(mark)))
    ends = min(wanted[0], outer) + (min(wanted[-1], outer) if n_columns > 1 else 0.0)
    least, most = INNER_NAME
    inner = least
    if n_columns > 2:
        free = WIDTH - ends - (n_columns - 1) * (GAP[0] + MAX_MARK)
        beside = MAX_MARK + BESIDE_MARK + 2 * PLATE_PADDING
        inner = min(max(free / (n_columns - 2) - beside, least), most)
    return [
        min(width, outer if column in (0, n_columns - 1) else inner)
        for column, width in enumerate(wanted)
    ]


def _named(mark: Mark, column: int, room: Sequence[float], ending: str) -> Mark:
    side: Side = "plate"
    if column == 0:
        side = "left"
    elif column == len(room) - 1:
        side = "right"
    after = f" {ending}" if ending else ""
    size = name_size(mark)
    words = fitted_words(mark.label, room[column] - words_width(after, size), size) + after
    return replace(mark, side=side, shown_label=words, x=0.0, y=0.0)


def _across(
    marks: Sequence[Mark], column_of: Mapping[int, int], n_columns: int
) -> tuple[list[float], list[float]]:
    """Where the marks of each column stand, and how far to the right its plates reach."""
    reach = [MAX_MARK] * n_columns
    for mark in marks:
        box = plate_box(mark, 1.0)
        if box is not None:
            column = column_of[mark.entity_index]
            reach[column] = max(reach[column], box[2])
    ends = [
        max((words_width(m.shown_label, name_size(m)) for m in marks if m.side == side), default=0)
        for side in ("left", "right")
    ]
    free = WIDTH - sum(ends) - 2 * BESIDE_MARK - sum(reach)
    gap = min(max(free / max(n_columns - 1, 1), GAP[0]), GAP[1])
    lefts = [0.0]
    for column in range(1, n_columns):
        lefts.append(lefts[-1] + reach[column - 1] + gap)
    return lefts, [left + own for left, own in zip(lefts, reach, strict=True)]


# down


def _rows(lines: Sequence[Line], column_of: Mapping[int, int]) -> Rows:
    columns = {str(index): column for index, column in column_of.items()}
    joined: Lines = {}
    for line in lines:
        joined[(*_left_first(line, columns), line.triple_index)] = line.width
    return column_rows(columns, joined)


def _heights(rows: Rows, n_columns: int) -> dict[str, float]:
    """In pixels; of marks and of lines that pass a column."""
    members: list[list[str]] = [[] for _ in range(n_columns)]
    for key in sorted(rows.heights, key=rows.heights.__getitem__):
        members[rows.column_of[key]].append(key)
    steps = [OUTER_ROW if place in (0, n_columns - 1) else INNER_ROW for place in range(n_columns)]
    tallest = max(len(own) * step for own, step in zip(members, steps, strict=True))
    return {
        key: (position - (len(own) - 1) / 2) * min(tallest / max(len(own), 1), MAX_STRETCH * step)
        for own, step in zip(members, steps, strict=True)
        for position, key in enumerate(own)
    }


def _bends(
    line: Line,
    rows: Rows,
    heights: Mapping[str, float],
    lefts: Sequence[float],
    rights: Sequence[float],
) -> tuple[Place, ...]:
    """Level across each column that the line passes; from its head to its tail."""
    ends = _left_first(line, rows.column_of)
    found: list[Place] = []
    for key in rows.passes[ends]:
        column = rows.column_of[key]
        found += [(lefts[column] - MAX_MARK, heights[key]), (rights[column], heights[key])]
    return tuple(found if ends[0] == str(line.head_index) else reversed(found))


def _left_first(line: Line, column_of: Mapping[str, int]) -> tuple[str, str]:
    ends = str(line.head_index), str(line.tail_index)
    return ends if column_of[ends[0]] <= column_of[ends[1]] else (ends[1], ends[0])
