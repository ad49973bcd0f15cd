from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.times import parse_times, seconds_of_date

MARCH_4 = int(datetime(2023, 3, 4, tzinfo=UTC).timestamp())
HALF_PAST_SIX = MARCH_4 + 18 * 3600 + 30 * 60


def _times(cells: list[str], report: ProblemReport) -> list[int]:
    lines = range(2, len(cells) + 2)
    return parse_times(cells, file="t.csv", column="date", lines=lines, report=report).tolist()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2023-03-04", MARCH_4),
        ("2023-03-04T18:30:00", HALF_PAST_SIX),
        ("2023-03-04 18:30", HALF_PAST_SIX),
        ("2023-03-04T18:30:00Z", HALF_PAST_SIX),
        ("2023-03-04T20:30:00+02:00", HALF_PAST_SIX),
        ("04.03.2023", MARCH_4),
        ("4.3.23", MARCH_4),
        ("04.03.2023 18:30:00", HALF_PAST_SIX),
        ("2023/03/04", MARCH_4),
        ("04-Mar-2023", MARCH_4),
        ("4 March 2023", MARCH_4),
        ("March 4, 2023", MARCH_4),
        ("Mar 4, 2023 6:30 PM", HALF_PAST_SIX),
        (str(HALF_PAST_SIX), HALF_PAST_SIX),
        (f"{HALF_PAST_SIX}.75", HALF_PAST_SIX),
        (str(HALF_PAST_SIX * 1000), HALF_PAST_SIX),
        (str(HALF_PAST_SIX * 1_000_000), HALF_PAST_SIX),
        (str(HALF_PAST_SIX * 1_000_000_000), HALF_PAST_SIX),
        ("20230304", MARCH_4),
        ("2023", int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())),
    ],
)
def test_a_written_time_is_read(cell: str, expected: int, report: ProblemReport) -> None:
    assert _times([cell], report) == [expected]
    assert report.problems == []


def test_slashes_mean_the_day_first_when_the_column_shows_it(report: ProblemReport) -> None:
    assert _times(["28/02/2023", "04/03/2023"], report)[1] == MARCH_4
    assert "the day was taken to come first" in report.problems[0].reason


def test_slashes_mean_the_month_first_when_the_column_shows_it(report: ProblemReport) -> None:
    assert _times(["03/28/2023", "03/04/2023"], report)[1] == MARCH_4
    assert report.problems[0].lines == (3,)


def test_slashes_in_doubt_mean_the_month_first_and_say_so(report: ProblemReport) -> None:
    assert _times(["03/04/2023"], report) == [MARCH_4]
    assert report.problems[0].reason == (
        "dates that can be read in two ways: the month was taken to come first"
    )


def test_equal_day_and_month_leave_no_doubt(report: ProblemReport) -> None:
    _times(["05/05/2023"], report)
    assert report.problems == []


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("yesterday", "no date or time that could be read: the row was kept without a time"),
        ("2023-02-30", "no date or time that could be read: the row was kept without a time"),
        ("31.04.2023", "no date or time that could be read: the row was kept without a time"),
        ("", "no time: the row was kept without a time"),
        ("1850-01-01", "a time before 1900 or after 2100: the row was kept without a time"),
        ("9999-01-01", "a time before 1900 or after 2100: the row was kept without a time"),
        ("2023-03-04 25:00", "no date or time that could be read: the row was kept without a time"),
    ],
)
def test_a_row_without_a_usable_time_is_kept_and_reported(
    cell: str, reason: str, report: ProblemReport
) -> None:
    assert _times([str(HALF_PAST_SIX), cell], report) == [HALF_PAST_SIX, NO_TIME]
    assert [(p.reason, p.lines) for p in report.problems] == [(reason, (3,))]


def test_zero_is_unknown_rather_than_1970(report: ProblemReport) -> None:
    assert _times(["0", "2023-03-04"], report) == [NO_TIME, MARCH_4]
    assert "unknown" in report.problems[0].reason


def test_notations_may_mix_in_one_column(report: ProblemReport) -> None:
    cells = ["2023-03-04", "04.03.2023", str(HALF_PAST_SIX), "03/28/2023"]
    assert _times(cells, report)[:3] == [MARCH_4, MARCH_4, HALF_PAST_SIX]


def test_no_such_day_is_no_time() -> None:
    assert seconds_of_date(2023, 2, 30) == NO_TIME


@given(moment=st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)))
def test_iso_times_come_back_to_the_second(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert _times([aware.isoformat()], ProblemReport()) == [int(aware.timestamp())]


@given(cells=st.lists(st.text(max_size=12), min_size=1))
def test_each_cell_has_a_time_or_is_reported(cells: list[str]) -> None:
    report = ProblemReport()
    found = _times(cells, report)
    kept = [p.count for p in report.problems if p.reason.endswith("without a time")]
    assert sum(kept) == found.count(NO_TIME)


@pytest.mark.parametrize("factor", [10**3, 10**6, 10**9])
@pytest.mark.parametrize("odd_first", [True, False])
def test_a_number_in_another_unit_is_read_in_its_own(
    factor: int, odd_first: bool, report: ProblemReport
) -> None:
    common, odd = (1, factor) if odd_first else (factor, 1)
    cells = [str(MARCH_4 * odd), *[str((MARCH_4 + day) * common) for day in range(3)]]
    assert _times(cells, report) == [MARCH_4, MARCH_4, MARCH_4 + 1, MARCH_4 + 2]
    assert [(p.lines, p.count) for p in report.problems] == [((2,), 1)]
    assert "in another unit of time" in report.problems[0].reason


def test_milliseconds_of_1970_among_others_are_no_other_unit(report: ProblemReport) -> None:
    cells = [str(5_000), str(MARCH_4 * 1000), str(MARCH_4 * 1000)]
    assert _times(cells, report) == [5, MARCH_4, MARCH_4]
    assert report.problems == []
