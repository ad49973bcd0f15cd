from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from kgrec_ui.plots.difference_plot import draw_differences
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.side_by_side_view import modality_rows, overlap_of, side_table, side_titles
from kgrec_ui.views.why_not_view import difference_view
from tests.ui.film_world import (
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    blade_against_insider,
    blade_explanation,
)

# side by side


def test_the_overlap_of_two_lists_is_told() -> None:
    names, sides = film_names(), ("this run", "the other run")
    overlap = overlap_of([0, 1, 2], [0, 2, 3], names, sides)
    assert overlap.n_shared == 2
    assert overlap.sentence == "2 of 3 items are in both lists, 1 at the same rank."
    assert overlap.only == (
        "Only in this run: The Insider.",
        "Only in the other run: Blade Runner.",
    )
    assert overlap_of([0, 1], [0, 1], names, sides).sentence == "Both lists are the same: 2 items."
    assert overlap_of([], [0], names, sides).sentence == "One of the lists is empty."


def test_users_of_the_same_name_are_told_apart_by_their_ids() -> None:
    assert side_titles(("u1", "u2"), ("Ann", "Ben")) == ["Ann", "Ben"]
    assert side_titles(("u1", "u2"), ("Ann", "Ann")) == ["Ann · u1", "Ann · u2"]
    long = side_titles(("u1", "u2"), ("A" * 60 + "1", "A" * 60 + "2"))
    assert long == ["A" * 49 + "… · u1", "A" * 49 + "… · u2"]


def test_each_list_shows_the_rank_in_the_other() -> None:
    table = side_table([2, 0], [0.5, 0.4], [0, 1], ["a", "b"], film_names())
    assert table["other rank"].to_list() == ["–", "1"]
    assert table["item"].to_list() == ["Alien", "Heat"]


def test_the_parts_of_both_sides_add_up_to_their_scores() -> None:
    rows = modality_rows(insider_explanation(), blade_explanation())
    for side in ("left", "right"):
        *parts, score = rows[side].to_list()
        assert sum(parts) == pytest.approx(score)


# why not


def test_the_differences_are_told_drawn_and_add_up() -> None:
    view = difference_view(blade_against_insider(), film_names())
    assert view.headline == (
        "“Blade Runner” is at rank 7 of 20; “The Insider” is at rank 1. Its score is 0.0900, "
        "0.400 lower than 0.490."
    )
    assert view.is_exact
    assert sum(bar.value for bar in view.bars) == pytest.approx(-0.4)
    assert view.bars[0].label == "Heat"
    assert view.bars[0].value == pytest.approx(-0.34)
    assert view.table["difference"].sum() == pytest.approx(-0.4)
    assert len(view.sentences) > 2
    assert view.sentences[0].value == "−0.340"
    drawn = [value for trace in draw_differences(view, LIGHT).data for value in trace.x]
    assert sum(drawn) == pytest.approx(-0.4)


def test_small_differences_share_a_bar() -> None:
    view = difference_view(blade_against_insider(), film_names(), n_bars=1)
    rows = view.table[1:]
    for modality, name in (("graph", "Knowledge graph"), ("collaborative", "Behavior of similar")):
        own = rows.filter(pl.col("modality").str.starts_with(name))
        (bar,) = [bar for bar in view.bars[1:] if bar.modality == modality]
        assert bar.value == pytest.approx(own["difference"].sum())
        assert bar.is_rest == (own.height > 1)
    assert any(bar.label == "Graph: 2 smaller" for bar in view.bars)
    assert sum(bar.value for bar in view.bars) == pytest.approx(-0.4)


def test_an_item_of_the_history_is_said_to_have_no_rank() -> None:
    known = dataclasses.replace(blade_against_insider(), rank_item=None)
    assert "is in the history already" in difference_view(known, film_names()).headline
