from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.records import read_records, sniff_separator, text_lines
from kgrec_core.data.report import ProblemReport

CELL = st.text(st.sampled_from('ab,;"\n é'), max_size=6)


def _records(text: str, report: ProblemReport, separator: str = ",") -> list[tuple[int, list[str]]]:
    return list(read_records(text_lines(text), separator, file="t.csv", report=report))


@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_what_the_csv_writer_quotes_comes_back(rows: list[tuple[str, str, str]]) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=csv.QUOTE_ALL).writerows(rows)
    report = ProblemReport()
    assert [tuple(cells) for _, cells in _records(sink.getvalue(), report)] == rows
    assert report.problems == []


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_each_record_knows_the_line_where_it_starts(rows: list[tuple[str, str]]) -> None:
    sink = io.StringIO(newline="")
    starts = []
    for row in rows:
        starts.append(sink.getvalue().count("\n") + 1)
        csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(row)
    assert [line for line, _ in _records(sink.getvalue(), ProblemReport())] == starts


def test_only_line_ends_of_files_end_a_line() -> None:
    assert text_lines("a\u2028b\x0bc\r\nd\re\n") == ["a\u2028b\x0bc\r\n", "d\r", "e\n"]


def test_a_quote_that_never_closes_costs_one_line_only(report: ProblemReport) -> None:
    text = 'id,name\n1,"open\n2,b\n3,"c"\n4,d\n'
    assert _records(text, report) == [
        (1, ["id", "name"]),
        (2, ["1", '"open']),
        (3, ["2", "b"]),
        (4, ["3", "c"]),
        (5, ["4", "d"]),
    ]
    assert [problem.lines for problem in report.problems] == [(2,)]
    assert "never closed" in report.problems[0].reason


def test_a_quote_that_closes_on_a_later_line_by_accident_is_noticed(report: ProblemReport) -> None:
    text = 'id,name,note\n1,"open,x\n2,"b",y\n3,c,z\n'
    assert [cells for _, cells in _records(text, report)][1:] == [
        ["1", '"open', "x"],
        ["2", "b", "y"],
        ["3", "c", "z"],
    ]
    assert report.problems[0].lines == (2,)


def test_an_open_quote_in_a_line_of_another_width_leaves_it_out(report: ProblemReport) -> None:
    text = 'id,name\n1,"a, b, c\n2,d\n'
    assert [line for line, _ in _records(text, report)] == [1, 3]
    assert "left out" in report.problems[0].reason


def test_a_quoted_cell_over_many_lines_is_one_cell(report: ProblemReport) -> None:
    text = 'id,name\n1,"one\ntwo\nthree"\n2,b\n'
    assert _records(text, report)[1:] == [(2, ["1", "one\ntwo\nthree"]), (5, ["2", "b"])]
    assert report.problems == []


def test_a_file_full_of_open_quotes_is_read_to_its_end(report: ProblemReport) -> None:
    rows = "".join(f'{n},"x{n}\n' for n in range(3_000))
    records = _records("id,name\n" + rows, report)
    assert [line for line, _ in records] == list(range(1, 3_002))


def test_the_most_even_separator_wins() -> None:
    assert sniff_separator(["a;b;c\n", "1,5;2,5;3\n", "4,5;2;1\n"]) == ";"
    assert sniff_separator(["a,b\n", "1,x|y|z\n", "2,x\n"]) == ","
    assert sniff_separator(["a\tb\n", "1\tone, two, three\n"]) == "\t"
    assert sniff_separator(["1::a (1995)::x|y\n", "2::b::z\n"]) == "::"


def test_text_without_separators_has_none() -> None:
    assert sniff_separator(["just words\n", "more words, here\n"]) is None


def test_a_separator_of_two_signs_is_cut_without_quotes(report: ProblemReport) -> None:
    assert _records('1::"a::b\n', report, "::") == [(1, ["1", '"a', "b"])]


def test_a_cell_beyond_the_reader_s_usual_limit_does_not_stop_the_guess_of_the_separator() -> None:
    before = csv.field_size_limit(131_072)  # what a fresh process starts with
    try:
        assert sniff_separator(["user,item\n", f"{'x' * 200_000},p1\n"]) == ","
    finally:
        csv.field_size_limit(before)


def test_a_lone_return_in_a_cell_of_a_file_with_other_line_ends_is_a_blank() -> None:
    others = [f"{n},b\n" for n in range(10)]
    assert text_lines("1,his fake\rbest man\n" + "".join(others)) == [
        "1,his fake best man\n",
        *others,
    ]


def test_lone_returns_end_the_lines_of_an_old_file() -> None:
    assert text_lines("a,b\r1,2\r3,4\n") == ["a,b\r", "1,2\r", "3,4\n"]
