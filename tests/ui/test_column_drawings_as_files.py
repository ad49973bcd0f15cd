"""Drawings in columns as SVG and PNG: plates and bends are there as on the page."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
from PIL import Image

from kgrec_ui.plots.graph_png import graph_png
from kgrec_ui.plots.graph_shapes import badge_place, visible_course
from kgrec_ui.plots.graph_svg import graph_svg
from kgrec_ui.theme import palette_of
from kgrec_ui.views.drawing import NOWHERE, Drawing, Line, Mark, drawing_of
from kgrec_ui.views.layers import in_columns
from kgrec_ui.views.name_room import plate_box
from tests.graph_samples import graph_of

LIGHT = palette_of("light")


def mark(index: int, x: float, y: float, **more: object) -> Mark:
    return Mark(index, str(index), "Heat", "Heat", "item", "Heat", x, y, 8.0, **more)


def skipping() -> Drawing:
    """a - m - b, and a line from a to b that passes m."""
    graph = graph_of([("a", "r", "m"), ("m", "r", "b"), ("a", "r", "b")])
    column_of = {graph.entities.index_of(key): column for column, key in enumerate("amb")}
    places = dict.fromkeys(column_of, NOWHERE)
    return in_columns(
        drawing_of(graph, list(column_of), np.arange(3), places, scale=1.0), column_of
    )


def test_the_svg_has_a_plate_per_entity_between_and_a_bent_line() -> None:
    svg = graph_svg(skipping(), LIGHT)
    assert svg.count(' rx="5.0"') == 1
    points = [line.split() for line in re.findall(r'<polyline points="([^"]*)"', svg)]
    assert sorted(len(line) for line in points) == [2, 2, 4]


def test_the_png_shows_the_edge_of_a_plate() -> None:
    drawing = Drawing((mark(0, 0, 0, side="plate"),), ())
    bare = Drawing((mark(0, 0, 0, side="right"),), ())
    edge = tuple(int(LIGHT.grid[i : i + 2], 16) for i in (1, 3, 5))

    def n_edge(one: Drawing) -> int:
        picture = Image.open(BytesIO(graph_png(one, LIGHT))).convert("RGB")
        return sum(n for n, color in picture.getcolors(1 << 24) or [] if color == edge)

    assert n_edge(drawing) > n_edge(bare) == 0


def test_a_line_from_the_left_ends_where_the_plate_begins() -> None:
    marks = {0: mark(0, 300, 0, side="plate"), 1: mark(1, 0, 0)}
    course = visible_course(Line(0, 1, 0, "r", "", ""), marks, 1.0)
    plate = plate_box(marks[0], 1.0)
    assert course is not None
    assert plate is not None
    assert course[0] == (8.0, 0.0)
    assert course[-1] == (plate[0] - 2.0, 0.0)


def test_a_badge_makes_room_for_a_name_above() -> None:
    above, below = mark(0, 0, 0, side="above"), mark(0, 0, 0)
    assert badge_place(above, 1.0)[1] == -badge_place(below, 1.0)[1] > 0
