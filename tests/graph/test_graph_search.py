"""Finding entities while someone types."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kgrec_core.graph.search import EntitySearch, folded
from tests.graph_samples import graph_of

LABELS = {
    "p:1": "Tom Hanks",
    "p:2": "Colin Hanks",
    "p:3": "Quentin Tarantino",
    "f:1": "Amélie",
    "f:2": "Tom",
    "f:3": "Tom Jones",
    "f:4": "Star Wars: A New Hope (1977)",
    "f:5": "!!!",
    "f:6": "Cat",
    "f:7": "Łódź Story",
}
# "Colin Hanks" has two triples, everything else at most one.
GRAPH = graph_of([("p:2", "r", "f:5"), ("p:2", "s", "f:6")], labels=LABELS, more=list(LABELS))
SEARCH = EntitySearch(GRAPH)


def found(text: str, **limits: object) -> list[str]:
    return [GRAPH.entity_labels[i] for i in SEARCH.find(text, **limits)]


def test_the_exact_label_comes_first_then_beginnings_then_inner_words() -> None:
    assert found("tom") == ["Tom", "Tom Hanks", "Tom Jones"]


def test_words_inside_a_label_are_found_and_entities_with_more_triples_first() -> None:
    assert found("hanks") == ["Colin Hanks", "Tom Hanks"]


def test_words_may_come_in_any_order_and_be_cut() -> None:
    assert found("han tom") == ["Tom Hanks"]


@pytest.mark.parametrize("text", ["tom hnaks", "tom hank", "tom hankss", "tom hamks"])
def test_a_typo_does_not_matter(text: str) -> None:
    assert found(text)[0] == "Tom Hanks"


def test_two_typos_are_forgiven_in_long_words() -> None:
    assert found("tarentinno") == ["Quentin Tarantino"]


def test_short_words_must_be_right() -> None:
    assert found("cet") == []


@pytest.mark.parametrize("text", ["amelie", "AMÉLIE", "  amélie  ", "Ame\u0301lie"])
def test_case_accents_and_margins_do_not_matter(text: str) -> None:
    assert found(text) == ["Amélie"]


def test_letters_with_a_stroke_are_plain_letters() -> None:
    assert found("lodz") == ["Łódź Story"]


def test_one_word_too_many_still_finds_the_label() -> None:
    assert found("star wars the new hope") == ["Star Wars: A New Hope (1977)"]


def test_a_label_without_letters_is_found_as_it_is() -> None:
    assert found("!!!") == ["!!!"]


@pytest.mark.parametrize("text", ["", "   ", "zzzzzz", "?"])
def test_blank_and_strange_texts_find_nothing(text: str) -> None:
    assert found(text) == []


def test_results_can_be_limited_and_kept_to_a_type() -> None:
    assert found("tom", limit=1) == ["Tom"]
    assert found("tom", entity_type="p") == ["Tom Hanks"]
    assert found("tom", entity_type="no such type") == []
    assert found("tom", limit=0) == []


def test_a_graph_without_entities_can_be_asked() -> None:
    assert EntitySearch(graph_of([])).find("tom hanks") == []


@given(st.text(max_size=20))
def test_any_text_can_be_asked(text: str) -> None:
    assert set(SEARCH.find(text)) <= set(range(GRAPH.n_entities))


@pytest.mark.parametrize("label", sorted(LABELS.values()))
def test_every_label_finds_itself_first(label: str) -> None:
    assert found(label)[0] == label


@given(st.text(max_size=20))
@example("𝐴")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("text", ["p:3", "P:3"])
def test_an_id_finds_its_entity(text: str) -> None:
    assert found(text)[0] == "Quentin Tarantino"


def test_an_id_is_found_without_its_type_and_after_a_label_that_fits_as_well() -> None:
    ids = {"item:tt0110": "Pulp Fiction", "item:x": "tt0110"}
    graph = graph_of([], labels=ids, more=list(ids))
    hits = EntitySearch(graph).find("TT0110")
    assert {graph.entity_labels[index] for index in hits} == {"Pulp Fiction", "tt0110"}


def test_the_beginning_of_an_id_is_enough_but_a_typo_in_it_is_not() -> None:
    graph = graph_of([], labels={"item:tt0110": "Pulp Fiction"}, more=["item:tt0110"])
    assert EntitySearch(graph).find("tt01") == [0]
    assert EntitySearch(graph).find("tt0111") == []


def test_ten_thousand_names_are_searched_in_a_moment() -> None:
    ids = {f"e:{i}": f"Name{i} Of{i % 97} Thing" for i in range(12_000)} | {"e:x": "Éric Rohmér"}
    graph = graph_of([], labels=ids, more=list(ids))
    search = EntitySearch(graph)
    begin = time.perf_counter()
    assert search.find("eric romher") == [12_000]
    assert time.perf_counter() - begin < 2  # a fiftieth of it on a quiet machine
