from __future__ import annotations

from kgrec_core.data.report import Problem
from kgrec_ui.views.problems_view import problems_view


def test_no_problem_is_a_good_sentence_and_an_empty_table() -> None:
    view = problems_view([])
    assert view.sentence == "Every row of every file was read as it is."
    assert view.table.empty


def test_problems_are_summed_and_what_was_left_out_comes_first() -> None:
    few = Problem("a.csv", 3, "rating", "no number: row left out", 2, "x", (3, 9))
    many = Problem("b.csv", 0, "", "not UTF-8: read as Latin-1", 40, "", ())
    view = problems_view([few, many])
    assert view.n_rows == 42
    assert view.sentence.startswith("42 rows in 2 files show 2 kinds of problems.")
    assert view.sentence.endswith("in a.csv: no number: row left out (2).")
    assert list(view.table["Rows"]) == [2, 40]
    assert list(view.table["First line"]) == ["3", "whole file"]


def test_the_report_as_file_names_the_first_lines() -> None:
    view = problems_view([Problem("a.csv", 3, "rating", "bad", 2, "x", (3, 9))])
    assert "3 9" in view.csv
