from __future__ import annotations

from kgrec_core.graph.statistics import graph_statistics
from kgrec_ui.views.graph_view import (
    best_linked,
    entity_option,
    graph_view,
    graphml,
    triples_csv,
    type_words,
)
from tests.ui.film_world import BLADE, DRAMA, INSIDER, MANN, film_graph


def test_the_graph_view_counts_what_is_there() -> None:
    graph = film_graph()
    view = graph_view(graph, graph_statistics(graph))
    assert dict((name, value) for name, value, _ in view.headline) == {
        "Entities": "7",
        "Links (triples)": "7",
        "Relations": "3",
        "Items with links": "100 %",
    }
    assert dict(zip(view.relations["Relation"], view.relations["Links"], strict=True)) == {
        "directed by": 4,
        "in genre": 2,
        "known for": 1,
    }


def test_degrees_count_entities_with_at_least_so_many_links() -> None:
    graph = film_graph()
    # Heat 2, The Insider 3, Alien 1, Blade Runner 1, Mann 3, Scott 2, Drama 2
    degrees = graph_view(graph, graph_statistics(graph)).degrees
    assert degrees == ((1, 7), (2, 5), (3, 2))


def test_the_best_linked_of_a_type_come_first() -> None:
    assert best_linked(film_graph(), None, 2) == [INSIDER, MANN]
    assert best_linked(film_graph(), "genre", 5) == [DRAMA]


def test_types_and_relations_are_told_without_underscores() -> None:
    assert type_words("production_company") == "production company"
    assert type_words("_") == "_"


def test_an_entity_option_tells_type_and_links() -> None:
    assert entity_option(film_graph(), MANN) == "Michael Mann · person · 3 links"
    assert entity_option(film_graph(), BLADE) == "Blade Runner · item · 1 link"


def test_the_csv_has_one_line_per_triple_with_its_source() -> None:
    lines = triples_csv(film_graph()).splitlines()
    assert len(lines) == 1 + 7
    assert lines[1].startswith("item:f1,Heat,item,directed_by,person:mann,Michael Mann,person")
    assert "films.csv,2,director" in lines[1]


def test_graphml_can_be_read_back() -> None:
    import networkx as nx

    read = nx.parse_graphml(graphml(film_graph()), force_multigraph=True)
    assert read.number_of_nodes() == 7
    assert read.number_of_edges() == 7
    assert read.nodes["item:f1"]["label"] == "Heat"
