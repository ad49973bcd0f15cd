"""Columns and names: nothing in a drawing that is read from left to right lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.graph.links import links_of
from kgrec_core.graph.paths import find_paths
from kgrec_ui.views.drawing import NOWHERE, Drawing, Line, Mark, Place, drawing_of
from kgrec_ui.views.layers import drawing_height, in_columns
from kgrec_ui.views.name_room import (
    Box,
    bounds_of,
    course_of,
    fitted_words,
    mark_box,
    name_box,
    plate_box,
    without_touching,
    words_width,
)
from kgrec_ui.views.route_view import MAX_ROWS, route_view, with_path
from tests.graph_samples import graph_of

LONG = "A very long name that goes on and on and never comes to an end " * 2


def touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def names(drawing: Drawing) -> list[Box]:
    return [box for mark in drawing.marks if (box := name_box(mark, drawing.scale))]


def mark(index: int, x: float, y: float, name: str, **more: object) -> Mark:
    return Mark(index, str(index), name, name, "item", name, x, y, 8.0, **more)


def fan(n_left: int, n_middle: int, n_right: int) -> Drawing:
    """Everything on the left joined to everything between, and that to everything on the right."""
    triples = [
        (f"l{a} {LONG}", "r", f"m{b} {LONG}") for a in range(n_left) for b in range(n_middle)
    ]
    triples += [
        (f"m{b} {LONG}", "r", f"r{c} {LONG}") for b in range(n_middle) for c in range(n_right)
    ]
    graph = graph_of(triples)
    column_of = {i: "lmr".index(graph.entity_labels[i][0]) for i in range(graph.n_entities)}
    members = list(column_of)
    places = dict.fromkeys(members, NOWHERE)
    drawn = drawing_of(graph, members, np.arange(graph.n_triples), places, scale=1.0)
    return in_columns(drawn, column_of, dict.fromkeys(members, "+0.1234"))


@pytest.mark.parametrize("sizes", [(1, 1, 1), (40, 3, 2), (2, 25, 2), (5, 1, 60)])
def test_no_name_of_a_long_column_lies_on_another_name_or_mark(sizes) -> None:
    drawing = fan(*sizes)
    boxes = names(drawing)
    assert len(boxes) == sum(sizes)
    assert [pair for pair in combinations(boxes, 2) if touch(*pair)] == []
    own = {mark.entity_index: name_box(mark, 1.0) for mark in drawing.marks}
    for one in drawing.marks:
        others = [box for index, box in own.items() if index != one.entity_index and box]
        assert [box for box in others if touch(mark_box(one), box)] == []


def test_a_longer_column_makes_the_drawing_higher() -> None:
    assert drawing_height(fan(60, 2, 2)) > drawing_height(fan(30, 2, 2)) > 600


def test_names_are_cut_and_what_stands_behind_them_is_not() -> None:
    shown = [mark.shown_label for mark in fan(2, 1, 1).marks]
    assert all(label.endswith("… +0.1234") for label in shown)


def test_outer_names_stand_beside_their_marks_and_inner_ones_lie_on_plates() -> None:
    side = {mark.label[0]: mark.side for mark in fan(2, 2, 2).marks}
    assert side == {"l": "left", "m": "plate", "r": "right"}


def crosses(course: Sequence[Place], box: Box) -> bool:
    """Whether a point of the course, on a fine grid, lies inside of the box."""
    for (x1, y1), (x2, y2) in pairwise(course):
        for step in range(201):
            x, y = x1 + (x2 - x1) * step / 200, y1 + (y2 - y1) * step / 200
            if box[0] < x < box[2] and box[1] < y < box[3]:
                return True
    return False


@pytest.mark.parametrize("sizes", [(8, 12, 8), (2, 25, 2), (20, 5, 20)])
def test_no_line_runs_through_a_name(sizes) -> None:
    drawing = fan(*sizes)
    marks = {mark.entity_index: mark for mark in drawing.marks}
    courses = [course_of(line, marks, 1.0)[0] for line in drawing.lines]
    assert [box for box in names(drawing) if any(crosses(c, box) for c in courses)] == []


def test_lines_to_the_right_begin_at_the_edge_of_a_plate_and_those_to_the_left_at_its_mark() -> (
    None
):
    on_plate = mark(0, 0, 0, "Heat", side="plate")
    marks = {0: on_plate, 1: mark(1, 300, 50, "Alien"), 2: mark(2, -300, 50, "Ali")}
    plate = plate_box(on_plate, 1.0)
    assert plate is not None
    assert course_of(Line(0, 0, 1, "r", "", ""), marks, 1.0)[0] == ((plate[2], 0), (300, 50))
    assert course_of(Line(1, 2, 0, "r", "", ""), marks, 1.0)[0] == ((-300, 50), (0, 0))


def test_a_line_that_skips_a_column_passes_it_in_a_row_of_its_own() -> None:
    graph = graph_of([("a", "r", "m"), ("m", "r", "b"), ("a", "r", "b")])
    column_of = {graph.entities.index_of(key): column for column, key in enumerate("amb")}
    places = dict.fromkeys(column_of, NOWHERE)
    drawn = drawing_of(graph, list(column_of), np.arange(3), places, scale=1.0)
    drawing = in_columns(drawn, column_of)
    marks = {mark.entity_index: mark for mark in drawing.marks}
    bends = [line.bends for line in drawing.lines if line.bends]
    assert len(bends) == 1
    (left, y), (right, same_y) = bends[0]
    between = marks[graph.entities.index_of("m")]
    plate = plate_box(between, 1.0)
    assert plate is not None
    assert y == same_y
    assert not plate[1] < y < plate[3]
    assert left < between.x < right


def test_bends_of_a_line_that_is_stated_from_right_to_left_begin_at_the_right() -> None:
    graph = graph_of([("a", "r", "m"), ("m", "r", "b"), ("b", "r", "a")])
    column_of = {graph.entities.index_of(key): column for column, key in enumerate("amb")}
    places = dict.fromkeys(column_of, NOWHERE)
    drawn = drawing_of(graph, list(column_of), np.arange(3), places, scale=1.0)
    (first, second) = next(line.bends for line in in_columns(drawn, column_of).lines if line.bends)
    assert first[0] > second[0]


def test_three_columns_of_long_names_fit_the_narrow_page() -> None:
    left, _, right, _ = bounds_of(fan(5, 5, 5))
    assert right - left <= 840


# names


@given(st.text(min_size=1), st.floats(20, 400))
def test_fitted_words_need_no_more_room_than_there_is(words: str, width: float) -> None:
    fitted = fitted_words(words, width)
    assert words_width(fitted, 12.5) <= max(width, words_width("W…", 12.5) * 2)


def test_east_asian_letters_are_counted_as_twice_as_wide() -> None:
    assert words_width("映画", 10) == 2 * words_width("ab", 10)


def test_of_two_names_that_touch_the_larger_mark_keeps_its_own() -> None:
    large, small = mark(0, 0, 0, "Heat"), mark(1, 10, 2, "Alien")
    drawing = Drawing((small, large.__class__(**{**large.__dict__, "size": 9.0})), ())
    shown = {m.entity_index: m.shown_label for m in without_touching(drawing).marks}
    assert shown == {0: "Heat", 1: ""}


def test_the_center_keeps_its_name_before_all_others() -> None:
    drawing = Drawing((mark(0, 0, 0, "Heat"), mark(1, 10, 2, "Alien", is_center=True)), ())
    shown = {m.entity_index: m.shown_label for m in without_touching(drawing).marks}
    assert shown == {0: "", 1: "Alien"}


def test_words_on_a_line_give_way_to_names() -> None:
    marks = (mark(0, -100, 0, "a"), mark(1, 100, 0, "b"), mark(2, 0, -18, "between"))
    lines = (Line(0, 0, 1, "made by", "made by", ""),)
    assert without_touching(Drawing(marks, lines)).lines[0].shown_label == ""
    assert without_touching(Drawing(marks[:2], lines)).lines[0].shown_label == "made by"


# many paths


def many_paths(n: int):
    """`n` ways of two steps, and the view of the search for them."""
    graph = graph_of([t for i in range(n) for t in (("a", "r", f"m{i}"), (f"m{i}", "r", "b"))])
    ends = graph.entities.index_of("a"), graph.entities.index_of("b")
    found = find_paths(links_of(graph), *ends, max_hops=2, max_paths=100)
    view = route_view(graph, found, *ends, n_hops_apart=2, shortest_first=True)
    return graph, found, view


def test_only_as_many_paths_are_drawn_as_have_room_and_the_rest_is_counted() -> None:
    _, found, view = many_paths(60)
    assert len(found.paths) == len(view.paths) == 60
    assert len(view.drawn) == MAX_ROWS
    assert view.drawn_sentence == f"Drawn are the first {MAX_ROWS} paths; the table lists all 60."
    assert many_paths(5)[2].drawn_sentence == ""


def test_a_chosen_path_without_room_is_drawn_beside_the_others() -> None:
    graph, found, view = many_paths(60)
    drawing = with_path(graph, view, found.paths[50])
    assert drawing is not None
    wide = {line.triple_index for line in drawing.lines if line.tone == "chosen"}
    assert wide == set(found.paths[50].triple_indices)
    assert len(drawing.marks) == 2 + MAX_ROWS + 1


def test_words_on_a_link_are_shortened_and_told_in_full_when_pointed_at() -> None:
    graph = graph_of([("a", LONG.replace(" ", "_"), "b")])
    line = drawing_of(graph, [0, 1], np.array([0]), {0: (0.0, 0.0), 1: (400.0, 0.0)}).lines[0]
    assert line.shown_label == "A very long name that g…"
    assert line.relation == LONG.strip()
    assert LONG.strip() in line.title
