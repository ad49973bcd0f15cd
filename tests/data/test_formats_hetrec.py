from __future__ import annotations

from pathlib import Path

import pytest

from kgrec_core.data.formats import detect_format, read_dataset
from kgrec_core.data.interactions import NO_TIME
from tests.data_samples import Write

TAGGED = "userID\tartistID\ttagID\tday\tmonth\tyear\r\n"


@pytest.fixture
def folder(tmp_path: Path, write: Write) -> Path:
    write("lastfm/raw/artists.dat", 'id\tname\turl\n1\t"Odd Name\thttp://x/1\n2\tTwo\thttp://x/2\n')
    write("lastfm/raw/user_artists.dat", "userID\tartistID\tweight\r\n7\t1\t13883\r\n8\t2\t5\r\n")
    write("lastfm/raw/user_friends.dat", "userID\tfriendID\r\n7\t8\r\n8\t7\r\n")
    write("lastfm/raw/tags.dat", "tagID\ttagValue\r\n1\tmetal\r\n2\tsch\xf6n\r\n".encode("latin-1"))
    write("lastfm/raw/user_taggedartists.part1.dat", TAGGED + "7\t1\t1\t1\t4\t2009\r\n")
    rows = "8\t2\t2\t1\t9\t1956\r\n8\t2\t9\t1\t9\t2010\r\n8\t1\t1\t31\t2\t2010\r\n8\t\r\n"
    write("lastfm/raw/user_taggedartists.part2.dat", TAGGED + rows)
    return tmp_path / "lastfm"


def test_the_layout_is_found_in_raw_and_itself(folder: Path) -> None:
    assert detect_format(folder) == "hetrec"
    assert detect_format(folder / "raw") == "hetrec"


def test_plays_friends_and_artists_are_read(folder: Path) -> None:
    dataset, _ = read_dataset(folder)
    assert dataset.item_labels == ['"Odd Name', "Two"]
    assert dataset.interactions.weights.tolist() == [13883, 5]
    assert dataset.social.tolist() == [[0, 1], [1, 0]]


def test_tags_are_named_and_dated_and_absurd_dates_reported(folder: Path) -> None:
    dataset, problems = read_dataset(folder)
    assert dataset.tags.select("user_index", "item_index", "tag", "time").rows() == [
        (0, 0, "metal", 1_238_544_000),
        (1, 1, "schön", NO_TIME),
        (1, 0, "metal", NO_TIME),
    ]
    found = {problem.reason.split(":")[0]: problem.lines for problem in problems}
    assert found["a year before 2000"] == (2,)
    assert found["no such day"] == (4,)
    assert found["fewer cells than the header"] == (5,)
    reason = "no user, no artist or a tag without a name in tags.dat"
    assert found[reason] == (3, 5)


def test_a_graph_beside_it_is_linked(folder: Path, write: Write) -> None:
    write("lastfm/kg_freebase/kg.txt", "0\tmusic.artist.origin\t5\n")
    write("lastfm/kg_freebase/item_index2entity_id.txt", "2\t0\n")
    dataset, _ = read_dataset(folder)
    assert dataset.triples.rows() == [("0", "music.artist.origin", "5", "kg.txt", 1)]
    assert dataset.item_entities == {1: "0"}
