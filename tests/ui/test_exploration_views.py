"""Explorations, paths and files of the graph page, without a page."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kgrec_core.graph.exploring import Exploration, Step, explore
from kgrec_core.graph.links import links_of
from kgrec_core.graph.paths import find_paths, hops_between
from kgrec_ui.graph_canvas import canvas_data
from kgrec_ui.plots.graph_png import graph_png
from kgrec_ui.plots.graph_shapes import outline
from kgrec_ui.plots.graph_svg import graph_svg
from kgrec_ui.theme import DARK, ENTITY_SHAPES, LIGHT, entity_color, entity_shape
from kgrec_ui.views.drawing import Drawing, drawing_of
from kgrec_ui.views.drawing_files import drawing_graphml, edges_csv, file_name, nodes_csv
from kgrec_ui.views.exploration_view import (
    ExplorationView,
    entity_card,
    exploration_view,
    steps_from_text,
    steps_to_text,
)
from kgrec_ui.views.placing import added_places, first_places
from kgrec_ui.views.route_view import RouteView, route_view, with_path
from tests.graph_samples import graph_of
from tests.ui.film_world import ALIEN, BLADE, DRAMA, HEAT, INSIDER, MANN, film_graph

GRAPH = film_graph()
LINKS = links_of(GRAPH)


def seen(asked: Exploration) -> ExplorationView:
    found = explore(LINKS, asked)
    members = found.entity_indices.tolist()
    places = first_places(members, GRAPH.triples[found.triple_indices])
    return exploration_view(GRAPH, asked, found, places)


def routes(source: int, target: int, **limits: int) -> RouteView:
    found = find_paths(LINKS, source, target, **limits)
    apart = hops_between(LINKS, source, target)
    return route_view(GRAPH, found, source, target, n_hops_apart=apart, shortest_first=True)


def heat() -> Drawing:
    return seen(Exploration(HEAT)).drawing


# explorations


def test_all_of_a_small_neighborhood_is_counted() -> None:
    assert seen(Exploration(HEAT)).sentence == "All 2 entities within one step of Heat."


def test_a_capped_neighborhood_says_how_many_of_how_many() -> None:
    view = seen(Exploration(HEAT, n_hops=2, max_entities=3))
    assert view.sentence == "2 of 3 entities within 2 steps of Heat, strongest first."


def test_an_entity_without_links_is_told_and_drawn_alone() -> None:
    graph = graph_of([("a", "r", "b")], more=["lonely"])
    asked = Exploration(graph.entities.index_of("lonely"))
    found = explore(links_of(graph), asked)
    view = exploration_view(graph, asked, found, {asked.center: (0.0, 0.0)})
    assert view.sentence == "lonely has no links in this graph."
    assert len(view.drawing.marks) == 1
    assert view.links.empty


def test_an_entity_without_links_of_the_chosen_kind_is_told_so() -> None:
    known_for = (GRAPH.relations.index_of("known_for"),)
    assert "along the chosen relations" in seen(Exploration(HEAT, relations=known_for)).sentence


def test_expanded_entities_are_named_with_their_counts() -> None:
    view = seen(Exploration(HEAT, steps=(Step(MANN),)))
    assert view.expansion_sentence == "Expanded: Michael Mann (2 of 2 neighbors)."
    opened = {mark.label for mark in view.drawing.marks if mark.is_open}
    assert opened == {"Michael Mann"}


def test_links_that_only_happen_to_join_what_is_drawn_are_faint() -> None:
    view = seen(Exploration(HEAT, steps=(Step(MANN),)))
    faint = {(line.head_index, line.tail_index) for line in view.drawing.lines if line.is_faint}
    assert faint == {(INSIDER, DRAMA)}


def test_the_entity_table_has_the_strongest_neighbor_at_100() -> None:
    view = seen(Exploration(HEAT, n_hops=2))
    table = view.entities.set_index("Entity")
    # Triples: Heat 2, Drama 2, Michael Mann 3.
    assert table.loc["Drama", "Strength"] == pytest.approx(100)
    assert table.loc["Michael Mann", "Strength"] == pytest.approx(100 * (2 / 3) ** 0.5)
    assert pd.isna(table.loc["Heat", "Strength"])
    assert table.loc["The Insider", "Steps"] == 2
    assert [GRAPH.entity_labels[i] for i in view.entity_order] == view.entities["Entity"].tolist()


def test_the_link_table_holds_all_drawn_triples_with_their_places() -> None:
    view = seen(Exploration(MANN))
    rows = view.links[["From", "Relation", "To", "Stated in"]].to_numpy().tolist()
    assert ["Michael Mann", "known for", "The Insider", "people.csv"] in rows
    assert ["Heat", "directed by", "Michael Mann", "films.csv, line 2, column director"] in rows


def test_the_card_counts_links_by_relation_and_what_is_hidden() -> None:
    found = explore(LINKS, Exploration(HEAT))
    card = entity_card(GRAPH, found, MANN)
    assert (card.name, card.facts) == ("Michael Mann", "person · 3 links")
    assert card.by_relation == "2 directed by, 1 known for"
    assert card.n_hidden == 1  # The Insider, though two links lead to it


# places


def test_a_start_is_placed_the_same_each_time_with_its_center_in_the_middle() -> None:
    members, triples = [HEAT, MANN, DRAMA], GRAPH.triples[[0, 4]]
    first, second = first_places(members, triples), first_places(members, triples)
    assert first == second
    assert first[HEAT] == (0.0, 0.0)


def test_no_two_entities_of_a_start_lie_on_each_other() -> None:
    # Two stars that share all of their leaves: forces alone pull many of them onto one spot.
    hubs = [[hub, 0, leaf] for hub in (0, 1) for leaf in range(2, 60)]
    places = first_places(list(range(60)), np.array(hubs, dtype=np.int64))
    spots = np.array(list(places.values())) / (90.0 * 1.25, 90.0)
    gaps = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    assert gaps[~np.eye(len(spots), dtype=bool)].min() > 0.5


def test_old_entities_stay_where_they_are_when_new_ones_come() -> None:
    places = first_places([HEAT, MANN, DRAMA], GRAPH.triples[[0, 4]])
    grown = added_places(places, [INSIDER, ALIEN], MANN)
    assert {index: grown[index] for index in places} == places
    assert grown == added_places(places, [INSIDER, ALIEN], MANN)


def test_new_entities_do_not_lie_on_others() -> None:
    places = {0: (0.0, 0.0), 1: (100.0, 0.0)}
    grown = added_places(places, list(range(2, 60)), 1)
    spots = np.array(list(grown.values()))
    gaps = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    assert gaps[~np.eye(len(spots), dtype=bool)].min() > 60


def test_new_entities_come_near_the_one_that_brought_them() -> None:
    places = {0: (0.0, 0.0), 1: (1000.0, 0.0)}
    grown = added_places(places, [2, 3], 1)
    assert all(np.hypot(grown[i][0] - 1000, grown[i][1]) < 250 for i in (2, 3))


# addresses


def test_steps_survive_an_address() -> None:
    graph = dataclasses.replace(GRAPH, fingerprint="81aa03a9")
    steps = (Step(MANN), Step(DRAMA), Step(MANN, is_open=False))
    assert steps_to_text(graph, steps) == "81aa03.e4.e6.c4"
    assert steps_from_text(graph, "81aa03.e4.e6.c4") == steps
    assert steps_to_text(graph, ()) == ""


@pytest.mark.parametrize("text", ["", "other0.e4", "81aa03.e99.x.e-1.q3.e١", "<script>"])
def test_an_address_of_another_graph_or_without_sense_has_no_steps(text: str) -> None:
    assert steps_from_text(dataclasses.replace(GRAPH, fingerprint="81aa03a9"), text) == ()


# paths


def test_a_path_is_told_with_the_direction_of_each_link() -> None:
    view = routes(HEAT, INSIDER, max_hops=2)
    assert view.first == "Heat → in genre → Drama ← in genre ← The Insider"
    assert view.sentence.startswith("All 3 paths are shown: from Heat to The Insider within 2")
    assert view.paths["Steps"].tolist() == [2, 2, 2]
    assert view.paths["Strength"].iloc[0] == 100


def test_the_places_of_all_links_of_a_path_are_named() -> None:
    row = routes(HEAT, INSIDER, max_hops=2).paths.iloc[0]
    assert row["Stated in"] == "films.csv, lines 2, 3"


def test_no_path_says_how_far_was_searched_and_how_far_apart_they_are() -> None:
    assert routes(HEAT, INSIDER, max_hops=1).sentence == (
        "No path from Heat to The Insider within 1 step. The nearest connection takes 2 steps."
    )
    assert "Nothing in the graph connects them" in routes(HEAT, ALIEN, max_hops=4).sentence
    assert routes(HEAT, ALIEN).drawing is None


def test_a_path_from_an_entity_to_itself_is_refused_in_words() -> None:
    assert "same entity" in routes(HEAT, HEAT).sentence


def test_more_paths_than_wanted_are_told() -> None:
    sentence = routes(HEAT, INSIDER, max_hops=2, max_paths=1).sentence
    assert sentence.startswith("The first 1 of more paths")


def test_paths_run_from_left_to_right() -> None:
    drawing = routes(HEAT, INSIDER, max_hops=2).drawing
    assert drawing is not None
    x = {mark.label: mark.x for mark in drawing.marks}
    assert x["Heat"] < x["Drama"] == x["Michael Mann"] < x["The Insider"]


def test_a_chosen_path_stands_out_by_width_too() -> None:
    view, found = routes(HEAT, INSIDER), find_paths(LINKS, HEAT, INSIDER)
    drawing = with_path(GRAPH, view, found.paths[0])
    assert drawing is not None
    wide = {line.triple_index for line in drawing.lines if line.width > 1}
    assert wide == set(found.paths[0].triple_indices)
    assert with_path(GRAPH, view, None) == view.drawing


# the drawing in the browser


def test_the_browser_gets_each_entity_once_in_the_color_and_shape_of_its_type() -> None:
    data = canvas_data(heat(), LIGHT)
    assert sorted(node["id"] for node in data["nodes"]) == [HEAT, MANN, DRAMA]
    assert data["types"]["person"] == {
        "color": entity_color(LIGHT, "person"),
        "shape": entity_shape("person"),
    }
    assert {entry["text"] for entry in data["legend"]} == {"item (1)", "person (1)", "genre (1)"}
    assert {edge["id"] for edge in data["edges"]} == {"t0", "t4"}


def test_a_crowd_shows_words_only_when_pointed_at() -> None:
    graph = graph_of([("hub", "r", f"n{i:03}") for i in range(150)])
    members = list(range(151))
    places = {index: (float(index), 0.0) for index in members}
    drawing = drawing_of(graph, members, np.arange(150), places)
    assert sum(mark.shown_label == "" for mark in drawing.marks) == 90
    assert all(line.shown_label == "" and "kg.tsv" in line.title for line in drawing.lines)
    sent = {node["id"]: node for node in canvas_data(drawing, LIGHT)["nodes"]}
    hidden = next(mark for mark in drawing.marks if not mark.shown_label)
    assert (sent[hidden.entity_index]["label"], sent[hidden.entity_index]["name"]) == (
        "",
        hidden.label,
    )


def test_letters_grow_as_much_as_a_large_start_is_shrunk() -> None:
    spread = {HEAT: (0.0, 0.0), MANN: (7600.0, 0.0), DRAMA: (0.0, 520.0)}
    drawing = drawing_of(GRAPH, [HEAT, MANN, DRAMA], np.array([0, 4]), spread)
    assert drawing.scale == pytest.approx(10)
    assert drawing_of(GRAPH, [HEAT], np.zeros(0, dtype=np.int64), spread).scale == 1


# files


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_svg_is_well_formed_and_holds_all_names_relations_and_places(palette) -> None:
    text = graph_svg(heat(), palette)
    root = ElementTree.fromstring(text)
    words = " ".join(root.itertext())
    assert "Michael Mann" in words
    assert "directed by" in words
    assert "films.csv, line 2, column director" in words
    assert palette.background in text


def test_markup_and_control_characters_in_names_stay_text_in_the_svg() -> None:
    evil = "</text><script>alert(1)</script>\x00&"
    drawing = heat()
    marks = tuple(dataclasses.replace(m, label=evil, shown_label=evil) for m in drawing.marks)
    text = graph_svg(dataclasses.replace(drawing, marks=marks), LIGHT)
    assert "<script>" not in text
    ElementTree.fromstring(text)


def test_the_svg_asks_nothing_of_the_network() -> None:
    text = graph_svg(heat(), LIGHT).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text


def test_the_png_is_a_picture_in_the_colors_of_the_types() -> None:
    with Image.open(BytesIO(graph_png(heat(), DARK))) as picture:
        assert picture.format == "PNG"
        assert max(picture.size) <= 4000
        colors = {
            "#{:02x}{:02x}{:02x}".format(*pixel) for _, pixel in picture.reduce(1).getcolors(10**7)
        }
    assert {entity_color(DARK, kind).lower() for kind in ("item", "person", "genre")} <= colors


def test_a_single_entity_can_be_drawn_as_a_file() -> None:
    drawing = drawing_of(GRAPH, [BLADE], np.zeros(0, dtype=np.int64), {BLADE: (0.0, 0.0)})
    assert "Blade Runner" in graph_svg(drawing, LIGHT)
    assert graph_png(drawing, LIGHT).startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", ENTITY_SHAPES)
def test_each_shape_has_an_outline_of_its_own(shape: str) -> None:
    corners = outline(shape, 0.0, 0.0, 10.0)
    assert (corners is None) == (shape == "dot")
    others = [outline(other, 0.0, 0.0, 10.0) for other in ENTITY_SHAPES if other != shape]
    assert corners not in others


def test_graphml_of_a_drawing_can_be_read_back_with_provenance() -> None:
    import networkx as nx

    read = nx.parse_graphml(drawing_graphml(GRAPH, heat()), force_multigraph=True)
    assert set(read.nodes) == {"item:f1", "person:mann", "genre:drama"}
    edge = next(d for _, tail, d in read.edges(data=True) if tail == "person:mann")
    assert (edge["relation"], edge["file"], edge["row"]) == ("directed_by", "films.csv", 2)


def test_the_csv_files_hold_what_is_drawn() -> None:
    assert len(nodes_csv(GRAPH, heat()).splitlines()) == 1 + 3
    lines = edges_csv(GRAPH, heat()).splitlines()
    assert len(lines) == 1 + 2
    assert "films.csv,2,director" in lines[1]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("graph-Heat", "graph-Heat"),
        ("../a/b\\c:d", "a-b-c-d"),
        ("???", "graph"),
        ("x" * 99, "x" * 80),
    ],
)
def test_names_of_files_fit_every_system(name: str, file: str) -> None:
    assert file_name(name) == file


def test_names_stand_on_the_far_side_of_the_lines_to_their_marks() -> None:
    drawing = seen(Exploration(MANN)).drawing
    middle = next(mark for mark in drawing.marks if mark.is_center)
    neighbors = [mark for mark in drawing.marks if not mark.is_center]
    leaves = [
        mark
        for mark in neighbors
        if sum(mark.entity_index in (n.head_index, n.tail_index) for n in drawing.lines) == 1
    ]
    assert leaves
    for leaf in leaves:
        assert leaf.side == ("above" if leaf.y < middle.y else "below")
