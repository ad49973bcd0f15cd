from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.report import ProblemReport
from kgrec_core.data.values import is_missing, parse_numbers


def _numbers(cells: list[str], report: ProblemReport) -> list[float]:
    lines = range(2, len(cells) + 2)
    found = parse_numbers(
        cells, file="t.csv", column="price", lines=lines, report=report, consequence="row left out"
    )
    return found.tolist()


def test_plain_numbers_need_no_report(report: ProblemReport) -> None:
    assert _numbers(["1", "2.5", "-3", "1e3", "+4"], report) == [1, 2.5, -3, 1000, 4]
    assert report.problems == []


def test_commas_part_thousands_when_points_are_decimal(report: ProblemReport) -> None:
    assert _numbers(["1,234.5", "2,000", "1,234,567"], report) == [1234.5, 2000, 1234567]
    assert report.problems == []


def test_points_part_thousands_when_commas_are_decimal(report: ProblemReport) -> None:
    assert _numbers(["1.234,5", "2.000", "3,5", "1.234.567"], report) == [
        1234.5,
        2000,
        3.5,
        1234567,
    ]
    assert [p.reason for p in report.problems] == ["numbers with a decimal comma: read so"]


def test_every_row_with_a_decimal_comma_is_counted(report: ProblemReport) -> None:
    _numbers(["4", *["3,5"] * 30, "2"], report)
    assert [(p.count, p.line, p.example) for p in report.problems] == [(30, 3, "3,5")]


def test_every_row_that_can_be_read_in_two_ways_is_counted(report: ProblemReport) -> None:
    _numbers(["1,234", "7", "5,678"], report)
    assert [(p.count, p.lines) for p in report.problems] == [(2, (2, 4))]


def test_blanks_and_apostrophes_part_thousands(report: ProblemReport) -> None:
    assert _numbers(["1 005.0", "1'234.5", "2\u202f000", "12"], report) == [1005, 1234.5, 2000, 12]


def test_a_cell_of_the_other_notation_is_read_its_own_way(report: ProblemReport) -> None:
    cells = ["1,234.5", "89.90", "2,450.0", "45.00", "1.234,5", "120,00"]
    assert _numbers(cells, report) == [1234.5, 89.9, 2450, 45, 1234.5, 120]
    assert report.problems[0].lines == (6, 7)
    assert "decimal comma" in report.problems[0].reason


def test_a_column_that_can_be_read_in_two_ways_says_so(report: ProblemReport) -> None:
    assert _numbers(["1,234", "5,678"], report) == [1234, 5678]
    assert "thousands separator" in report.problems[0].reason
    assert report.problems[0].line == 2


def test_points_before_three_digits_are_doubtful_too(report: ProblemReport) -> None:
    assert _numbers(["1.234", "5.678", "9"], report) == [1.234, 5.678, 9]
    assert "decimal mark" in report.problems[0].reason


def test_a_decimal_comma_is_no_thousands_separator(report: ProblemReport) -> None:
    assert _numbers(["1,5", "4,5", "3"], report) == [1.5, 4.5, 3]


@pytest.mark.parametrize("cell", ["cheap", "1.2.3.4x", "1,2,3", "inf", "12 stars", "--5", "1,23,4"])
def test_what_is_no_number_is_named_with_its_line(cell: str, report: ProblemReport) -> None:
    found = _numbers(["7", cell], report)
    assert np.isnan(found[1])
    bad = next(p for p in report.problems if p.reason == "no number: row left out")
    assert (bad.line, bad.column, bad.example) == (3, "price", cell)


@pytest.mark.parametrize("cell", ["", "NaN", "null", "N/A", "-"])
def test_an_empty_cell_is_no_value(cell: str, report: ProblemReport) -> None:
    assert is_missing(cell)
    assert np.isnan(_numbers(["1", cell], report)[1])
    assert report.problems[0].reason == "no value: row left out"


@given(values=st.lists(st.integers(0, 10**9).map(lambda n: n / 100), min_size=1))
def test_numbers_with_two_decimals_survive_both_notations(values: list[float]) -> None:
    point = [f"{value:,.2f}" for value in values]
    comma = [cell.translate(str.maketrans(",.", ".,")) for cell in point]
    assert _numbers(point, ProblemReport()) == pytest.approx(values)
    assert _numbers(comma, ProblemReport()) == pytest.approx(values)


@given(cells=st.lists(st.text(st.sampled_from("0123456789.,-' x"), max_size=8), min_size=1))
def test_each_cell_is_a_finite_number_or_reported(cells: list[str]) -> None:
    report = ProblemReport()
    found = np.array(_numbers(cells, report))
    n_reported = sum(p.count for p in report.problems if p.reason.endswith("row left out"))
    assert n_reported == int(np.isnan(found).sum())
    assert np.isfinite(found[~np.isnan(found)]).all()
