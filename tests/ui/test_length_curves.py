from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import pytest

from kgrec_core.pipeline.short_history import KeepOrder, UserPoint
from kgrec_ui.plots.length_plot import draw_user_curve
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.length_curve import LengthCurve, lengths_with, shape_of
from kgrec_ui.views.user_curve_view import (
    UserCurveView,
    found_again,
    found_sentence,
    user_curve_view,
)

LENGTHS = (0, 1, 2, 5, 9)


def points(values: Sequence[float]) -> list[UserPoint]:
    return [UserPoint(n, v, v, v) for n, v in zip(LENGTHS, values, strict=False)]


def view_of(
    fusion: Sequence[float], popular: Sequence[float] = (), order: KeepOrder = "newest"
) -> UserCurveView:
    curves = {"popularity": points(popular)} if popular else {}
    curves["fusion"] = points(fusion)
    return user_curve_view(curves, main="fusion", n_held_out=40, k=10, order=order)


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([2, 2, 2], "flat"),
        ([3], "flat"),
        ([1, 1, 2], "rises"),
        ([2, 1, 1], "falls"),
        ([7, 1, 2, 8], "dips"),
        ([1, 4, 2], "peaks"),
        ([2, 1, 4, 3], "wavers"),
        ([1, 3, 2, 4], "wavers"),
    ],
)
def test_the_shape_of_a_curve_is_told_by_its_ends_and_extremes(
    values: list[float], shape: str
) -> None:
    assert shape_of(values) == shape


def test_the_lengths_of_a_value_are_the_first_neighbors_that_have_it() -> None:
    curve = LengthCurve(
        "F", tuple((n, v, v, v) for n, v in zip(LENGTHS, [7, 1, 1, 2, 1], strict=True)), True
    )
    assert lengths_with(curve, 1) == (1, 2)
    assert lengths_with(curve, 7) == (0, 0)


def test_a_dip_is_told_with_its_low_point() -> None:
    assert view_of([7, 1, 1, 2, 8]).sentence == (
        "Fusion finds 7 of 40 held-out items in the first 10 when nothing is known, and 8 with all "
        "9 known: the curve dips before it recovers. At its lowest it finds 1, with 1 to 2 known "
        "items."
    )


def test_a_curve_that_rises_and_falls_back_names_its_best_point() -> None:
    sentence = view_of([1, 2, 4, 3, 2]).sentence
    assert "the curve rises and falls back" in sentence
    assert "At its highest it finds 4, with 2 known items." in sentence
    assert "lowest" not in sentence


def test_a_curve_that_wavers_names_both_its_extremes() -> None:
    sentence = view_of([2, 1, 4, 3, 3]).sentence
    assert "At its lowest it finds 1, with 1 known item." in sentence
    assert "At its highest it finds 4, with 2 known items." in sentence


def test_a_flat_curve_is_called_flat() -> None:
    assert view_of([3, 3, 3, 3, 3]).sentence == (
        "Fusion finds 3 of 40 held-out items in the first 10, however much is known: the curve is "
        "flat."
    )


def test_a_model_that_finds_more_is_named_with_the_number_of_lengths() -> None:
    view = view_of([7, 1, 1, 2, 8], [7, 7, 7, 7, 7])
    assert view.sentence.endswith("Most popular finds more at 3 of the 5 lengths.")
    assert "finds more" not in view_of([8, 8, 8, 8, 8], [7, 7, 7, 7, 7]).sentence


def test_the_model_in_use_comes_first_and_the_table_tells_the_spread() -> None:
    curves = {
        "popularity": [UserPoint(n, 1.0, 1.0, 1.0) for n in (0, 2, 4)],
        "fusion": [UserPoint(0, 1, 1, 1), UserPoint(2, 2.5, 1, 3), UserPoint(4, 2, 2, 2)],
    }
    view = user_curve_view(curves, main="fusion", n_held_out=3, k=10, order="random")
    assert [curve.label for curve in view.curves] == ["Fusion", "Most popular"]
    assert view.table["Fusion"].to_list() == ["1", "2.5 (1 to 3)", "2"]


def test_a_curve_of_one_user_is_called_an_illustration() -> None:
    assert view_of([1, 2]).how.startswith("This is 1 user: an illustration")


def test_a_fixed_order_says_that_there_is_no_interval() -> None:
    assert "no interval" in view_of([1, 2], order="oldest").how
    assert "10 draws" in view_of([1, 2], order="random").how


@pytest.mark.parametrize(("marked", "place"), [(0, 0.0), (3, 2 + 1 / 3), (9, 4.0), (20, 4.0)])
def test_the_line_stands_where_the_slider_is(marked: int, place: float) -> None:
    figure = draw_user_curve(view_of([1, 2, 3, 4, 5]), LIGHT, marked=marked)
    assert figure.layout.shapes[0].x0 == pytest.approx(place)
    assert figure.layout.annotations[0].text == f"{marked} as above"
    assert isinstance(figure, go.Figure)


def test_whiskers_reach_from_the_lowest_to_the_highest() -> None:
    curves = {"fusion": [UserPoint(0, 2.0, 1.0, 4.0), UserPoint(1, 3.0, 3.0, 3.0)]}
    view = user_curve_view(curves, main="fusion", n_held_out=9, k=10, order="random")
    whiskers = draw_user_curve(view, LIGHT, marked=0).data[0].error_y
    assert (list(whiskers.array), list(whiskers.arrayminus)) == ([2.0, 0.0], [1.0, 0.0])


def test_items_that_were_really_chosen_are_marked() -> None:
    marks = found_again([1, 4, 7], np.array([4, 5]), np.array([7]))
    assert marks == ("", "hidden above", "held out")


def test_one_sentence_counts_what_the_user_really_chose() -> None:
    assert found_sentence(("", "hidden above", "held out"), 2, 1) == (
        "The user really chose 2 of these 3 items, and the model was not told: 1 hidden above, 1 "
        "held out."
    )
    assert found_sentence(("", ""), 2, 0).startswith("The user chose none of these items")
    assert found_sentence((), 0, 0).startswith("Nothing is hidden")
