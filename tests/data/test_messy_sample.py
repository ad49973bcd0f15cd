"""The messy sample states its faults in its README; each must be named by file, line and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.from_mapping import dataset_from_tables
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.mapping import Mapping
from kgrec_core.data.report import Problem, ProblemReport
from kgrec_core.errors import DataError

MESSY = Path(__file__).parents[2] / "sample_data" / "messy"


def _read(
    file: str, columns: dict[str, str], *items: dict[str, object]
) -> tuple[Dataset, list[Problem]]:
    report = ProblemReport()
    tables = [{"file": file, "role": "interactions", "columns": columns}, *items]
    mapping = Mapping.model_validate({"name": "messy", "tables": tables})
    return dataset_from_tables(MESSY, mapping, report=report), report.problems


def _lines(problems: list[Problem], words: str) -> tuple[int, ...]:
    return tuple(n for problem in problems if words in problem.reason for n in problem.lines)


PLAIN = {"user": "customer", "item": "product", "weight": "stars"}
DATED = PLAIN | {"time": "date"}


@pytest.mark.parametrize(
    ("file", "n_rows"), [("semicolons.csv", 12), ("tabs.csv", 12), ("bom.csv", 12)]
)
def test_odd_separators_and_marks_lose_no_row(file: str, n_rows: int) -> None:
    dataset, _ = read_dataset(MESSY / file)
    assert len(dataset.interactions) == n_rows


def test_decimal_commas_are_read_and_each_row_is_counted() -> None:
    dataset, problems = _read("semicolons.csv", DATED)
    assert dataset.interactions.weights.max() <= 5
    assert dataset.interactions.weights[0] == 1.5
    assert _lines(problems, "decimal comma") == tuple(range(2, 14))


@pytest.mark.parametrize(
    ("file", "label"), [("latin1.csv", "Café table"), ("cp1252.csv", "“Bistro” table")]
)
def test_other_encodings_are_read_and_named(file: str, label: str) -> None:
    items = {"file": file, "role": "items", "columns": {"item": "product", "label": "name"}}
    dataset, problems = _read("orphans.csv", PLAIN, items)
    assert dataset.item_labels[0] == label
    assert any(p.file == file and "not UTF-8" in p.reason for p in problems)


def test_repeated_ids_are_named_with_the_row_that_was_kept() -> None:
    items = {
        "file": "duplicate_ids.csv",
        "role": "items",
        "columns": {"item": "product", "label": "name"},
    }
    dataset, problems = _read("orphans.csv", PLAIN, items)
    assert dataset.item_labels[:5] == [
        "Café table",
        "Señor lamp",
        "Überchair",
        "Plain shelf",
        "Crème rug",
    ]
    assert "P05" in dataset.items
    assert _lines(problems, "kept the first") == (7,)
    assert "p02, first in line 3" in [problem.example for problem in problems]
    assert _lines(problems, "exact repeat") == (8, 9)
    assert _lines(problems, "blanks around the id") == (9,)


def test_a_missing_column_is_named_with_those_found() -> None:
    with pytest.raises(DataError, match=r"'customer', 'stars', 'date'.*item"):
        read_dataset(MESSY / "no_item_column.csv")


def test_six_notations_of_dates() -> None:
    dataset, problems = _read("mixed_dates.csv", DATED)
    day, evening = 1_677_888_000, 1_677_954_600  # 4 March 2023, and 18:30 of it, UTC
    later = day + 24 * 86_400
    expected = [day, evening, day, evening, later, day, NO_TIME, NO_TIME, NO_TIME, NO_TIME]
    assert dataset.interactions.times.tolist() == expected
    assert _lines(problems, "read in two ways") == (7,)
    assert _lines(problems, "could be read:") == (8, 9)
    assert _lines(problems, "no time:") == (10,)
    assert _lines(problems, "unknown") == (11,)


def test_thousands_in_both_notations() -> None:
    dataset, problems = _read(
        "thousands.csv", {"user": "product", "item": "product", "weight": "price"}
    )
    expected = [1234.5, 89.9, 2450, 45, 1234.5, 120, 1005]
    assert dataset.interactions.weights.tolist() == pytest.approx(expected)
    assert _lines(problems, "unlike the rest") == (6, 7)
    assert _lines(problems, "no number") == (9,)


def test_ids_that_do_not_join_are_kept_counted_and_compared() -> None:
    items = {"file": "latin1.csv", "role": "items", "columns": {"item": "product"}}
    dataset, problems = _read("orphans.csv", PLAIN, items)
    assert {"p99", "p1", "P02"} <= set(dataset.items.ids)
    assert set(_lines(problems, "not in the items table")) == {8, 9, 10}
    assert "P02, like p02" in [problem.example for problem in problems]
    left_out = {(p.column, p.lines) for p in problems if p.reason == "no id: row left out"}
    assert left_out == {("customer", (11,)), ("product", (12,))}


def test_blank_lines_are_skipped_and_counted() -> None:
    dataset, problems = _read("blank_lines.csv", PLAIN)
    assert len(dataset.interactions) == 6
    assert _lines(problems, "blank line") == (1, 5, 8)
    assert _lines(problems, "empty cells") == (11,)


def test_rows_of_another_width_are_named() -> None:
    dataset, problems = _read("ragged.csv", PLAIN)
    assert len(dataset.interactions) == 3
    assert _lines(problems, "fewer cells") == (3,)
    assert _lines(problems, "more cells") == (5, 6)


def test_an_open_quote_swallows_no_other_line() -> None:
    dataset, problems = _read("unclosed_quote.csv", PLAIN)
    assert len(dataset.interactions) == 8
    assert _lines(problems, "never closed") == (4,)


@pytest.mark.parametrize(
    ("file", "words"), [("empty.csv", "is empty"), ("header_only.csv", "no usable row")]
)
def test_files_without_rows_are_refused_by_name(file: str, words: str) -> None:
    with pytest.raises(DataError, match=f"{file}.*{words}"):
        read_dataset(MESSY / file)


def test_the_whole_folder_at_once_is_read_and_names_the_unusable(tmp_path: Path) -> None:
    folder = tmp_path / "upload"
    shutil.copytree(MESSY, folder)
    dataset, problems = read_dataset(folder)
    assert len(dataset.interactions) > 40
    assert np.isfinite(dataset.interactions.weights).all()
    unused = {p.file for p in problems if p.reason.startswith("the file was not used")}
    assert {"empty.csv", "header_only.csv"} <= unused
