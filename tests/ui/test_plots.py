from __future__ import annotations

import dataclasses

import pytest

from kgrec_core.graph.statistics import graph_statistics
from kgrec_core.pipeline.tuning_result import Trial, TuningResult
from kgrec_core.storage.records import MetricPoint
from kgrec_ui.plots.data_plots import draw_bars, draw_coverage, draw_long_tail
from kgrec_ui.plots.graph_plots import draw_degrees
from kgrec_ui.plots.training_plot import draw_training_curve
from kgrec_ui.plots.tuning_plot import draw_trials
from kgrec_ui.theme import DARK, LIGHT, Palette
from kgrec_ui.views.graph_view import graph_view
from kgrec_ui.views.profile_view import Bars, Curve
from kgrec_ui.views.tuning_view import tuning_view
from tests.ui.film_world import film_graph

BARS = Bars("T", "Classes", "Users", ("0", "1", "2–3"), ("0", "1", "2"), (4, 5, 6), "Words.")


def test_bars_show_the_counts_in_order_and_name_both_axes() -> None:
    figure = draw_bars(BARS, LIGHT)
    assert list(figure.data[0].y) == [4, 5, 6]
    assert list(figure.data[0].customdata) == ["0", "1", "2–3"]
    assert figure.layout.xaxis.title.text == "Classes"
    assert figure.layout.yaxis.title.text == "Users"


def test_many_bars_show_only_some_of_their_names() -> None:
    names = tuple(str(i) for i in range(60))
    many = dataclasses.replace(BARS, labels=names, ticks=names, counts=tuple(range(60)))
    figure = draw_bars(many, LIGHT)
    assert len(figure.data[0].y) == 60
    assert len(figure.layout.xaxis.ticktext) <= 11


def test_long_names_of_bars_leave_room_between_them() -> None:
    months = tuple(f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(48))
    many = dataclasses.replace(BARS, labels=months, ticks=months, counts=tuple(range(48)))
    shown = draw_bars(many, LIGHT).layout.xaxis.ticktext
    assert 2 <= len(shown) <= 6
    assert sum(map(len, shown)) <= 44


def test_the_long_tail_comes_with_the_even_line() -> None:
    figure = draw_long_tail(Curve((0.0, 50.0, 100.0), (0.0, 80.0, 100.0), "Words."), LIGHT)
    assert list(figure.data[0].x) == list(figure.data[0].y) == [0, 100]
    assert list(figure.data[1].y) == [0.0, 80.0, 100.0]


def test_coverage_bars_are_percent() -> None:
    figure = draw_coverage((("With text", 0.25, ""), ("With tags", 1.0, "")), LIGHT)
    assert dict(zip(figure.data[1].y, figure.data[1].x, strict=True)) == {
        "With text": 25.0,
        "With tags": 100.0,
    }


def test_degrees_are_drawn_on_logarithmic_axes() -> None:
    graph = film_graph()
    figure = draw_degrees(graph_view(graph, graph_statistics(graph)), LIGHT)
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert list(figure.data[0].x) == [1, 2, 3]
    assert list(figure.data[0].y) == [7, 5, 2]


def test_a_training_curve_has_one_line_per_metric() -> None:
    points = [MetricPoint(1, "ndcg@20", 0.1), MetricPoint(2, "ndcg@20", 0.2)]
    points.append(MetricPoint(2, "loss", 3.0))
    figure = draw_training_curve(points, LIGHT)
    assert [trace.name for trace in figure.data] == ["NDCG@20", "loss"]
    assert list(figure.data[0].y) == [0.1, 0.2]


def test_an_empty_training_curve_can_be_drawn() -> None:
    assert len(draw_training_curve([], LIGHT).data) == 0


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_figure_uses_our_template(palette: Palette) -> None:
    figure = draw_bars(BARS, palette)
    assert figure.layout.template.layout.font.color == palette.text


def test_trials_are_dots_and_the_line_of_the_best_never_falls() -> None:
    trials = tuple(
        Trial(number, {"l2": 9.0} if number else {}, value, 1.0, "done")
        for number, value in enumerate((0.2, 0.3, 0.1))
    )
    view = tuning_view(TuningResult("ease", {}, 0.3, "ndcg@20", trials, 3.0, ""), n_trials=5)
    line, marks = draw_trials(view, LIGHT).data
    assert list(line.y) == [0.2, 0.3, 0.3]
    assert line.line.shape == "hv"
    assert list(marks.x) == [1, 2, 3]
    assert list(marks.marker.symbol) == ["circle", "star", "circle"]
    assert marks.customdata[1][0] == "Smoothing (L2) 9"
