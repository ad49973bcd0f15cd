from __future__ import annotations

import pytest

from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import PairExplanation
from kgrec_ui.plots.heat_plot import draw_heat
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.heat_view import HeatCell, cell_terms, cell_texts, cell_words, heat_view
from tests.ui.film_world import (
    BLADE,
    ITEM_IDS,
    cell,
    film_graph,
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    HEAT_UNIT,
    blade_explanation,
)


def test_the_matrix_has_the_sums_of_the_contributions() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names())
    assert view.evidence == ("Heat", "Alien")
    assert view.items == ("The Insider", "Blade Runner")
    assert view.values[0] == pytest.approx((0.30 + 0.12 - 0.05, -0.04))
    assert view.values[1] == pytest.approx((0.02, 0.08))
    assert view.table["in all"].to_list() == pytest.approx([0.33, 0.10])
    assert "“Heat” for “The Insider” (+0.370)" in view.sentence
    assert (
        cell_words(view, HeatCell(1, 1)) == "“Alien” for “Blade Runner”: part of the score +0.0800"
    )
    assert cell_texts(view) == [["0.37", "−0.04"], ["0.02", "0.08"]]


def test_the_matrix_can_show_one_modality_or_attention() -> None:
    pairs = [insider_explanation(), blade_explanation()]
    text = heat_view(pairs, film_names(), modality="text")
    assert text.values == (pytest.approx((-0.05, 0.0)),)
    attention = heat_view(pairs, film_names(), is_attention=True)
    assert attention.values[0] == pytest.approx((0.715, 0.5))
    assert "Most attention goes to “Heat” for “The Insider”: 72 %." in attention.sentence


def test_rows_beyond_the_limit_share_one_that_is_not_the_strongest_cell() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names(), n_rows=1)
    assert view.evidence == ("Heat", "1 other")
    assert view.units == (HEAT_UNIT, None)
    assert view.largest == pytest.approx(0.37)
    assert "1 other" not in view.sentence


def test_a_cell_opens_into_its_terms() -> None:
    terms = cell_terms(insider_explanation(), HEAT_UNIT, film_names())
    assert terms["contribution"].to_list() == pytest.approx([0.30, 0.12, -0.05])
    assert "Heat – Michael Mann – The Insider (+0.0900)" in terms["paths"].to_list()[1]


def test_a_model_that_knows_only_whole_profiles_has_no_matrix_and_says_why() -> None:
    whole = PairExplanation(
        BLADE, 0.5, 0.1, (cell("collaborative", 0, 1.0, 1.0, 0.4, kind="profile"),)
    )
    assert "one vector for the user" in heat_view([whole], film_names()).note
    silent = PairExplanation(BLADE, 0.1, 0.1, ())
    assert "popularity alone" in heat_view([silent], film_names()).note


def test_the_marks_on_the_heat_map_carry_row_and_column() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names())
    figure = draw_heat(view, LIGHT, HeatCell(0, 1))
    assert [list(mark[:2]) for mark in figure.data[-1].customdata] == [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
    ]
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.y0) == (0.5, -0.5)
    assert (figure.data[0].zmin, figure.data[0].zmax) == pytest.approx((-0.37, 0.37))


def test_labels_of_the_data_are_no_markup_on_the_heat_map() -> None:
    names = Names(film_graph(("<b>Heat</b>", "The Insider", "Alien", "Blade")), ITEM_IDS)
    figure = draw_heat(heat_view([insider_explanation()], names), LIGHT, None)
    assert "&lt;b&gt;Heat" in figure.layout.yaxis.ticktext[0]
    assert "&lt;b&gt;Heat" in figure.data[-1].customdata[0][2]
