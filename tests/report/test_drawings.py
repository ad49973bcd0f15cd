from __future__ import annotations

import dataclasses
import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.report.canvas import WIDTH, Scale, fitted, text_width, ticks
from kgrec_core.report.column_chart import column_chart
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.layout import table
from kgrec_core.report.line_chart import Curve, line_chart
from kgrec_core.report.path_drawing import draw_paths, path_picture
from kgrec_core.report.waterfall import (
    Step,
    draw_waterfall,
    step_decimals,
    step_text,
    sum_sentence,
    waterfall_steps,
)
from tests.ui.film_world import cell, film_names, insider_explanation

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup: str) -> ElementTree.Element:
    """As XML: an SVG that is not well-formed draws nothing."""
    return ElementTree.fromstring(markup)


def words_of(markup: str) -> list[str]:
    return [element.text or "" for element in parsed(markup).iter(f"{SVG}text")]


def numbers_of(markup: str, name: str, attribute: str) -> list[float]:
    return [float(e.attrib[attribute]) for e in parsed(markup).iter(f"{SVG}{name}")]


# canvas


def test_a_scale_puts_its_ends_where_they_belong() -> None:
    scale = Scale(10, 20, 100, 300)
    assert [scale(10), scale(15), scale(20)] == [100, 200, 300]
    assert Scale(5, 5, 100, 300)(5) == 100


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-3.0, 7.0, [-2, 0, 2, 4, 6]),
        (0.12, 0.13, [0.12, 0.122, 0.124, 0.126, 0.128, 0.13]),
        (4.0, 4.0, [4.0]),
    ],
)
def test_ticks_are_round_and_within_the_ends(
    low: float, high: float, expected: list[float]
) -> None:
    assert list(ticks(low, high)) == pytest.approx(expected)


@given(st.text(), st.floats(30, 400))
def test_a_fitted_text_is_never_wider_than_its_place(words: str, width: float) -> None:
    assert text_width(fitted(words, width)) <= width


def test_a_text_that_fits_is_kept() -> None:
    assert fitted("Heat", 100) == "Heat"


def test_a_long_text_ends_with_an_ellipsis() -> None:
    assert fitted("Manos: The Hands of Fate", 80).endswith("…")


# charts


def test_a_dot_chart_names_each_row_and_draws_each_interval() -> None:
    rows = [Dot("Fusion", 0.5, 0.4, 0.6, "0.500", "main"), Dot("EASE", 0.3, 0.3, 0.3, "0.300")]
    drawn = dot_chart(rows, title="t", description="d", axis="NDCG", tick=lambda v: f"{v:.1f}")
    assert {"Fusion", "EASE", "0.500", "0.300", "NDCG"} <= set(words_of(drawn))
    assert drawn.count("whisker") == 1  # a row without an interval has none
    first, second = numbers_of(drawn, "circle", "cx")
    assert first > second


def test_a_dot_chart_with_a_zero_line_keeps_zero_in_view() -> None:
    rows = [Dot("a", 0.5, 0.4, 0.6, "x")]
    drawn = dot_chart(rows, title="t", description="d", axis="", tick=str, zero=True)
    assert 'class="zero"' in drawn
    assert "0.0" in words_of(drawn)


def test_curves_differ_in_dash_and_mark_and_their_names_do_not_cover_each_other() -> None:
    curves = [Curve(f"Model {n}", ((0, 0.5, 0.5, 0.5), (1, 0.5, 0.4, 0.6))) for n in range(4)]
    places = [(0.0, "1"), (1.0, "5")]
    drawn = line_chart(curves, places, title="t", description="d", axis="", tick=str)
    dashes = [line.get("stroke-dasharray") for line in parsed(drawn).iter(f"{SVG}polyline")]
    assert len(set(dashes)) == 4
    heights = [
        float(e.attrib["y"])
        for e in parsed(drawn).iter(f"{SVG}text")
        if (e.text or "").startswith("Model")
    ]
    gaps = [b - a for a, b in itertools.pairwise(sorted(heights))]
    assert min(gaps) >= 12


def test_columns_are_as_high_as_their_counts() -> None:
    drawn = column_chart([("0", 10.0), ("1", 20.0)], title="t", description="d", axis="", tick=str)
    low, high = numbers_of(drawn, "rect", "height")
    assert high == pytest.approx(2 * low, abs=0.05)


def test_names_of_many_columns_are_thinned_out() -> None:
    months = [(f"2021-{n % 12 + 1:02}", 1.0) for n in range(120)]
    drawn = column_chart(months, title="t", description="d", axis="", tick=str)
    named = [word for word in words_of(drawn) if word.startswith("2021")]
    assert 0 < len(named) < 20


# waterfall


def test_steps_go_from_the_starting_value_to_the_score_without_a_gap() -> None:
    pair = insider_explanation()
    steps = waterfall_steps(pair, film_names())
    assert steps[0].value == pair.bias
    assert (steps[-1].kind, steps[-1].value) == ("score", pair.score)
    for before, after in itertools.pairwise(steps[:-1]):
        assert after.start == pytest.approx(before.end)
    assert steps[-2].end == pytest.approx(pair.score)


def test_reasons_come_by_size_with_the_view_that_speaks() -> None:
    steps = waterfall_steps(insider_explanation(), film_names())
    shown = [(step.label, step.kind, round(step.value, 6)) for step in steps[1:-1]]
    assert shown == [
        ("Heat", "collaborative", 0.30),
        ("directed by Michael Mann", "graph", 0.09),
        ("text near Heat", "text", -0.05),
        ("in genre Drama", "graph", 0.03),
        ("Alien", "collaborative", 0.02),
    ]


def test_what_is_too_small_for_a_bar_is_summed_up_by_view() -> None:
    small = tuple(cell("text", item, 1.0, 1.0, 1e-4) for item in range(4))
    pair = insider_explanation()
    many = dataclasses.replace(
        pair, contributions=(*pair.contributions, *small), score=pair.score + 4e-4
    )
    steps = waterfall_steps(many, film_names())
    assert "4 smaller parts: text" in [step.label for step in steps]
    assert steps[-2].end == pytest.approx(many.score)


def test_words_that_somebody_said_are_quoted() -> None:
    said = cell("text", 0, 1.0, 1.0, 0.2, kind="text", text="a tense chase")
    pair = dataclasses.replace(insider_explanation(), contributions=(said,), score=0.3)
    assert waterfall_steps(pair, film_names())[1].label == "text near “a tense chase”"


def test_the_sum_is_told_with_its_residual() -> None:
    told = sum_sentence(insider_explanation(), film_names())
    assert told == ("Starting value 0.100 + 5 parts 0.390 = score 0.490; left over (residual): 0.")


def test_a_broken_sum_is_called_broken() -> None:
    wrong = dataclasses.replace(insider_explanation(), score=0.6)
    assert "do not trust this explanation" in sum_sentence(wrong, film_names())


def test_a_loss_is_hollow_and_has_a_minus_sign() -> None:
    steps = (Step("start", "bias", 0.0, 0.5), Step("less", "text", 0.5, -0.2),
             Step("Score", "score", 0.0, 0.3))  # fmt: skip
    drawn = draw_waterfall(steps, title="t", description="d")
    assert "m-text loss" in drawn
    assert "−0.2000" in words_of(drawn)


def test_a_bar_is_named_by_the_cut_that_its_reason_made_with_care() -> None:
    axis = "was directed by… Danny Boyle"
    steps = (Step("was directed by many people and by Danny Boyle", "graph", 0.0, 0.5, axis),
             Step("Score", "score", 0.0, 0.5))  # fmt: skip
    drawn = draw_waterfall(steps, title="t", description="d")
    assert axis in words_of(drawn)
    assert "<title>was directed by many people and by Danny Boyle: +0.500" in drawn


def test_a_row_with_many_intervals_may_break_before_them() -> None:
    three, two = ("a", "1 (0 to 2)", "1 (0 to 2)", "1 (0 to 2)"), ("a", "1 (0 to 2)", "1", "1 (0)")
    assert table(["", "x", "y", "z"], [three], caption="c").count("<wbr>") == 3
    assert "<wbr>" not in table(["", "x", "y", "z"], [two], caption="c")


def test_all_steps_have_the_decimals_that_suit_the_largest() -> None:
    steps = (Step("a", "bias", 0.0, 12.5), Step("b", "text", 12.5, 0.004))
    assert [step_text(step, step_decimals(steps)) for step in steps] == ["12.50", "+0.00"]


# paths


def test_paths_are_told_from_the_history_to_the_item_with_their_source() -> None:
    picture = path_picture(insider_explanation(), film_names())
    assert picture is not None
    assert [(row.words, row.value) for row in picture.rows] == [
        ("Heat → directed by → Michael Mann ← directed by ← The Insider", 0.09),
        ("Heat → in genre → Drama ← in genre ← The Insider", 0.03),
    ]
    assert picture.rows[0].stated_in == "films.csv, row 2; films.csv, row 3"
    assert (picture.n_paths, picture.total) == (2, pytest.approx(0.12))


def test_a_box_that_two_paths_share_is_drawn_once() -> None:
    picture = path_picture(insider_explanation(), film_names())
    assert picture is not None
    assert sorted(box.label for box in picture.boxes) == [
        "Drama",
        "Heat",
        "Michael Mann",
        "The Insider",
    ]


def test_a_relation_that_both_sides_of_a_box_share_is_written_once() -> None:
    picture = path_picture(insider_explanation(), film_names())
    assert picture is not None
    drawn = draw_paths(picture, title="t", description="d")
    assert words_of(drawn).count("← directed by") == 1
    assert "directed by →" not in words_of(drawn)


def test_no_box_leaves_the_drawing() -> None:
    picture = path_picture(insider_explanation(), film_names())
    assert picture is not None
    drawn = parsed(draw_paths(picture, title="t", description="d"))
    height = float(re.split(" ", drawn.attrib["viewBox"])[3])
    for rect in drawn.iter(f"{SVG}rect"):
        x, y, w, h = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= WIDTH
        assert 0 <= y <= y + h <= height


def test_without_a_path_there_is_no_picture() -> None:
    pair = dataclasses.replace(insider_explanation(), contributions=())
    assert path_picture(pair, film_names()) is None
