"""How cells, tags and uploaded ids are called."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.mapping import LinkColumn
from kgrec_core.graph.naming import bin_names, item_entity_id, tag_entity_id, uploaded_name


def link(bin_width: float | None, column: str = "year") -> LinkColumn:
    return LinkColumn(column=column, relation="has", entity_type="span", bin=bin_width)


def test_an_item_is_called_by_its_type_and_id() -> None:
    assert item_entity_id("42") == "item:42"


def test_tags_that_differ_in_case_or_margin_are_one() -> None:
    assert tag_entity_id("  Sci-Fi ") == tag_entity_id("sci-fi") == "tag:sci-fi"


@pytest.mark.parametrize(
    ("entity_id", "label", "entity_type"),
    [
        ("genre:Comedy", "Comedy", "genre"),
        ("person:O'Brien: the man", "O'Brien: the man", "person"),
        ("m.0abc1", "m.0abc1", "entity"),
        ("Alien: Covenant", "Alien: Covenant", "entity"),
        (
            "a very long title that is no type: yes",
            "a very long title that is no type: yes",
            "entity",
        ),
        ("http://dbpedia.org/resource/Dragonfly_in_Amber", "Dragonfly in Amber", "entity"),
        ("<http://example.org/kg#Tom_Hanks>", "Tom Hanks", "entity"),
        ("http://example.org/", "example.org", "entity"),
        ("10:30", "10:30", "entity"),
        ("genre:", "genre:", "entity"),
        ("item:999", "999", "entity"),
        ("", "", "entity"),
    ],
)
def test_an_uploaded_id_may_tell_label_and_type(
    entity_id: str, label: str, entity_type: str
) -> None:
    assert uploaded_name(entity_id) == (label, entity_type)


def test_years_in_tens_are_decades() -> None:
    assert bin_names(1994, link(10)) == ("1990–1999", "1990s")


def test_other_numbers_in_tens_are_no_decades() -> None:
    assert bin_names(94, link(10, "length")) == ("90–99", "90–99")
    assert bin_names(1994, link(10, "pages")) == ("1990–1999", "1990–1999")


def test_years_in_other_widths_keep_their_bounds() -> None:
    assert bin_names(1994, link(25)) == ("1975–1999", "1975–1999")


def test_bins_of_broken_width_end_where_the_next_begins() -> None:
    assert bin_names(0.6, link(0.5)) == ("0.5–1", "0.5–1")


def test_negative_numbers_have_bins() -> None:
    assert bin_names(-1, link(10)) == ("-10–-1", "-10–-1")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_have_no_bin(value: float) -> None:
    assert bin_names(value, link(10)) is None


@given(st.integers(-(10**6), 10**6), st.integers(1, 1000))
def test_a_bin_of_whole_width_holds_its_value(value: int, width: int) -> None:
    names = bin_names(value, link(width, "length"))
    assert names is not None
    low, high = (int(part) for part in names[0].rsplit("–", 1))
    assert low <= value <= high
    assert high - low == width - 1
