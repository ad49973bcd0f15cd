"""Tags of held-out pairs must not reach the graph that a model sees."""

from __future__ import annotations

from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.leakage import training_graph
from tests.graph_samples import dataset_of, interactions_of, link_column, readable


def held_out(*pairs: tuple[int, int]):
    return interactions_of(list(pairs), 3, 3)


def test_a_tag_that_only_a_held_out_pair_states_is_dropped() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow"), (1, 1, "slow")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0)))
    assert readable(graph) == [("item:b", "tagged", "tag:slow")]


def test_the_vocabularies_stay_the_same() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow")])
    full = build_graph(dataset)
    graph = training_graph(full, dataset, held_out((0, 0)))
    assert graph.n_triples == 0
    assert graph.entities == full.entities
    assert graph.relations == full.relations
    assert graph.triples.shape == (0, 3)


def test_a_tag_that_another_user_gives_too_stays_and_counts_once_less() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow"), (1, 0, "Slow "), (2, 0, "SLOW")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0)))
    assert readable(graph) == [("item:a", "tagged", "tag:slow")]
    assert graph.provenance["n_sources"].to_list() == [2]


def test_a_tag_that_a_file_states_too_stays() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow")], triples=[("a", "tagged", "tag:slow")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0)))
    assert graph.n_triples == 1


def test_a_held_out_user_keeps_tags_of_his_other_items() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow"), (0, 1, "slow")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0)))
    assert readable(graph) == [("item:b", "tagged", "tag:slow")]


def test_other_relations_and_their_provenance_are_not_touched() -> None:
    dataset = dataset_of(columns=[link_column({0: "X"})], tags=[(0, 0, "slow"), (1, 0, "new")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0)))
    assert readable(graph) == [("item:a", "has_kind", "kind:X"), ("item:a", "tagged", "tag:new")]
    assert graph.provenance["column"].to_list() == ["kind", "tag"]


def test_tags_without_a_known_user_stay() -> None:
    dataset = dataset_of(tags=[(-1, 0, "slow")])
    graph = training_graph(build_graph(dataset), dataset, held_out((0, 0), (2, 2)))
    assert graph.n_triples == 1


def test_the_graph_is_the_same_object_when_nothing_is_dropped() -> None:
    dataset = dataset_of(tags=[(0, 0, "slow"), (0, 0, "  ")])
    full = build_graph(dataset)
    assert training_graph(full, dataset, held_out()) is full
    plain = build_graph(dataset_of())
    assert training_graph(plain, dataset_of(), held_out((0, 0))) is plain
