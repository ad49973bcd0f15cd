"""Files that are not what they should be: one clear sentence or a warning, never a traceback."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Kgrec

QUICK = ("--set", "use_vectors=false", "--set", "n_rounds=0", "--text-model", "none", "--json")
NEXT = 1_600_000_000
"""Seconds of some day in September 2020."""

Import = Callable[[str, str | bytes], dict[str, Any]]


def pairs(n_users: int = 30, n_items: int = 20, n_each: int = 6) -> list[tuple[str, str]]:
    draw = random.Random(0)
    return [
        (f"u{user}", f"i{item}")
        for user in range(n_users)
        for item in draw.sample(range(n_items), n_each)
    ]


def table(header: str, row: Callable[[int, str, str], str], **sizes: int) -> str:
    rows = [row(number, user, item) for number, (user, item) in enumerate(pairs(**sizes))]
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KGREC_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.delenv("KGREC_DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def taken(kgrec: Kgrec, place: Path) -> Import:
    """Imports one file; the answer as JSON."""

    def call(name: str, content: str | bytes) -> dict[str, Any]:
        path = place / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        found: dict[str, Any] = kgrec("import", str(path), "--name", "it", "--json").json()
        return found

    return call


def told(result: dict[str, Any]) -> dict[str, int]:
    return {problem["reason"]: problem["count"] for problem in result["problems"]}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "is empty. Choose a file with a line of column names"),
        ("blank.csv", b"\n \n", "is empty. Choose a file with a line of column names"),
        ("header.csv", b"user,item\n", "has a header but no usable row"),
        ("binary.csv", bytes(range(1, 256)) * 20, "binary data, not a text table. Export"),
        ("zeros.csv", b"user,item\n\x00\x01", "contains zero bytes"),
        ("packed.csv.gz", b"\x1f\x8b\x08" + b"\x00" * 50, "damaged gzip file. Pack it again"),
        ("broken.zip", b"PK\x03\x04" + b"\x00" * 50, "ZIP archive"),
        ("broken.parquet", b"PAR1" + b"\x00" * 50 + b"PAR1", "damaged Parquet file. Write it"),
        ("one.csv", b"user\nu1\nu2\n", "only one column"),
    ],
)
def test_a_file_without_a_table_is_one_sentence(
    kgrec: Kgrec, place: Path, name: str, content: bytes, sentence: str
) -> None:
    (place / name).write_bytes(content)
    answer = kgrec("import", str(place / name))
    assert answer.status == 1
    assert answer.err.startswith(f"Error: {name}")
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("cell", ["NaN", "inf", "1e308"])
def test_ratings_that_are_no_numbers_are_not_used_and_it_is_said(taken: Import, cell: str) -> None:
    result = taken("x.csv", table("user,item,rating", lambda _, u, i: f"{u},{i},{cell}"))
    assert result["counts"]["interactions"] == 180
    (reason,) = told(result)
    assert "named like a rating" in reason
    assert "every interaction weighs 1" in reason


def test_a_few_ratings_that_are_nan_leave_their_rows_out(taken: Import) -> None:
    def row(number: int, user: str, item: str) -> str:
        return f"{user},{item},{'NaN' if number < 3 else 4}"

    result = taken("x.csv", table("user,item,rating", row))
    assert told(result) == {"no value: row left out": 3}
    assert result["counts"]["interactions"] == 177


def test_times_beyond_all_dates_are_not_used_and_it_is_said(taken: Import) -> None:
    result = taken("x.csv", table("user,item,timestamp", lambda _, u, i: f"{u},{i},1e30"))
    (reason,) = told(result)
    assert "named like a time" in reason
    assert "have no times" in reason


def test_nanoseconds_among_seconds_are_read_as_such_and_it_is_said(taken: Import) -> None:
    def row(number: int, user: str, item: str) -> str:
        return f"{user},{item},{NEXT * 10**9 if number % 3 == 0 else NEXT}"

    result = taken("x.csv", table("user,item,timestamp", row))
    assert told(result) == {
        "a number in another unit of time than most of the column: read in its own": 60
    }


def test_two_encodings_in_one_file_name_each_user_once(taken: Import) -> None:
    lines = [
        f"zoë{user},café{item}\n".encode("utf-8" if number % 2 else "cp1252")
        for number, (user, item) in enumerate(pairs())
    ]
    result = taken("x.csv", b"user,item\n" + b"".join(lines))
    assert result["counts"]["users"] == 30
    assert result["counts"]["items"] == 20
    (reason,) = told(result)
    assert "read as Windows-1252" in reason


def test_a_second_column_of_the_same_name_is_renamed_and_it_is_said(taken: Import) -> None:
    result = taken("x.csv", table("user,item,item", lambda _, u, i: f"{u},{i},x"))
    assert told(result) == {"the column name occurs twice: the later one is called 'item_2'": 1}


def test_a_header_that_comes_again_is_no_user(taken: Import) -> None:
    once = table("user,item,rating", lambda _, u, i: f"{u},{i},4")
    result = taken("x.csv", once + once)
    assert result["counts"]["users"] == 30
    assert told(result)["no number: row left out"] == 1


def test_links_that_match_no_item_are_said_and_a_model_can_be_trained(
    kgrec: Kgrec, place: Path
) -> None:
    folder = place / "shop"
    folder.mkdir()
    (folder / "orders.csv").write_text(table("user,item", lambda _, u, i: f"{u},{i}"))
    links = "".join(f"other{number},made_by,b{number % 3}\n" for number in range(20))
    (folder / "triples.csv").write_text("head,relation,tail\n" + links)
    result = kgrec("import", str(folder), "--json").json()
    assert told(result) == {
        "no table links items to entities, and no entity has the id of an item": 1
    }
    assert kgrec("train", "shop", *QUICK).json()["metrics"]["recall@20"] == 1.0


def test_one_user_with_ten_thousand_choices_is_no_obstacle(kgrec: Kgrec, taken: Import) -> None:
    others = table("user,item", lambda _, u, i: f"{u},{i}")
    whale = "".join(f"whale,i{number % 500}\n" for number in range(10_000))
    result = taken("x.csv", others + whale)
    assert told(result) == {"duplicate (user, item) pair: kept the latest": 9_500}
    assert kgrec("train", "it", *QUICK).json()["metrics"]["recall@20"] > 0


def test_data_of_a_single_user_is_said_to_teach_nothing_about_people(
    kgrec: Kgrec, taken: Import
) -> None:
    result = taken("x.csv", "user,item\n" + "".join(f"only,i{number}\n" for number in range(300)))
    (reason,) = told(result)
    assert reason.startswith("only one user has chosen anything")
    assert result["problems"][0]["example"] == "only"
    assert kgrec("train", "it", *QUICK).json()["metrics"]


def test_ten_items_are_enough_to_train(kgrec: Kgrec, taken: Import) -> None:
    taken("x.csv", table("user,item", lambda _, u, i: f"{u},{i}", n_items=10, n_each=4))
    assert kgrec("train", "it", *QUICK).json()["metrics"]["recall@10"] == 1.0


@pytest.mark.parametrize("content", ["user,item\na,x\nb,y\n", "user,item\na,x\nb,x\nc,x\n"])
def test_too_little_to_hold_anything_out_is_one_sentence(
    kgrec: Kgrec, taken: Import, content: str
) -> None:
    taken("x.csv", content)
    answer = kgrec("train", "it", *QUICK)
    assert answer.status == 1
    assert "holds out nothing for the test" in answer.err
    assert "Choose a larger share, or another kind." in answer.err
