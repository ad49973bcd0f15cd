"""Each source of triples, and how they meet in one graph."""

from __future__ import annotations

from kgrec_core.contracts import Progress
from kgrec_core.graph.from_dataset import build_graph
from tests.graph_samples import dataset_of, link_column, readable


def test_the_first_entities_are_the_items_in_order() -> None:
    graph = build_graph(dataset_of(("x", "y"), labels=("Ex", "Why")))
    assert graph.entities.ids == ("item:x", "item:y")
    assert graph.entity_labels == ("Ex", "Why")
    assert graph.entity_types == ("item", "item")
    assert (graph.n_items, graph.n_triples, graph.triples.shape) == (2, 0, (0, 3))


def test_a_data_set_without_items_gives_an_empty_graph() -> None:
    graph = build_graph(dataset_of(()))
    assert (graph.n_entities, graph.n_items, graph.n_triples) == (0, 0, 0)


def test_cells_become_typed_entities_with_file_line_and_column() -> None:
    column = link_column({0: "Drama", 2: "Comedy"}, column="genre", entity_type="genre")
    graph = build_graph(dataset_of(columns=[column]))
    assert readable(graph) == [
        ("item:a", "has_kind", "genre:Drama"),
        ("item:c", "has_kind", "genre:Comedy"),
    ]
    assert graph.entity_labels[3:] == ("Drama", "Comedy")
    assert graph.entity_types[3:] == ("genre", "genre")
    assert graph.provenance.rows() == [("items.csv", 2, "genre", 1), ("items.csv", 4, "genre", 1)]


def test_cells_are_split_and_blank_pieces_dropped() -> None:
    graph = build_graph(dataset_of(columns=[link_column({0: " A | B||", 1: " | "}, separator="|")]))
    assert readable(graph) == [
        ("item:a", "has_kind", "kind:A"),
        ("item:a", "has_kind", "kind:B"),
    ]


def test_a_cell_without_separator_stays_whole() -> None:
    graph = build_graph(dataset_of(columns=[link_column({0: "A|B"})]))
    assert readable(graph) == [("item:a", "has_kind", "kind:A|B")]


def test_columns_with_one_entity_type_share_entities() -> None:
    cast = link_column({0: "Ann"}, column="cast", relation="has_actor", entity_type="person")
    director = link_column({1: "Ann"}, column="by", relation="directed_by", entity_type="person")
    graph = build_graph(dataset_of(columns=[cast, director]))
    assert graph.n_entities == 4
    assert readable(graph) == [
        ("item:a", "has_actor", "person:Ann"),
        ("item:b", "directed_by", "person:Ann"),
    ]


def test_the_same_name_of_two_types_is_two_entities() -> None:
    one, other = (
        link_column({0: "X"}, entity_type="band"),
        link_column({0: "X"}, entity_type="film"),
    )
    assert build_graph(dataset_of(columns=[one, other])).entities.ids[3:] == ("band:X", "film:X")


def test_numbers_are_put_into_bins() -> None:
    column = link_column({0: "1994", 1: "1999.0", 2: "2001"}, column="year", bin=10)
    graph = build_graph(dataset_of(columns=[column]))
    assert readable(graph) == [
        ("item:a", "has_kind", "kind:1990–1999"),
        ("item:b", "has_kind", "kind:1990–1999"),
        ("item:c", "has_kind", "kind:2000–2009"),
    ]
    assert graph.entity_labels[3:] == ("1990s", "2000s")


def test_a_cell_without_a_number_makes_no_link_in_bins() -> None:
    column = link_column({0: "unknown", 1: "nan", 2: "7"}, bin=5)
    assert readable(build_graph(dataset_of(columns=[column]))) == [
        ("item:c", "has_kind", "kind:5–9")
    ]


def test_columns_of_users_stay_out() -> None:
    column = link_column({0: "Paris"}, owner="user")
    assert build_graph(dataset_of(columns=[column])).n_entities == 3


def test_tags_of_any_case_are_one_entity_and_people_are_counted() -> None:
    tags = [(0, 1, "Slow"), (1, 1, " slow "), (2, 0, "SLOW")]
    graph = build_graph(dataset_of(tags=tags))
    assert readable(graph) == [
        ("item:b", "tagged", "tag:slow"),
        ("item:a", "tagged", "tag:slow"),
    ]
    assert graph.provenance["n_sources"].to_list() == [2, 1]
    assert (graph.entity_labels[3], graph.entity_types[3]) == ("Slow", "tag")


def test_blank_tags_make_no_link() -> None:
    assert build_graph(dataset_of(tags=[(0, 0, "  ")])).n_triples == 0


def test_uploaded_triples_keep_ids_and_lines() -> None:
    graph = build_graph(dataset_of(triples=[("m.1", "film.genre", "m.2")]))
    assert readable(graph) == [("m.1", "film.genre", "m.2")]
    assert graph.entity_types[3:] == ("entity", "entity")
    assert graph.provenance.rows() == [("kg.tsv", 2, "", 1)]


def test_uploaded_names_win_over_what_the_id_tells() -> None:
    graph = build_graph(
        dataset_of(
            triples=[("m.1", "r", "genre:x")], entity_labels={"m.1": "Alien", "genre:x": "X!"}
        )
    )
    assert graph.entity_labels[3:] == ("Alien", "X!")
    assert graph.entity_types[3:] == ("entity", "genre")


def test_a_linked_id_is_the_item_at_head_and_tail() -> None:
    graph = build_graph(
        dataset_of(triples=[("m.1", "r", "m.9"), ("m.9", "r", "m.1")], item_entities={1: "m.1"})
    )
    assert readable(graph) == [("item:b", "r", "m.9"), ("m.9", "r", "item:b")]
    assert "m.1" not in graph.entities


def test_two_items_linked_to_one_id_both_get_its_triples() -> None:
    graph = build_graph(
        dataset_of(triples=[("m.1", "r", "m.9")], item_entities={0: "m.1", 2: "m.1"})
    )
    assert readable(graph) == [("item:a", "r", "m.9"), ("item:c", "r", "m.9")]


def test_item_ids_mean_items_when_no_links_were_uploaded() -> None:
    graph = build_graph(dataset_of(("1", "2"), triples=[("1", "r", "genre:X")]))
    assert readable(graph) == [("item:1", "r", "genre:X")]


def test_item_ids_are_plain_ids_when_links_were_uploaded() -> None:
    graph = build_graph(dataset_of(("1", "2"), triples=[("1", "r", "2")], item_entities={0: "2"}))
    assert readable(graph) == [("1", "r", "item:1")]


def test_an_entity_id_of_an_item_is_the_item() -> None:
    graph = build_graph(dataset_of(triples=[("item:b", "r", "x")], item_entities={0: "m.1"}))
    assert readable(graph) == [("item:b", "r", "x")]
    assert graph.n_entities == 4


def test_the_same_triple_from_two_files_is_kept_once_with_the_first_source() -> None:
    column = link_column({0: "X"}, column="genre", relation="has_genre", entity_type="genre")
    graph = build_graph(
        dataset_of(columns=[column], triples=[("a", "has_genre", "genre:X"), ("a", "r", "y")])
    )
    assert readable(graph) == [("item:a", "has_genre", "genre:X"), ("item:a", "r", "y")]
    assert graph.provenance.rows() == [("items.csv", 2, "genre", 2), ("kg.tsv", 3, "", 1)]


def test_sources_come_in_the_order_columns_tags_uploads() -> None:
    graph = build_graph(
        dataset_of(columns=[link_column({0: "X"})], tags=[(0, 0, "t")], triples=[("p", "q", "s")])
    )
    assert graph.entities.ids[3:] == ("kind:X", "tag:t", "p", "s")
    assert graph.relations.ids == ("has_kind", "tagged", "q")


def test_building_twice_gives_the_same_graph() -> None:
    dataset = dataset_of(
        columns=[link_column({i: f"v{i % 2}" for i in range(3)})],
        tags=[(0, 0, "t"), (1, 2, "s")],
        triples=[("a", "q", "s"), ("b", "q", "s")],
    )
    first, second = build_graph(dataset), build_graph(dataset)
    assert first.entities == second.entities
    assert first.triples.tolist() == second.triples.tolist()
    assert first.provenance.equals(second.provenance)


def test_progress_is_told_per_source() -> None:
    heard: list[Progress] = []
    build_graph(dataset_of(columns=[link_column({0: "X"})]), on_progress=heard.append)
    assert [(p.done, p.total) for p in heard] == [(1, 3), (2, 3), (3, 3)]
