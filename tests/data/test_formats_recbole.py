from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.data.formats import detect_format, read_dataset
from kgrec_core.errors import DataError
from tests.data_samples import Write

INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu1\ti2\t4\t881250949\n"
ITEM = (
    "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
    "i1\tOne\t1995\tDrama War\ni2\tTwo\t1996\tDrama\ni3\tThree\t\tDrama War\n"
)


def test_atomic_files_are_read_by_their_typed_headers(tmp_path: Path, write: Write) -> None:
    write("toy.inter", INTER.replace("\n", "\r\n"))
    write("toy.item", ITEM)
    write("toy.user", "user_id:token\tgender:token\nu1\tM\nu2\tF\nu3\tF\nu4\tM\n")
    dataset, problems = read_dataset(tmp_path, name="toy")
    assert detect_format(tmp_path) == "recbole"
    assert dataset.items.ids == ("i1", "i2", "i3")
    assert dataset.item_labels == ["One", "Two", "Three"]
    assert dataset.users.ids == ("u1", "u2", "u3", "u4")
    assert dataset.interactions.times.tolist() == [881250949]
    links = {column.link.relation: column.link for column in dataset.columns}
    assert links["from_decade"].bin == 10
    assert links["has_class"].separator == " "
    assert links["has_gender"].separator is None
    assert problems == []


def test_a_graph_is_linked_by_the_link_file(tmp_path: Path, write: Write) -> None:
    write("toy.inter", INTER)
    write("toy.kg", "head_id:token\trelation_id:token\ttail_id:token\nm.1\tfilm.actor\tm.2\n")
    write("toy.link", "item_id:token\tentity_id:token\ni2\tm.1\n")
    dataset, _ = read_dataset(tmp_path)
    assert dataset.triples.rows() == [("m.1", "film.actor", "m.2", "toy.kg", 2)]
    assert dataset.item_entities == {0: "m.1"}


def test_a_corrected_link_file_goes_before_the_first_and_says_so(
    tmp_path: Path, write: Write
) -> None:
    write("toy.inter", INTER)
    write("toy.kg", "head_id:token\trelation_id:token\ttail_id:token\nm.1\tby\tm.2\n")
    write("toy.link", "item_id:token\tentity_id:token\ni2\tm.2\n")
    write("toy.link.relinked", "item_id:token\tentity_id:token\ni2\tm.1\n")
    dataset, problems = read_dataset(tmp_path)
    assert dataset.item_entities == {0: "m.1"}
    assert "relinked" in problems[0].reason


def test_train_valid_and_test_files_are_the_given_parts(tmp_path: Path, write: Write) -> None:
    header = "user_id:token\titem_id:token\n"
    write("toy.train.inter", header + "u1\ti1\nu1\ti2\n")
    write("toy.valid.inter", header + "u1\ti3\n")
    write("toy.test.inter", header + "u2\ti4\n")
    dataset, _ = read_dataset(tmp_path)
    assert dataset.given_parts is not None
    assert dataset.given_parts.tolist() == [0, 0, 1, 2]
    assert dataset.items.ids == ("i1", "i2", "i3", "i4")


def test_two_data_sets_in_one_folder_are_refused(tmp_path: Path, write: Write) -> None:
    write("a.inter", INTER)
    write("b.inter", INTER)
    with pytest.raises(DataError, match="2 data sets"):
        read_dataset(tmp_path)


def test_a_header_without_types_is_refused(tmp_path: Path, write: Write) -> None:
    write("toy.inter", "user_id:token\titem\nu1\ti1\n")
    with pytest.raises(DataError, match="'item' has no type"):
        read_dataset(tmp_path)


def test_an_interaction_file_without_an_item_is_refused(tmp_path: Path, write: Write) -> None:
    write("toy.inter", "user_id:token\trating:float\nu1\t3\n")
    with pytest.raises(DataError, match="two columns of type token"):
        read_dataset(tmp_path)


def test_links_into_another_graph_are_doubted(tmp_path: Path, write: Write) -> None:
    write("toy.inter", INTER)
    write("toy.kg", "head_id:token\trelation_id:token\ttail_id:token\nm.1\tby\tm.2\n")
    write("toy.link", "item_id:token\tentity_id:token\ni2\tq.9\n")
    _, problems = read_dataset(tmp_path)
    assert "only 0% of the linked entities" in problems[0].reason
