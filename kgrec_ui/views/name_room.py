"""Room for the names in a drawing: how wide words are, and which of them would touch others."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kgrec_ui.views.drawing import Drawing, Line, Mark, Place

__all__ = [
    "LINE_WORDS",
    "LOUD_NAME",
    "NAME",
    "PLATE_PADDING",
    "SHAPE_REACH",
    "Box",
    "bounds_of",
    "course_of",
    "fitted_words",
    "mark_box",
    "name_box",
    "name_size",
    "plate_box",
    "without_touching",
    "words_place",
    "words_width",
]

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

NAME, LOUD_NAME, LINE_WORDS = 12.5, 17.0, 11.0
"""Letter sizes in pixels, before the scale of the drawing."""
BESIDE, BELOW = 7.0, 3.0
"""Pixels between a mark and its name."""
PLATE_PADDING = 6.0
"""Pixels between what lies on a plate and its edge."""
LETTER, WIDE_LETTER, LINE_HEIGHT = 0.5, 1.0, 1.25
"""In letter sizes: the mean width of Latin letters of the font, that of East Asian ones, a line."""
SHAPE_REACH = 1.25
"""Corners of triangles and squares reach further than their size says."""


def words_width(words: str, size: float) -> float:
    """About how many pixels wide words are, in letters of `size` pixels."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    return size * (LETTER * (len(words) - wide) + WIDE_LETTER * wide)


def fitted_words(words: str, width: float, size: float = NAME) -> str:
    """`words` on one line of at most `width` pixels, cut with an ellipsis; one letter at least."""
    flat = " ".join(words.split())
    if words_width(flat, size) <= width:
        return flat
    kept = len(flat) - 1
    while kept > 1 and words_width(flat[:kept] + "…", size) > width:
        kept -= 1
    return flat[:kept].rstrip() + "…"


def name_size(mark: Mark) -> float:
    """Letter size of a name, before the scale."""
    return LOUD_NAME if mark.is_center else NAME


def mark_box(mark: Mark) -> Box:
    """What a mark covers, its ring included."""
    reach = SHAPE_REACH * mark.size + mark.ring
    return mark.x - reach, mark.y - reach, mark.x + reach, mark.y + reach


def name_box(mark: Mark, scale: float) -> Box | None:
    """What the name of a mark covers; None without a name."""
    if not mark.shown_label:
        return None
    size = scale * name_size(mark)
    width, height = words_width(mark.shown_label, size), LINE_HEIGHT * size
    if mark.side in ("below", "above"):
        left, right = mark.x - width / 2, mark.x + width / 2
        if mark.side == "below":
            top = mark.y + mark.size + BELOW * scale
            return left, top, right, top + height
        bottom = mark_box(mark)[1] - BELOW * scale
        return left, bottom - height, right, bottom
    top = mark.y - height / 2
    away = mark.size + BESIDE * scale
    if mark.side == "left":
        return mark.x - away - width, top, mark.x - away, top + height
    return mark.x + away, top, mark.x + away + width, top + height


def plate_box(mark: Mark, scale: float) -> Box | None:
    """What a plate with mark and name covers; None where the name lies on no plate."""
    name = name_box(mark, scale) if mark.side == "plate" else None
    if name is None:
        return None
    left, top, _, bottom = mark_box(mark)
    padding = PLATE_PADDING * scale
    return (
        left - padding,
        min(top, name[1] - padding / 3),
        max(name[2] + padding, mark.x + mark.plate_reach),
        max(bottom, name[3] + padding / 3),
    )


def course_of(
    line: Line, marks: Mapping[int, Mark], scale: float
) -> tuple[tuple[Place, ...], float, float]:
    """Where a line begins, turns and ends, and how far marks reach into it at both ends.

    What goes to the right from a plate begins at its right edge, all else in the middle of a mark.
    """
    head, tail = marks[line.head_index], marks[line.tail_index]
    first = line.bends[0] if line.bends else (tail.x, tail.y)
    last = line.bends[-1] if line.bends else (head.x, head.y)
    (start, start_reach), (end, end_reach) = (
        _line_end(head, first, scale),
        _line_end(tail, last, scale),
    )
    return (start, *line.bends, end), start_reach, end_reach


def words_place(course: Sequence[Place]) -> Place:
    """Where the words of a line stand: in the middle of its first stretch."""
    (x1, y1), (x2, y2) = course[0], course[1]
    return (x1 + x2) / 2, (y1 + y2) / 2


def _line_end(mark: Mark, next_place: Place, scale: float) -> tuple[Place, float]:
    plate = plate_box(mark, scale)
    if plate is not None and next_place[0] > plate[2]:
        return (plate[2], mark.y), 0.0
    return (mark.x, mark.y), mark.size if plate is None else mark.x - plate[0]


def bounds_of(drawing: Drawing) -> Box:
    """The smallest box with all marks and their names; around 0 for an empty drawing."""
    boxes = [mark_box(mark) for mark in drawing.marks]
    boxes += [box for mark in drawing.marks if (box := name_box(mark, drawing.scale))]
    boxes += [box for mark in drawing.marks if (box := plate_box(mark, drawing.scale))]
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def without_touching(drawing: Drawing) -> Drawing:
    """The same drawing without the names and words that would lie on others.

    Names of the center and of large marks stay first; words on lines come last and the widest
    lines first. Whatever is left out is told when one points at it.
    """
    taken: list[Box] = []
    dropped: set[int] = set()
    for mark in sorted(drawing.marks, key=lambda mark: (not mark.is_center, -mark.size)):
        box = name_box(mark, drawing.scale)
        if box is None:
            continue
        if any(_touch(box, other) for other in taken):
            dropped.add(mark.entity_index)
        else:
            taken.append(box)
    marks = tuple(
        replace(mark, shown_label="") if mark.entity_index in dropped else mark
        for mark in drawing.marks
    )
    return replace(drawing, marks=marks, lines=_spoken_lines(drawing, taken))


def _spoken_lines(drawing: Drawing, taken: Sequence[Box]) -> tuple[Line, ...]:
    spoken = [line for line in drawing.lines if line.shown_label]
    if not spoken:
        return drawing.lines
    places = {mark.entity_index: mark for mark in drawing.marks}
    covered = [*taken, *(mark_box(mark) for mark in drawing.marks)]
    covered += [box for mark in drawing.marks if (box := plate_box(mark, drawing.scale))]
    silent: set[int] = set()
    for line in sorted(spoken, key=lambda line: -line.width):
        x, y = words_place(course_of(line, places, drawing.scale)[0])
        size = LINE_WORDS * drawing.scale
        width, height = words_width(line.shown_label, size), LINE_HEIGHT * size
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if any(_touch(box, other) for other in covered):
            silent.add(line.triple_index)
        else:
            covered.append(box)
    return tuple(
        replace(line, shown_label="") if line.triple_index in silent else line
        for line in drawing.lines
    )


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
