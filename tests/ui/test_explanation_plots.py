import dataclasses
import json
import re

import pytest

from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import PairExplanation, PathContribution
from kgrec_ui.plots.attention_plot import draw_attention, draw_modalities
from kgrec_ui.plots.metrics_plot import draw_dots, draw_slices
from kgrec_ui.plots.path_plot import draw_paths, drawing_height
from kgrec_ui.plots.waterfall_plot import draw_waterfall
from kgrec_ui.theme import DARK, LIGHT, MODALITY_NAMES, modality_color
from kgrec_ui.views.attention_view import attention_view, modality_view
from kgrec_ui.views.evaluation_view import DotRow, DotView
from kgrec_ui.views.path_view import path_view
from kgrec_ui.views.waterfall_view import waterfall_view
from tests.ui.film_world import (
    HEAT,
    INSIDER,
    ITEM_IDS,
    cell,
    film_graph,
    film_names,
    insider_explanation,
)

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def waterfall():
    return waterfall_view(insider_explanation(), film_names())


@pytest.fixture
def paths():
    return path_view(insider_explanation(), film_names(), user_label="Ann")


@PALETTES
def test_each_modality_keeps_its_color_in_the_waterfall(waterfall, palette):
    bars = {bar.name: bar for bar in draw_waterfall(waterfall, palette).data}
    for modality in ("collaborative", "graph", "text"):
        color = modality_color(palette, modality)
        assert set(bars[MODALITY_NAMES[modality]].marker.color) == {color}


def test_every_step_is_one_bar_at_its_place(waterfall):
    bars = draw_waterfall(waterfall, LIGHT).data
    places = sorted(place for bar in bars for place in bar.y)
    assert places == list(range(len(waterfall.steps)))
    assert sum(x for bar in bars if bar.name != "Score" for x in bar.x) == pytest.approx(0.49)


def test_a_loss_is_hatched_and_a_gain_is_not(waterfall):
    bars = {bar.name: bar for bar in draw_waterfall(waterfall, LIGHT).data}
    assert list(bars[MODALITY_NAMES["text"]].marker.pattern.shape) == ["/"]
    assert set(bars[MODALITY_NAMES["collaborative"]].marker.pattern.shape) == {""}


def test_numbers_in_the_waterfall_have_equal_decimals(waterfall):
    texts = [text for bar in draw_waterfall(waterfall, LIGHT).data for text in bar.text]
    assert sorted(texts) == sorted(["0.100", "+0.300", "+0.120", "−0.050", "+0.020", "0.490"])


def test_markup_in_a_label_is_shown_as_text():
    labels = ("<b>Heat</b>", "The Insider", "Alien", "Blade Runner")
    names = Names(film_graph(labels), ITEM_IDS)
    figure = draw_waterfall(waterfall_view(insider_explanation(), names), LIGHT)
    assert "&lt;b&gt;Heat&lt;/b&gt;" in figure.layout.yaxis.ticktext


def test_a_waterfall_without_contributions_still_draws():
    view = waterfall_view(PairExplanation(INSIDER, 0.0, 0.0, ()), film_names())
    assert len(draw_waterfall(view, LIGHT).data) == 2


def test_attention_bars_are_the_shown_weights():
    view = attention_view(insider_explanation(), film_names(), n_units=2)
    bar = draw_attention(view, LIGHT).data[0]
    assert list(bar.x) == [row.weight for row in view.rows]


def test_the_others_are_a_number_without_a_bar():
    view = attention_view(insider_explanation(), film_names(), n_units=2, n_rows=1)
    bar, texts = draw_attention(view, LIGHT).data
    assert bar.x[-1] == 0
    assert texts.text[-1].endswith("% together")


def test_modalities_have_one_panel_for_share_and_one_for_gate():
    share, gate = draw_modalities(modality_view(insider_explanation()), LIGHT).data
    assert list(gate.x) == [0.5, 0.4, 0.1]
    assert sum(share.x) == pytest.approx(1.0)


def test_the_path_page_asks_no_other_server(paths):
    page = draw_paths(paths, LIGHT)
    assert not re.search(r'(?:src|href)="https?://', page)


@PALETTES
def test_the_path_page_has_the_colors_of_the_theme(paths, palette):
    assert f"background:{palette.background}" in draw_paths(paths, palette)


def test_the_path_page_holds_every_box_at_a_fixed_place(paths):
    page = draw_paths(paths, LIGHT)
    for label in ("Ann", "Heat", "Michael Mann", "Drama", "The Insider"):
        assert f'"label": "{label}"' in page
    assert '"physics": {"enabled": false}' in page


def test_lines_run_from_the_right_side_of_a_box_to_the_left_side_of_another(paths):
    page = draw_paths(paths, LIGHT)
    found = re.search(r"edges = new vis.DataSet\((\[.*?\])\);", page, re.S)
    assert found is not None
    ends = [(edge["from"], edge["to"]) for edge in json.loads(found.group(1))]
    assert ends == [(f">{edge.source}", f"<{edge.target}") for edge in paths.edges]


def test_a_line_that_passes_a_column_turns_twice_in_it(paths):
    item = next(node.key for node in paths.nodes if node.kind == "item")
    columns = {node.key: node.column for node in paths.nodes}
    assert columns[item] - columns["user"] == 3
    first = next(edge for edge in paths.edges if edge.target == item)
    long = dataclasses.replace(first, source="user", passes=(1.0, 2.0))
    view = dataclasses.replace(paths, edges=(long,))
    found = re.search(r"edges = new vis.DataSet\((\[.*?\])\);", draw_paths(view, LIGHT), re.S)
    assert found is not None
    stretches = json.loads(found.group(1))
    assert len(stretches) == 1 + 2 * 2
    assert stretches[0]["from"] == ">user"
    assert stretches[-1]["to"] == f"<{first.target}"
    assert sum(bool(one["arrows"]) for one in stretches) == 1


def test_a_script_in_a_label_cannot_leave_its_string():
    labels = ("</script><script>alert(1)</script>", "The Insider", "Alien", "Blade Runner")
    names = Names(film_graph(labels), ITEM_IDS)
    page = draw_paths(path_view(insider_explanation(), names, user_label="Ann"), LIGHT)
    assert "<script>alert(1)" not in page


def test_more_rows_make_a_higher_drawing(paths):
    few = path_view(insider_explanation(), film_names(), user_label="Ann", n_paths=1)
    assert drawing_height(few) <= drawing_height(paths)


def test_a_loss_along_a_path_is_dashed():
    path = insider_explanation().contributions[2].paths[0]
    loss = cell("graph", HEAT, 1.0, 1.0, -0.09, paths=(type(path)((0, 4, 1), (0, 1), -0.09),))
    view = path_view(PairExplanation(INSIDER, -0.09, 0.0, (loss,)), film_names(), user_label="Ann")
    assert '"dashes": true' in draw_paths(view, LIGHT)


def test_a_tie_by_behavior_is_dotted_without_an_arrow():
    carried = cell("graph", HEAT, 1.0, 1.0, 0.1, paths=(PathContribution((4, 1), (1,), 0.1),))
    view = path_view(PairExplanation(INSIDER, 0.1, 0.0, (carried,)), film_names(), user_label="Ann")
    page = draw_paths(view, LIGHT)
    assert '"dashes": [2, 6]' in page
    assert page.count('"arrows": {}') == 2  # user to evidence, evidence to entity
    assert modality_color(LIGHT, "collaborative") in page


@PALETTES
def test_friends_and_attributes_have_bars_of_their_own_color(palette):
    cells = (
        cell("social", 0, 1.0, 0.3, 0.5, kind="friend"),
        cell("attributes", 0, 1.0, 0.2, 0.5, kind="attribute"),
    )
    share, _ = draw_modalities(
        modality_view(PairExplanation(INSIDER, 0.25, 0.0, cells)), palette
    ).data
    assert list(share.y) == ["Friends", "Attributes"]
    assert list(share.marker.color) == [
        palette.modalities["social"],
        palette.modalities["attributes"],
    ]


def dots(*series):
    rows = tuple(
        DotRow(f"part {number}", name, 0.3, 0.2, 0.5, "0.300", name == "Fusion")
        for number, name in enumerate(series)
    )
    return DotView(rows, "Recall@10: share", "sentence")


def test_dots_show_the_interval_on_both_sides():
    mark = draw_dots(dots("Fusion"), LIGHT).data[0]
    assert mark.error_x.array[0] == pytest.approx(0.2)
    assert mark.error_x.arrayminus[0] == pytest.approx(0.1)


def test_the_active_run_is_filled_and_the_others_are_hollow():
    figure = draw_dots(dots("Fusion", "Popularity"), LIGHT)
    assert [mark.marker.symbol for mark in figure.data] == ["circle", "circle-open"]


def test_models_differ_by_symbol_in_the_slices():
    figure = draw_slices(dots("Fusion", "Popularity", "EASE"), LIGHT)
    assert len({mark.marker.symbol for mark in figure.data}) == 3


def test_the_axis_says_what_the_metric_means():
    assert draw_dots(dots("Fusion"), LIGHT).layout.xaxis.title.text == "Recall@10: share"


def test_a_plot_without_dots_still_draws():
    empty = DotView((), "Recall@10", "Nobody.")
    assert draw_dots(empty, LIGHT).data == ()
    assert draw_slices(empty, LIGHT).data == ()
