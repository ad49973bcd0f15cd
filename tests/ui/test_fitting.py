from __future__ import annotations

import pandas as pd

from kgrec_ui.fitting import elided, fitting_rows, search_effort


def test_rows_become_taller_only_when_a_text_does_not_fit() -> None:
    table = pd.DataFrame({"item": ["Heat", "A long name"], "n": [1, 2]})
    assert fitting_rows(table, {"item": 11}) is None
    assert (fitting_rows(table, {"item": 10}) or 0) > 60  # Streamlit breaks lines from there on


def test_an_empty_table_and_an_absent_column_need_no_tall_rows() -> None:
    assert fitting_rows(pd.DataFrame({"item": []}), {"item": 3}) is None
    assert fitting_rows(pd.DataFrame({"item": ["Heat"]}), {"other": 1}) is None


def test_the_effort_of_a_search_grows_with_items_and_choices() -> None:
    assert search_effort(5_000, 200) == 5_000
    assert search_effort(5_000, 20) == 500
    assert search_effort(5_000, 2_000) == 50_000
    assert search_effort(5_000, 0) == 0


def test_a_long_word_that_begins_on_a_new_line_is_cut_sooner() -> None:
    table = pd.DataFrame({"item": ["Babel " + "x" * 30, "Tiger Snake " + "x" * 30]})
    shown = elided(table, {"item": 10})
    # "Babel", then two lines; "Tiger", "Snake", then one line: there is no fourth.
    assert shown["item"].tolist() == ["Babel " + "x" * 18 + "…", "Tiger Snake " + "x" * 9 + "…"]


def test_a_text_that_no_row_can_show_ends_with_an_ellipsis_and_the_table_stays_as_it_was() -> None:
    table = pd.DataFrame({"item": ["Heat", "x" * 30], "n": [1, 2]})
    shown = elided(table, {"item": 10, "absent": 5})
    assert shown["item"].tolist() == ["Heat", "x" * 24 + "…"]
    assert table["item"].tolist() == ["Heat", "x" * 30]
