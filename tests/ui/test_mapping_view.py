from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.errors import ConfigError, DataError
from kgrec_ui.views.mapping_view import (
    TableChoice,
    build_mapping,
    default_column,
    links_frame,
    links_of,
    preview_of,
    previews_of,
)


def test_a_preview_holds_the_first_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i}\n" for i in range(90_000)), "utf-8")
    preview = preview_of(path)
    assert preview.header == ("a", "b")
    assert list(preview.rows["a"]) == ["0", "1", "2", "3", "4"]


def test_a_preview_of_a_packed_table_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a;b\n1;2\n"))
    assert preview_of(path).header == ("a", "b")


def test_a_preview_of_parquet_shows_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_parquet(path)
    assert preview_of(path).rows.to_numpy().tolist() == [["1", "x"], ["", "y"]]


def test_a_file_that_is_no_table_tells_why(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"%PDF-1.7 ...")
    assert "PDF" in preview_of(path).fault


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no table"):
        previews_of(tmp_path)


def test_a_guessed_column_is_offered_first() -> None:
    guess = TableMapping(file="t", role="interactions", columns={"user": "who", "item": "what"})
    assert default_column("user", ("user", "who", "what"), guess) == "who"


def test_a_column_that_bears_the_name_of_the_part_is_offered() -> None:
    assert default_column("user", ("x", "User ID"), None) == "User ID"
    assert default_column("weight", ("x", "y"), None) is None


def test_links_survive_the_table_and_back() -> None:
    links = (
        LinkColumn(column="cast", relation="starring", entity_type="person", separator="|"),
        LinkColumn(column="year", relation="from_decade", entity_type="decade", bin=10),
    )
    assert links_of(links_frame(links)) == links


def test_a_new_row_with_only_a_column_gets_names_of_its_own() -> None:
    frame = pd.concat([links_frame(()), pd.DataFrame([{"Column": "Main Genre"}])])
    assert links_of(frame) == (
        LinkColumn(column="Main Genre", relation="has_main_genre", entity_type="main_genre"),
    )


def test_a_bin_width_of_zero_is_refused() -> None:
    frame = links_frame((LinkColumn(column="year", relation="r", entity_type="t", bin=10),)).assign(
        **{"Bin width": 0.0}
    )
    with pytest.raises(ConfigError, match="bin"):
        links_of(frame)


def test_a_mapping_needs_interactions() -> None:
    with pytest.raises(DataError, match="No file is marked as interactions"):
        build_mapping("x", [TableChoice("a.csv", "items", {"item": "id"})])


def test_a_mapping_names_the_columns_that_are_missing() -> None:
    with pytest.raises(DataError, match=r"a\.csv: choose a column for Item id"):
        build_mapping("x", [TableChoice("a.csv", "interactions", {"user": "u", "item": None})])


def test_a_mapping_leaves_out_what_was_not_chosen() -> None:
    choices = [
        TableChoice("a.csv", "interactions", {"user": "u", "item": "i", "time": None}),
        TableChoice("b.csv", None),
    ]
    mapping = build_mapping("x", choices)
    assert [table.file for table in mapping.tables] == ["a.csv"]
    assert mapping.tables[0].columns == {"user": "u", "item": "i"}
