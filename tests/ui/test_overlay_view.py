"""One user's contributions as a layer on an exploration, without a page."""

from __future__ import annotations

import dataclasses
from io import StringIO

import networkx as nx
import pandas as pd
import pytest

from kgrec_core.explanation.user_flow import UserFlow, user_flow
from kgrec_core.graph.exploring import Exploration, explore
from kgrec_core.graph.links import links_of
from kgrec_ui.graph_canvas import canvas_data
from kgrec_ui.plots.graph_png import graph_png
from kgrec_ui.plots.graph_svg import graph_svg
from kgrec_ui.theme import DARK, LIGHT
from kgrec_ui.views.drawing_files import drawing_graphml, edges_csv, nodes_csv
from kgrec_ui.views.exploration_view import ExplorationView, exploration_view
from kgrec_ui.views.overlay_view import Overlay, carried_words, overlay_of
from kgrec_ui.views.placing import first_places
from tests.ui.film_world import ALIEN, DRAMA, HEAT, INSIDER, MANN, film_graph, insider_explanation

GRAPH = film_graph()
LINKS = links_of(GRAPH)
# The explanation of The Insider has two paths from Heat: by way of Michael Mann +0.09 (triples 0
# and 1) and by way of Drama +0.03 (triples 4 and 5).
FLOW = user_flow([insider_explanation()])


def seen(asked: Exploration) -> ExplorationView:
    found = explore(LINKS, asked)
    members = found.entity_indices.tolist()
    places = first_places(members, GRAPH.triples[found.triple_indices])
    return exploration_view(GRAPH, asked, found, places)


def overlay(center: int, flow: UserFlow = FLOW, **asked: int) -> Overlay:
    return overlay_of(GRAPH, seen(Exploration(center, **asked)), flow, user="Ada")


def turned() -> UserFlow:
    """The same explanation with both paths against the item."""
    explained = insider_explanation()
    cells = tuple(
        dataclasses.replace(
            cell, paths=tuple(dataclasses.replace(p, value=-p.value) for p in cell.paths)
        )
        for cell in explained.contributions
    )
    return user_flow([dataclasses.replace(explained, contributions=cells)])


def test_the_drawing_keeps_its_entities_links_and_places() -> None:
    plain, layer = seen(Exploration(HEAT)).drawing, overlay(HEAT).drawing
    assert [(m.entity_index, m.x, m.y) for m in layer.marks] == [
        (m.entity_index, m.x, m.y) for m in plain.marks
    ]
    assert [line.triple_index for line in layer.lines] == [
        line.triple_index for line in plain.lines
    ]


def test_the_more_an_entity_carries_the_wider_its_ring() -> None:
    ring = {m.entity_index: m.ring for m in overlay(HEAT).drawing.marks}
    assert ring[HEAT] > ring[MANN] > ring[DRAMA] > 0


def test_what_carries_nothing_is_dim_and_has_neither_ring_nor_badge() -> None:
    marks = {m.entity_index: m for m in overlay(ALIEN).drawing.marks}
    assert all(mark.is_dim and not mark.ring and not mark.badge for mark in marks.values())
    assert marks[ALIEN].carried is None


def test_badges_tell_rank_what_is_known_and_what_lies_between_without_color() -> None:
    badge = {m.entity_index: m.badge for m in overlay(HEAT, n_hops=2).drawing.marks}
    assert badge == {INSIDER: "#1", HEAT: "known", MANN: "+", DRAMA: "+"}


def test_what_lowers_a_score_has_a_minus_and_a_dashed_ring_and_line() -> None:
    layer = overlay(HEAT, turned())
    marks = {m.entity_index: m for m in layer.drawing.marks}
    assert (marks[MANN].badge, marks[MANN].tone) == ("−", "negative")
    edges = {edge["id"]: edge for edge in canvas_data(layer.drawing, LIGHT)["edges"]}
    assert edges["t0"]["dashed"]


def test_links_that_carry_are_wide_and_the_others_faint() -> None:
    lines = {line.triple_index: line for line in overlay(MANN).drawing.lines}
    assert not lines[0].is_faint
    assert lines[0].width == lines[1].width > 1
    assert lines[6].is_faint  # Michael Mann – known for – The Insider is on no path


def test_paths_wholly_inside_of_the_drawing_are_counted_with_what_they_give() -> None:
    inside = overlay(MANN)  # Heat, Michael Mann, The Insider; the way by Drama leads out
    assert inside.sentence == (
        "3 of 3 drawn entities and 2 of 3 drawn links carry a part of the scores of Ada’s first "
        "1 recommendation. 1 of 2 paths runs wholly inside of the drawing and gives +0.0900 of "
        "+0.120."
    )


def test_what_carries_and_is_not_drawn_is_counted_with_its_share() -> None:
    # Strengths: Heat 0.12, The Insider 0.12, Michael Mann 0.09, Drama 0.03; only Drama is missing.
    layer = overlay(MANN)
    assert layer.outside == (
        "Not drawn: 1 entity and 2 links that carry something too; these entities have 8.3 % of "
        "the strength of all. The strongest of them is Drama (+0.0300)."
    )
    assert layer.strongest_outside == DRAMA


def test_nothing_outside_is_told_by_silence() -> None:
    layer = overlay(HEAT, n_hops=2)
    assert (layer.outside, layer.strongest_outside) == ("", None)


def test_a_list_without_paths_leaves_the_drawing_as_it_is_and_says_so() -> None:
    empty = user_flow([dataclasses.replace(insider_explanation(), contributions=())])
    layer = overlay(HEAT, empty)
    assert layer.drawing == seen(Exploration(HEAT)).drawing
    assert layer.sentence.startswith("No path of the graph speaks for or against")
    assert layer.outside == ""


def test_the_tables_say_the_same_strongest_first() -> None:
    layer = overlay(HEAT, n_hops=2)
    table = layer.entities.set_index("Entity")
    assert layer.entities["Entity"].tolist()[-2:] == ["Michael Mann", "Drama"]
    assert table.loc["Michael Mann", "Part of the scores"] == pytest.approx(0.09)
    assert table.loc["Michael Mann", "Share of the strongest"] == pytest.approx(75)
    assert table["Role"].to_dict() == {
        "Heat": "known about the user",
        "The Insider": "recommended",
        "Michael Mann": "in between",
        "Drama": "in between",
    }
    assert [GRAPH.entity_labels[i] for i in layer.entity_order] == layer.entities["Entity"].tolist()
    parts = dict(zip(layer.link_order, layer.links["Part of the scores"], strict=True))
    assert parts[0] == parts[1] == pytest.approx(0.09)
    assert parts[6] == 0


def test_the_card_says_what_one_entity_carries() -> None:
    assert carried_words(GRAPH, FLOW, MANN, "Ada") == (
        "In between; carries +0.0900 of the scores of Ada along 1 path, to The Insider."
    )
    assert carried_words(GRAPH, FLOW, ALIEN, "Ada") == "Carries nothing of the scores of Ada."


def test_the_legend_explains_rings_badges_and_lines_in_browser_and_files() -> None:
    drawing = overlay(HEAT).drawing
    assert canvas_data(drawing, DARK)["notes"] == list(drawing.notes)
    svg = graph_svg(drawing, DARK)
    assert all(note in svg for note in drawing.notes)
    assert ">known</text>" in svg
    assert graph_png(drawing, DARK) != graph_png(seen(Exploration(HEAT)).drawing, DARK)


def test_files_hold_what_each_entity_and_link_carries() -> None:
    drawing = overlay(MANN).drawing
    nodes = pd.read_csv(StringIO(nodes_csv(GRAPH, drawing))).set_index("label")
    assert nodes.loc["Michael Mann", "part_of_the_scores"] == pytest.approx(0.09)
    edges = pd.read_csv(StringIO(edges_csv(GRAPH, drawing))).set_index("relation")
    assert pd.isna(edges.loc["known_for", "part_of_the_scores"])
    read = nx.parse_graphml(drawing_graphml(GRAPH, drawing), force_multigraph=True)
    assert read.nodes["person:mann"]["part_of_the_scores"] == pytest.approx(0.09)
