from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from kgrec_core.contracts import Progress
from kgrec_core.data.formats import detect_format, mapping_at, read_dataset
from kgrec_core.data.mapping import Mapping
from kgrec_core.errors import ConfigError, DataError
from tests.data_samples import Write

RATINGS = "user_id,item_id,rating\nann,f1,4\nbob,f2,5\nann,f2,3\n"
MAPPING = {
    "name": "Mine",
    "tables": [
        {"file": "r.csv", "role": "interactions", "columns": {"user": "who", "item": "what"}}
    ],
}


def _zip(*files: tuple[str, str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return sink.getvalue()


def test_a_single_table_is_read_by_a_guess(write: Write) -> None:
    dataset, problems = read_dataset(write("shop.csv", RATINGS))
    assert (dataset.name, dataset.counts()["interactions"]) == ("shop", 3)
    assert problems == []


def test_a_zip_of_tables_is_read_like_its_folder(tmp_path: Path, write: Write) -> None:
    packed = write("shop.zip", _zip(("data/ratings.csv", RATINGS), ("__MACOSX/x", "no")))
    dataset, _ = read_dataset(packed)
    assert dataset.users.ids == ("ann", "bob")
    assert detect_format(packed) == "csv"


@pytest.mark.parametrize("name", ["../evil.csv", "/evil.csv", "a/../../evil.csv", "C:\\evil.csv"])
def test_a_zip_that_points_outside_is_refused(name: str, tmp_path: Path, write: Write) -> None:
    packed = write("in/shop.zip", _zip((name, RATINGS)))
    with pytest.raises(DataError, match="points outside"):
        read_dataset(packed)
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_link_inside_of_a_zip_is_refused(write: Write) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        info = zipfile.ZipInfo("link.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/hostname")
    with pytest.raises(DataError, match="points outside"):
        read_dataset(write("shop.zip", sink.getvalue()))


def test_a_zip_bomb_is_refused_before_it_unpacks(write: Write) -> None:
    data = bytearray(_zip(("a.csv", RATINGS)))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")  # uncompressed size
    with pytest.raises(DataError, match="more than 2 GB"):
        read_dataset(write("shop.zip", bytes(data)))


def test_a_damaged_zip_is_refused(write: Write) -> None:
    data = bytearray(_zip(("a.csv", RATINGS * 50)))
    data[40:60] = b"x" * 20
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_dataset(write("shop.zip", bytes(data)))


def test_a_zip_with_damaged_compressed_bytes_is_refused(write: Write) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "".join(f"u{n},i{n * 7 % 13}\n" for n in range(500)))
    data = bytearray(sink.getvalue())
    data[40:400] = b"\xff" * 360  # no deflate block begins so
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_dataset(write("shop.zip", bytes(data)))


@pytest.mark.parametrize("name", [".", "./."])
def test_a_zip_that_names_its_own_folder_as_a_file_is_refused(name: str, write: Write) -> None:
    with pytest.raises(DataError, match="Nothing was unpacked"):
        read_dataset(write("shop.zip", _zip((name, RATINGS))))


def test_an_excel_workbook_is_refused_with_the_way_out(write: Write) -> None:
    packed = write("shop.xlsx", _zip(("xl/workbook.xml", "<x/>")))
    with pytest.raises(DataError, match=r"Excel workbook.*CSV"):
        read_dataset(packed)


def test_a_mapping_in_the_folder_is_followed(tmp_path: Path, write: Write) -> None:
    write("r.csv", "what,who\nf1,ann\n")
    write("mapping.json", json.dumps(MAPPING))
    dataset, _ = read_dataset(tmp_path)
    assert (dataset.name, dataset.users.ids) == ("Mine", ("ann",))


def test_a_given_mapping_goes_before_that_of_the_folder(tmp_path: Path, write: Write) -> None:
    write("r.csv", "what,who\nf1,ann\n")
    write("mapping.json", "{}")
    dataset, _ = read_dataset(tmp_path, mapping=Mapping.model_validate(MAPPING), name="Other")
    assert (dataset.name, dataset.items.ids) == ("Other", ("f1",))


def test_a_mapping_that_is_no_json_is_refused(tmp_path: Path, write: Write) -> None:
    write("r.csv", RATINGS)
    write("mapping.json", "{,")
    with pytest.raises(DataError, match=r"mapping\.json is no valid JSON"):
        read_dataset(tmp_path)


def test_a_mapping_that_breaks_its_rules_is_refused(tmp_path: Path, write: Write) -> None:
    write("r.csv", RATINGS)
    write("kgrec.json", json.dumps({"name": "x", "tables": [{"file": "r.csv", "role": "magic"}]}))
    with pytest.raises(ConfigError, match="role"):
        read_dataset(tmp_path)


def test_tables_that_a_guess_leaves_aside_are_reported(tmp_path: Path, write: Write) -> None:
    write("ratings.csv", RATINGS)
    write("broken.csv", "")
    _, problems = read_dataset(tmp_path)
    assert [(problem.file, problem.line) for problem in problems] == [("broken.csv", 0)]
    assert problems[0].reason.startswith("the file was not used")


def test_an_unknown_format_names_those_that_there_are(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"recbole.*got excel"):
        read_dataset(write("r.csv", RATINGS), format="excel")


def test_a_format_that_does_not_fit_is_refused(write: Write) -> None:
    with pytest.raises(DataError, match="does not look like the format 'kgat'"):
        read_dataset(write("r.csv", RATINGS), format="kgat")


def test_nothing_at_the_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing at"):
        read_dataset(tmp_path / "nowhere")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no files"):
        read_dataset(tmp_path)


def test_progress_ends_complete(write: Write) -> None:
    heard: list[Progress] = []
    read_dataset(write("r.csv", RATINGS), on_progress=heard.append)
    assert heard[0].done == 0
    assert heard[-1].done == heard[-1].total


def test_the_upload_itself_is_left_untouched(tmp_path: Path, write: Write) -> None:
    path = write("r.csv", RATINGS)
    read_dataset(path)
    assert [found.name for found in tmp_path.iterdir()] == ["r.csv"]
    assert path.read_text() == RATINGS


def test_a_rating_column_with_too_few_numbers_is_not_ignored_in_silence(write: Write) -> None:
    cells = ["4", "inf", "5", "bad", "3", "worse"]
    rows = "".join(f"u{n % 3},i{n % 2},{cell}\n" for n, cell in enumerate(cells))
    _, problems = read_dataset(write("shop.csv", "user_id,item_id,rating\n" + rows))
    assert [(p.column, "not used" in p.reason) for p in problems] == [("rating", True)]


def test_a_column_of_words_named_like_a_rating_is_no_problem(write: Write) -> None:
    rows = "".join(f"u{n % 3},i{n % 2},fine\n" for n in range(6))
    _, problems = read_dataset(write("shop.csv", "user_id,item_id,note\n" + rows))
    assert problems == []


def test_a_time_column_with_too_few_dates_is_not_ignored_in_silence(write: Write) -> None:
    cells = ["2024-01-05", "soon", "later", "never", "maybe", "once"]
    rows = "".join(f"u{n % 3},i{n % 2},{cell}\n" for n, cell in enumerate(cells))
    dataset, problems = read_dataset(write("shop.csv", "user_id,item_id,date\n" + rows))
    assert not dataset.interactions.has_times
    assert [(p.column, "no times" in p.reason) for p in problems] == [("date", True)]


def test_a_workbook_that_is_called_csv_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataError, match=r"orders\.csv is an Excel workbook \(\.xlsx\)"):
        read_dataset(path)


def test_the_mapping_of_tables_can_be_had_without_reading_them_all(write: Write) -> None:
    mapping = mapping_at(write("r.csv", RATINGS), name="Shop")
    assert mapping.name == "Shop"
    assert [(table.file, table.role) for table in mapping.tables] == [("r.csv", "interactions")]
