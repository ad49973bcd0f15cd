from __future__ import annotations

import pytest

from kgrec_ui.plots.benchmark_plot import draw_benchmark, draw_changes
from kgrec_ui.plots.length_plot import draw_short_histories
from kgrec_ui.plots.signal_plot import draw_signal
from kgrec_ui.plots.trade_off_plot import draw_long_tail_trade_off
from kgrec_ui.theme import DARK, LIGHT
from kgrec_ui.views.ablation_view import ablation_view
from kgrec_ui.views.benchmark_view import benchmark_view
from kgrec_ui.views.long_tail_view import long_tail_view
from kgrec_ui.views.short_history_view import short_history_view
from kgrec_ui.views.signal_view import signal_view
from tests.ui.evaluation_samples import (
    ablation_report,
    models_report,
    newcomers_report,
    signal_result,
    trade_off,
)


def test_a_benchmark_shows_means_left_and_differences_right() -> None:
    view = benchmark_view(models_report(), "accuracy", "all", "ndcg@20")
    figure = draw_benchmark(view, LIGHT)
    left = [trace for trace in figure.data if trace.xaxis == "x"]
    right = [trace for trace in figure.data if trace.xaxis == "x2"]
    assert [trace.x[0] for trace in left] == [0.4, 0.39, 0.2]
    assert [trace.x[0] for trace in right] == [-0.01, -0.2]
    assert list(right[0].error_x.array) == pytest.approx([0.02])
    assert figure.layout.xaxis.title.text == "NDCG@20"
    assert figure.layout.xaxis2.title.text == "NDCG@20 minus that of Fusion"


def test_clear_and_unclear_differences_look_different() -> None:
    view = benchmark_view(models_report(), "accuracy", "all", "ndcg@20")
    right = [trace for trace in draw_benchmark(view, LIGHT).data if trace.xaxis == "x2"]
    assert [trace.marker.symbol for trace in right] == ["circle-open", "circle"]
    assert right[1].marker.color == LIGHT.negative


def test_without_a_tested_difference_the_means_have_all_the_room() -> None:
    view = benchmark_view(newcomers_report(), "few-shot", "1-shot", "ndcg@20")
    figure = draw_benchmark(view, LIGHT)
    assert {trace.xaxis for trace in figure.data} == {"x"}
    assert figure.layout.xaxis.domain == (0.0, 1.0)


def test_changes_are_percent_around_zero() -> None:
    view = ablation_view(ablation_report(), "ndcg@20")
    figure = draw_changes(view.rows, view.axis_title, DARK)
    assert [trace.x[0] for trace in figure.data] == pytest.approx([-10.0, -1.0, 0.0])
    low, high = figure.layout.xaxis.range
    assert low < -15 < 1 < high
    assert list(figure.layout.yaxis.ticktext) == ["Knowledge graph", "Texts", "Friends"]


def test_the_signal_shows_every_deal_and_the_truth_in_each_row() -> None:
    figure = draw_signal(signal_view(signal_result()), LIGHT)
    deals = [trace for trace in figure.data if trace.name == "shuffled"]
    truths = [trace for trace in figure.data if trace.name == "true links"]
    assert [len(trace.x) for trace in deals] == [4, 4, 4]
    assert truths[0].x == (0.3, 0.3)
    words = [note.text for note in figure.layout.annotations]
    assert words == ["random lists", "most popular"]
    assert figure.layout.xaxis.title.text.startswith("NDCG@20")


def test_short_histories_draw_one_line_per_model_over_the_known_items() -> None:
    view = short_history_view(newcomers_report(), "ndcg@20", main="fusion")
    figure = draw_short_histories(view, LIGHT)
    assert [trace.name for trace in figure.data] == ["Fusion", "Most popular"]
    assert list(figure.data[0].y) == [0.3, 0.5]
    assert list(figure.layout.xaxis.ticktext) == ["1", "10"]
    assert figure.data[0].line.dash != figure.data[1].line.dash


def test_the_chosen_strength_is_marked_in_every_panel() -> None:
    figure = draw_long_tail_trade_off(long_tail_view(trade_off(), 0.5), DARK)
    chosen = [trace for trace in figure.data if trace.name == "chosen"]
    assert [(trace.x[0], trace.y[0]) for trace in chosen] == [(0.5, 0.36), (0.5, 0.3), (0.5, 0.4)]
    titles = [note.text for note in figure.layout.annotations]
    assert titles[0] == "Accuracy: NDCG@20: <b>0.360</b>"
