from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.data.formats import detect_format, read_dataset
from kgrec_core.errors import DataError
from tests.data_samples import Write

ITEMS = (
    "org_id remap_id entity_name\n"
    "b7 0 http://dbpedia.org/resource/Caf%C3%A9_Noir\n"
    "b8 1 http://dbpedia.org/resource/Snow_Crash\n"
    "b9 2 http://dbpedia.org/resource/Rest\n"
)
ENTITIES = (
    "org_id remap_id\n"
    "http://dbpedia.org/resource/Caf%C3%A9_Noir 0\n"
    "http://dbpedia.org/resource/Snow_Crash 1\n"
    "http://dbpedia.org/resource/Neal_S. 5\n"
)
RELATIONS = "org_id remap_id\nhttp://dbpedia.org/ontology/author 0\nhttp://x.org/a#type 1\n"


def test_numbers_alone_are_ids(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 3 4\n1 4\n2\n")
    write("test.txt", "0 5\n1\n")
    dataset, problems = read_dataset(tmp_path)
    assert detect_format(tmp_path) == "kgat"
    assert (dataset.users.ids, dataset.items.ids) == (("0", "1"), ("3", "4", "5"))
    assert dataset.given_parts is not None
    assert dataset.given_parts.tolist() == [0, 0, 0, 2]
    assert [(p.file, p.line) for p in problems] == [("train.txt", 3), ("test.txt", 0)]
    assert "1 users without any item" in problems[1].reason


def test_lists_give_back_ids_and_names(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0 1\n")
    write("user_list.txt", "org_id remap_id\nann 0\nbob 1\n")
    write("item_list.txt", ITEMS)
    dataset, _ = read_dataset(tmp_path)
    assert dataset.users.ids == ("ann", "bob")
    assert dataset.items.ids == ("b7", "b8", "b9")
    assert dataset.item_labels == ["Café Noir", "Snow Crash", "Rest"]
    assert dataset.given_parts is None


def test_the_graph_shares_its_first_numbers_with_the_items(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0 1\n")
    write("item_list.txt", ITEMS)
    write("entity_list.txt", ENTITIES)
    write("relation_list.txt", RELATIONS)
    write("kg_final.txt", "1 0 5\n0 1 6\n1 0\n1 0 5\n")
    dataset, problems = read_dataset(tmp_path)
    resource = "http://dbpedia.org/resource/"
    assert dataset.triples.rows() == [
        (f"{resource}Snow_Crash", "author", f"{resource}Neal_S.", "kg_final.txt", 1),
        (f"{resource}Caf%C3%A9_Noir", "type", "6", "kg_final.txt", 2),
    ]
    assert dataset.item_entities == {0: f"{resource}Caf%C3%A9_Noir", 1: f"{resource}Snow_Crash"}
    assert dataset.entity_labels[f"{resource}Neal_S."] == "Neal S."
    assert [p.lines for p in problems] == [(3,), (4,)]


def test_a_graph_without_lists_links_equal_numbers(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0 1\n")
    write("kg_final.txt", "1 0 5\n")
    dataset, _ = read_dataset(tmp_path)
    assert dataset.item_entities == {1: "1"}


def test_relations_with_one_short_name_keep_their_addresses(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0 1\n")
    write("relation_list.txt", "org_id remap_id\nhttp://a/type 0\nhttp://b/type 1\n")
    write("kg_final.txt", "0 0 5\n0 1 5\n")
    dataset, _ = read_dataset(tmp_path)
    assert dataset.triples["relation_id"].to_list() == ["http://a/type", "http://b/type"]


def test_an_id_with_blanks_in_a_list_is_kept_whole(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0\n")
    write("item_list.txt", "org_id remap_id\nthe long name 0\nshort 1\nshort 2\n")
    dataset, problems = read_dataset(tmp_path)
    assert dataset.items.ids == ("the long name", "short")
    assert problems[0].lines == (4,)


def test_a_list_without_column_names_is_refused(tmp_path: Path, write: Write) -> None:
    write("train.txt", "0 0\n")
    write("item_list.txt", "7 0\n")
    with pytest.raises(DataError, match="org_id remap_id"):
        read_dataset(tmp_path)
