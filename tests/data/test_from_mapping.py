from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.data.dataset import Dataset
from kgrec_core.data.from_mapping import dataset_from_tables
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.mapping import Mapping
from kgrec_core.data.report import ProblemReport
from kgrec_core.errors import DataError
from tests.data_samples import Reasons, Write, dataset_of

RATINGS = {
    "file": "ratings.csv",
    "role": "interactions",
    "columns": {"user": "user", "item": "film", "weight": "stars", "time": "date"},
}
FILMS = {
    "file": "films.csv",
    "role": "items",
    "columns": {"item": "film", "label": "title", "text": "plot"},
    "links": [
        {"column": "genres", "relation": "has_genre", "entity_type": "genre", "separator": "|"}
    ],
}
RATINGS_TEXT = "user,film,stars,date\nann,f1,4,2020-01-02\nbob,f2,5,2020-01-03\n"


def _mapping(*tables: dict[str, object]) -> Mapping:
    return Mapping.model_validate({"name": "films", "tables": tables})


def _read(folder: Path, report: ProblemReport, *tables: dict[str, object]) -> Dataset:
    return dataset_from_tables(folder, _mapping(*tables), report=report)


def test_tables_are_joined_by_their_ids(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("films.csv", "film,title,plot,genres,year\nf2,Two,A tale,Drama|War,1999\nf1,One,,,\n")
    dataset = _read(tmp_path, report, RATINGS, FILMS)
    assert dataset.items.ids == ("f2", "f1")
    assert dataset.users.ids == ("ann", "bob")
    assert dataset.item_labels == ["Two", "One"]
    assert dataset.documents == ["A tale", ""]
    assert dataset.item_table["year"].to_list() == ["1999", ""]
    assert dataset.interactions.item_indices.tolist() == [1, 0]
    assert dataset.interactions.weights.tolist() == [4, 5]
    assert dataset.interactions.times[0] == 1_577_923_200
    [column] = dataset.columns
    assert (column.owner_indices.tolist(), column.rows.tolist()) == ([0], [2])
    assert column.values == ("Drama|War",)
    assert report.problems == []


def test_items_without_a_row_follow_those_of_the_table_and_are_counted(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT + "ann,f9,3,2020-01-04\nbob,f9,3,2020-01-04\nann,F2,1,2020\n")
    write("films.csv", "film,title,plot,genres\nf0,Never seen,,\nf2,Two,,\nf1,One,,\n")
    dataset = _read(tmp_path, report, RATINGS, FILMS)
    assert dataset.items.ids == ("f0", "f2", "f1", "f9", "F2")
    assert dataset.item_labels[3] == "f9"
    found = {p.reason: (p.count, p.example) for p in report.problems}
    plain = "the item is not in the items table: kept, with its id as label"
    assert found[plain] == (1, "f9")
    assert found[plain + " (but for its writing it is like one that is there)"] == (
        1,
        "F2, like f2",
    )


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",f1,3,2020", "user", "no id: row left out"),
        ("ann,,3,2020", "film", "no id: row left out"),
        ("ann,null,3,2020", "film", "no id: row left out"),
        ("ann,f3,0,2020", "stars", "a weight of 0 or below: row left out"),
        ("ann,f3,-1,2020", "stars", "a weight of 0 or below: row left out"),
        ("ann,f3,good,2020", "stars", "no number: row left out"),
        ("ann,f3,,2020", "stars", "no value: row left out"),
        ("ann,f3,1e40,2020", "stars", "a weight beyond all measure: row left out"),
    ],
)
def test_a_row_that_cannot_count_is_left_out_with_its_reason(
    row: str, column: str, reason: str, tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", "user,film,stars,date\nann,f1,4,2020\n" + row + "\n")
    assert len(_read(tmp_path, report, RATINGS).interactions) == 1
    assert [(p.column, p.reason, p.lines) for p in report.problems] == [(column, reason, (3,))]


def test_an_interaction_with_a_bad_time_is_kept_without_one(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT + "ann,f2,3,soon\n")
    assert _read(tmp_path, report, RATINGS).interactions.times[2] == NO_TIME
    assert report.problems[0].lines == (4,)


def test_of_a_repeated_pair_the_latest_is_kept(
    tmp_path: Path, write: Write, report: ProblemReport, reasons: Reasons
) -> None:
    rows = "ann,f1,5,2021-01-01\nann,f1,1,2019-01-01\nbob,f2,2,\n"
    write("ratings.csv", RATINGS_TEXT + rows)
    interactions = _read(tmp_path, report, RATINGS).interactions
    assert interactions.weights.tolist() == [5, 5]
    assert reasons()["duplicate (user, item) pair: kept the latest"] == (2, 5, 6)


def test_a_minimum_weight_leaves_out_what_is_below(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    dataset = _read(tmp_path, report, RATINGS | {"min_weight": 5})
    assert dataset.users.ids == ("bob",)
    assert "minimum of 5" in report.problems[0].reason


def test_a_second_row_of_an_id_names_the_first(
    tmp_path: Path, write: Write, report: ProblemReport, reasons: Reasons
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("films.csv", "film,title,plot,genres\nf1,One,,\nf2,Two,,\nf1,Uno,,\n f2 ,Two,,\n")
    assert _read(tmp_path, report, RATINGS, FILMS).item_labels == ["One", "Two"]
    assert reasons() == {
        "blanks around the id: removed": (5,),
        "the id has another row already: kept the first, this one left out": (4,),
        "an exact repeat of an earlier row: left out": (5,),
    }
    assert "f1, first in line 2" in {p.example for p in report.problems}


def test_a_word_for_nothing_makes_no_link(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("films.csv", "film,title,plot,genres\nf1,One,,N/A\nf2,Two,,War\n")
    assert _read(tmp_path, report, RATINGS, FILMS).columns[0].values == ("War",)
    assert report.problems[0].lines == (2,)


def test_social_links_are_directed_kept_once_and_never_to_oneself(
    tmp_path: Path, write: Write, report: ProblemReport, reasons: Reasons
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("friends.csv", "user,friend\nann,bob\nbob,ann\nann,bob\nbob,bob\nann,cid\nann,\n")
    friends = {"file": "friends.csv", "role": "social"}
    columns = {"columns": {"user": "user", "friend": "friend"}}
    dataset = _read(tmp_path, report, RATINGS, friends | columns)
    assert dataset.users.ids == ("ann", "bob", "cid")
    assert dataset.social.tolist() == [[0, 1], [1, 0], [0, 2]]
    assert reasons() == {
        "no id: row left out": (7,),
        "duplicate link: kept once": (4,),
        "a user linked to themselves: row left out": (5,),
    }


def test_tags_know_user_item_time_and_line(
    tmp_path: Path, write: Write, report: ProblemReport, reasons: Reasons
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    text = "who,film,tag,date\nann,f2,dark,2020\n,f1,odd,\nann,f2,dark,2021\nann,f7,x,\nbob,f1,,\n"
    write("tags.csv", text)
    columns = {"user": "who", "item": "film", "tag": "tag", "time": "date"}
    dataset = _read(
        tmp_path, report, RATINGS, {"file": "tags.csv", "role": "tags", "columns": columns}
    )
    assert dataset.items.ids == ("f1", "f2")
    assert dataset.tags.rows() == [
        (0, 1, "dark", 1_609_459_200, "tags.csv", 2),
        (-1, 0, "odd", NO_TIME, "tags.csv", 3),
    ]
    found = reasons()
    assert found["no tag: row left out"] == (6,)
    assert found["no user id: the tag was kept as nobody's"] == (3,)
    assert found["duplicate (user, item, tag): kept once, with the latest time"] == (4,)
    assert found["a tag of an item that occurs nowhere else: row left out"] == (5,)


TRIPLES = {
    "file": "kg.csv",
    "role": "triples",
    "columns": {"head": "h", "relation": "r", "tail": "t"},
}


def test_triples_keep_their_line_and_are_counted_once(
    tmp_path: Path, write: Write, report: ProblemReport, reasons: Reasons
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("kg.csv", "h,r,t\nm1,by,p1\nm1,by,p1\nm1,,p1\nm2,by,p1\n")
    write("link.csv", "film,entity\nf1,m1\nf2,m2\nf9,m3\nf1,m4\n")
    write("names.csv", "entity,name\np1,Ada\np2,\n")
    links = {"file": "link.csv", "role": "item_links"}
    names = {"file": "names.csv", "role": "entities"}
    dataset = _read(
        tmp_path,
        report,
        RATINGS,
        TRIPLES,
        links | {"columns": {"item": "film", "entity": "entity"}},
        names | {"columns": {"entity": "entity", "label": "name"}},
    )
    assert dataset.triples.rows() == [
        ("m1", "by", "p1", "kg.csv", 2),
        ("m2", "by", "p1", "kg.csv", 5),
    ]
    assert dataset.item_entities == {0: "m1", 1: "m2"}
    assert dataset.entity_labels == {"p1": "Ada"}
    assert reasons() == {
        "no value: row left out": (4,),
        "duplicate triple: kept once": (3,),
        "a link of an item that occurs nowhere else: row left out": (4,),
        "the item is linked to another entity already: row left out": (5,),
    }


def test_without_a_link_table_equal_ids_are_the_same_thing(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    write("kg.csv", "h,r,t\nf1,by,p1\nitem:f2,by,p1\n")
    dataset = _read(tmp_path, report, RATINGS, TRIPLES)
    assert dataset.item_entities == {0: "f1", 1: "item:f2"}
    assert "id of an item" in report.problems[0].reason


def test_a_file_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("other.csv", RATINGS_TEXT)
    with pytest.raises(DataError, match=r"ratings\.csv.*other\.csv"):
        _read(tmp_path, report, RATINGS)


def test_a_file_outside_of_the_folder_is_refused(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("secret.csv", RATINGS_TEXT)
    write("upload/other.csv", RATINGS_TEXT)
    with pytest.raises(DataError, match="outside of the data folder"):
        _read(tmp_path / "upload", report, RATINGS | {"file": "../secret.csv"})


def test_a_column_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT.replace("stars", "points"))
    with pytest.raises(DataError, match=r"no column 'stars'.*'points'"):
        _read(tmp_path, report, RATINGS)


def test_data_without_any_usable_interaction_are_refused(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", "user,film,stars,date\nann,f1,0,2020\n")
    with pytest.raises(DataError, match="no usable interaction"):
        _read(tmp_path, report, RATINGS)


def test_a_pair_in_two_parts_stays_in_the_earlier_one() -> None:
    dataset = dataset_of([(0, 0), (0, 1), (0, 0)], parts=[0, 0, 2])
    assert dataset.given_parts is not None
    assert dataset.given_parts.tolist() == [0, 0]


def test_files_called_train_and_test_are_a_given_split(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings_train.csv", RATINGS_TEXT)
    write("ratings_test.csv", "user,film,stars,date\nann,f3,4,2020-01-02\n")
    train, test = (RATINGS | {"file": f"ratings_{word}.csv"} for word in ("train", "test"))
    dataset = _read(tmp_path, report, train, test)
    assert dataset.given_parts is not None
    assert dataset.given_parts.tolist() == [0, 0, 2]
    assert [problem.file for problem in report.problems] == [
        "ratings_train.csv",
        "ratings_test.csv",
    ]


ROW = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5))


@settings(max_examples=60)
@given(rows=st.lists(ROW, min_size=1, max_size=30))
def test_the_latest_of_each_pair_is_what_a_loop_finds(rows: list[tuple[int, int, int]]) -> None:
    latest: dict[tuple[int, int], tuple[int, int]] = {}
    for position, (user, item, time) in enumerate(rows):
        if (user, item) not in latest or time >= latest[user, item][0]:
            latest[user, item] = (time, position)
    dataset = dataset_of(
        [(user, item) for user, item, _ in rows],
        times=[time for _, _, time in rows],
        weights=[position + 1.0 for position in range(len(rows))],
    )
    kept = sorted(position for _, position in latest.values())
    assert dataset.interactions.weights.tolist() == [position + 1.0 for position in kept]
    assert np.unique(dataset.interactions.user_indices).size == dataset.n_users


def test_a_file_name_with_a_zero_character_is_a_missing_file(
    tmp_path: Path, write: Write, report: ProblemReport
) -> None:
    write("ratings.csv", RATINGS_TEXT)
    with pytest.raises(DataError, match="which is not there"):
        _read(tmp_path, report, {**RATINGS, "file": "ratings\0.csv"})
