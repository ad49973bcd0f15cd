from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kgrec_ui.views.search_view import find_matches, option_label


def test_a_label_equal_to_the_id_is_written_once() -> None:
    assert option_label("u1", "u1") == "u1"
    assert option_label("u1", "Anna") == "Anna · u1"


def test_matches_come_in_the_order_equal_start_inside_near() -> None:
    labels = ["Manna", "Hanna", "Anna", "Annabel"]
    assert find_matches("anna", ["1", "2", "3", "4"], labels)[:2] == [2, 3]
    assert set(find_matches("anna", ["1", "2", "3", "4"], labels)) == {0, 1, 2, 3}


def test_an_id_is_found_as_well() -> None:
    assert find_matches("u2", ["u1", "u2"], ["Anna", "Bo"])[0] == 1


def test_a_typing_error_is_forgiven() -> None:
    assert find_matches("speilberg", ["1", "2"], ["Spielberg", "Coppola"]) == [0]


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=8), max_size=20))
def test_matches_are_few_distinct_and_in_range(text: str, labels: list[str]) -> None:
    ids = [str(i) for i in range(len(labels))]
    found = find_matches(text, ids, labels, limit=5)
    assert len(found) == len(set(found)) <= 5
    assert all(0 <= position < len(labels) for position in found)
