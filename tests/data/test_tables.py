from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.data.records import read_records, text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import MAX_CELL_CHARACTERS, read_table, table_of
from kgrec_core.errors import DataError
from tests.data_samples import Write


def test_cells_are_stripped_text_with_their_lines(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "id, name \n 1 ,Ada\n2,\n"), report=report)
    assert table.header == ("id", "name")
    assert table.columns == {"id": ["1", "2"], "name": ["Ada", ""]}
    assert table.lines == [2, 3]
    assert table.trimmed["id"] == [0]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "::"])
def test_every_separator_gives_the_same_table(
    separator: str, write: Write, report: ProblemReport
) -> None:
    text = "\n".join(separator.join(row) for row in (("id", "name"), ("1", "Ada"), ("2", "Bo")))
    table = read_table(write("t.csv", text), report=report)
    assert table.columns == {"id": ["1", "2"], "name": ["Ada", "Bo"]}


def test_a_byte_order_mark_is_no_part_of_the_first_name(
    write: Write, report: ProblemReport
) -> None:
    table = read_table(write("t.csv", "\ufeffid,name\n1,a\n"), report=report)
    assert table.header == ("id", "name")


def test_short_rows_are_filled_and_reported(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "a,b,c\n1,2,3\n4,5\n"), report=report)
    assert table.columns["c"] == ["3", ""]
    assert [(p.lines, p.example) for p in report.problems] == [((3,), "4 | 5")]


def test_long_rows_are_left_out_and_reported(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "a,b\n1,2\n3,4,5\n6,7\n"), report=report)
    assert table.lines == [2, 4]
    assert report.problems[0].reason == "more cells than the header: row left out"


def test_surplus_empty_cells_change_nothing(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "a,b\n1,2,,\n"), report=report)
    assert table.columns == {"a": ["1"], "b": ["2"]}
    assert report.problems == []


def test_blank_lines_are_skipped_and_counted_except_at_the_end(
    write: Write, report: ProblemReport
) -> None:
    table = read_table(write("t.csv", "\na,b\n1,2\n\n   \n3,4\n,\n\n\n"), report=report)
    assert table.lines == [3, 6]
    found = {problem.reason: problem.lines for problem in report.problems}
    assert found == {"blank line: skipped": (1, 4, 5), "a row of empty cells: skipped": (7,)}


def test_a_name_that_occurs_twice_gets_a_number(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "id,name,name,name_2\n1,a,b,c\n"), report=report)
    assert table.header == ("id", "name", "name_3", "name_2")
    assert "twice" in report.problems[0].reason


def test_a_column_without_a_name_gets_one(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", ",name\n0,a\n"), report=report)
    assert table.header == ("column_1", "name")


def test_a_giant_cell_is_cut_and_reported(write: Write, report: ProblemReport) -> None:
    giant = "x" * (MAX_CELL_CHARACTERS + 1)
    table = read_table(write("t.csv", f"id,text\n1,{giant}\n2,y\n"), report=report)
    assert [len(cell) for cell in table.columns["text"]] == [10_000, 1]
    assert (report.problems[0].line, report.problems[0].column) == (2, "text")
    assert len(report.problems[0].example) < 100


def test_one_column_is_refused_with_the_separators_tried(
    write: Write, report: ProblemReport
) -> None:
    with pytest.raises(DataError, match="only one column"):
        read_table(write("t.csv", "name\nAda\nBo\n"), report=report)


def test_a_header_without_rows_is_refused(write: Write, report: ProblemReport) -> None:
    with pytest.raises(DataError, match="no usable row"):
        read_table(write("t.csv", "id,name\n"), report=report)


def test_a_missing_file_is_refused(tmp_path: Path, report: ProblemReport) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv", report=report)


def test_an_unknown_column_names_those_that_there_are(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "id,name\n1,a\n"), report=report)
    with pytest.raises(DataError, match=r"no column 'title'.*'id', 'name'"):
        table.column("title")


def test_only_the_first_rows_are_read_when_asked(write: Write, report: ProblemReport) -> None:
    table = read_table(write("t.csv", "a,b\n1,2\n3,4\n5,6\n"), report=report, max_rows=2)
    assert table.lines == [2, 3]


def test_parquet_gives_text_cells_and_joins_lists(tmp_path: Path, report: ProblemReport) -> None:
    frame = pl.DataFrame({"id": [1, 2], "genres": [["a", "b"], []], "score": [1.5, None]})
    frame.write_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet", report=report)
    assert table.columns == {"id": ["1", "2"], "genres": ["a|b", ""], "score": ["1.5", ""]}
    assert table.lines == [2, 3]


def test_parquet_moments_are_utc_and_nested_columns_are_left_out(
    tmp_path: Path, report: ProblemReport
) -> None:
    moment = datetime(2023, 3, 4, 20, 30, tzinfo=timezone(timedelta(hours=2)))
    frame = pl.DataFrame({"id": ["a"], "at": [moment], "more": [{"x": 1}]})
    frame.write_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet", report=report)
    assert table.columns == {"id": ["a"], "at": ["2023-03-04T18:30:00"]}
    assert [problem.column for problem in report.problems] == ["more"]


def test_a_damaged_parquet_file_is_refused(write: Write, report: ProblemReport) -> None:
    with pytest.raises(DataError, match="damaged Parquet"):
        read_table(write("t.parquet", b"PAR1 no table PAR1"), report=report)


@settings(max_examples=50)
@given(widths=st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_every_line_is_a_row_or_in_the_report(widths: list[int]) -> None:
    report = ProblemReport()
    lines = ["a,b,c\n", "1,2,3\n", *(",".join("x" * width) + "\n" for width in widths), "7,8,9\n"]
    records = read_records(text_lines("".join(lines)), ",", file="t.csv", report=report)
    table = table_of(records, file="t.csv", report=report)
    reported = {line for problem in report.problems for line in problem.lines}
    assert set(table.lines) | reported == set(range(2, len(lines) + 1))
