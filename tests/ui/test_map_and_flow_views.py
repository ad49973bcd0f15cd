"""The map and a user's view of the graph, without a page."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.embedding.projection import Plane
from kgrec_core.explanation.user_flow import UserFlow, user_flow
from kgrec_ui.plots.map_plot import draw_map
from kgrec_ui.theme import DARK, LIGHT, entity_color
from kgrec_ui.views.map_view import (
    BY_TYPE,
    MapView,
    group_choices,
    map_rows,
    map_table,
    map_view,
    telling_choice,
)
from kgrec_ui.views.user_flow_view import user_flow_view
from tests.ui.film_world import DRAMA, HEAT, INSIDER, MANN, film_graph, insider_explanation

GRAPH = film_graph()
ALL = np.arange(7, dtype=np.int64)
PLANE = Plane(np.arange(14, dtype=np.float64).reshape(7, 2), (0.2, 0.1), 64)


def film_map(group_by: str = BY_TYPE) -> MapView:
    return map_view(GRAPH, ALL, PLANE, group_by=group_by, n_total=7, n_left_out=0)


# map


def test_points_are_grouped_by_type_the_largest_group_first() -> None:
    view = film_map()
    assert [group.name for group in view.groups] == ["item (4)", "person (2)", "genre (1)"]
    assert [group.entity_type for group in view.groups] == ["item", "person", "genre"]


def test_points_are_grouped_by_what_a_relation_states_first() -> None:
    groups = {group.name: group.labels for group in film_map("in_genre").groups}
    assert groups["Drama (2)"] == ("Heat", "The Insider")
    assert len(groups["None stated (5)"]) == 5


def test_only_relations_with_several_tails_make_groups() -> None:
    assert group_choices(GRAPH, ALL) == [BY_TYPE, "directed_by"]
    assert group_choices(GRAPH, np.array([MANN, DRAMA])) == [BY_TYPE]


def test_items_are_grouped_by_the_relation_that_splits_them_best() -> None:
    assert telling_choice(GRAPH, np.arange(4)) == "directed_by"
    assert telling_choice(GRAPH, ALL) == BY_TYPE


def test_the_axes_are_judged_in_words() -> None:
    quality = film_map().quality
    assert quality.startswith("The two axes keep 30 % of the differences between vectors of 64")
    without = dataclasses.replace(PLANE, shares=None)
    view = map_view(GRAPH, ALL, without, group_by=BY_TYPE, n_total=7, n_left_out=0)
    assert "UMAP keeps neighbors together" in view.quality


def test_a_capped_map_says_how_many_of_how_many() -> None:
    rows = map_rows(GRAPH, ALL, 2)
    assert rows.tolist() == [INSIDER, MANN]  # three triples each
    plane = Plane(PLANE.points[rows], (0.2, 0.1), 64)
    view = map_view(GRAPH, ALL[rows], plane, group_by=BY_TYPE, n_total=7, n_left_out=3)
    assert view.sentence == "2 of 7 entities, best linked first. 3 have none."


def test_the_table_lists_all_points_or_the_chosen_ones() -> None:
    table, order = map_table(GRAPH, film_map(), [])
    assert sorted(order) == ALL.tolist()
    assert len(table) == 7
    table, order = map_table(GRAPH, film_map(), [HEAT])
    assert table["Entity"].tolist() == ["Heat"]
    assert order == (HEAT,)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_group_has_a_color_and_a_shape_of_its_own(palette) -> None:
    traces = draw_map(film_map(), palette).data
    assert len({trace.marker.symbol for trace in traces}) == len(traces)
    assert traces[1].marker.color == entity_color(palette, "person")
    assert list(traces[2].customdata) == [DRAMA]


def test_the_picked_point_is_named_and_markup_stays_text() -> None:
    graph = film_graph(("<b>Heat</b>", "The Insider", "Alien", "Blade Runner"))
    view = map_view(graph, ALL, PLANE, group_by=BY_TYPE, n_total=7, n_left_out=0)
    figure = draw_map(view, LIGHT, picked=HEAT)
    assert [note.text for note in figure.layout.annotations] == ["&lt;b&gt;Heat&lt;/b&gt;"]
    assert len(draw_map(view, LIGHT).layout.annotations) == 0


# a user's view


def flow() -> UserFlow:
    return user_flow([insider_explanation()])


def test_the_sums_of_the_list_are_told() -> None:
    view = user_flow_view(GRAPH, flow(), max_lines=40)
    numbers = {label: value for label, value, _ in view.headline}
    assert numbers["Sum of the scores"] == "+0.490"
    assert numbers["Knowledge graph"] == "+0.120"
    assert view.sentence == ("The graph gives +0.120 of +0.490 (24 %), along 2 paths to 1 item.")
    assert view.drawn == "All paths are drawn."
    assert "+0.120" in view.total


def test_marks_are_sized_and_named_by_what_they_carry() -> None:
    drawing = user_flow_view(GRAPH, flow(), max_lines=40).drawing
    assert drawing is not None
    size = {mark.entity_index: mark.size for mark in drawing.marks}
    assert size[HEAT] == size[INSIDER] > size[MANN] > size[DRAMA]
    names = {mark.entity_index: mark.shown_label for mark in drawing.marks}
    assert names[MANN] == "Michael Mann +0.0900"
    width = {line.triple_index: line.width for line in drawing.lines}
    assert width[0] == width[1] > width[4] == width[5]


def test_what_is_known_stands_left_and_what_is_recommended_right() -> None:
    drawing = user_flow_view(GRAPH, flow(), max_lines=40).drawing
    assert drawing is not None
    x = {mark.entity_index: mark.x for mark in drawing.marks}
    assert x[HEAT] < x[MANN] == x[DRAMA] < x[INSIDER]


def test_paths_are_drawn_whole_and_the_rest_is_counted() -> None:
    view = user_flow_view(GRAPH, flow(), max_lines=3)
    assert view.drawing is not None
    assert {line.triple_index for line in view.drawing.lines} == {0, 1}
    assert view.drawn == (
        "1 of 2 paths are drawn, strongest first; they carry 75 % of the strength and lead to "
        "1 of 1 item."
    )
    assert user_flow_view(GRAPH, flow(), max_lines=1).drawing is None


def test_the_tables_hold_all_entities_and_links_strongest_first() -> None:
    view = user_flow_view(GRAPH, flow(), max_lines=1)
    assert view.entities["Part of the scores"].tolist() == pytest.approx([0.12, 0.12, 0.09, 0.03])
    recommended = view.entities[view.entities["Role"] == "recommended"]
    assert recommended["Part of the scores"].sum() == pytest.approx(0.12)
    assert view.links["Part of the scores"].tolist() == pytest.approx([0.09, 0.09, 0.03, 0.03])
    assert all(words.startswith("films.csv, line ") for words in view.links["Stated in"])


def test_a_line_against_a_score_is_dashed_not_only_colored() -> None:
    explained = insider_explanation()
    cells = tuple(
        dataclasses.replace(
            cell, paths=tuple(dataclasses.replace(p, value=-p.value) for p in cell.paths)
        )
        for cell in explained.contributions
    )
    turned = user_flow([dataclasses.replace(explained, contributions=cells)])
    drawing = user_flow_view(GRAPH, turned, max_lines=40).drawing
    assert drawing is not None
    assert {line.tone for line in drawing.lines} == {"negative"}


def test_a_list_without_paths_is_told() -> None:
    explained = dataclasses.replace(insider_explanation(), contributions=())
    view = user_flow_view(GRAPH, user_flow([explained]), max_lines=40)
    assert view.drawing is None
    assert view.sentence.startswith("No path of the graph speaks for or against the 1 item")
