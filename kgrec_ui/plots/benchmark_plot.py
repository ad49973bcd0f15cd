"""Dots with whiskers: models on a metric beside their differences, and relative changes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.benchmark_view import BenchmarkView
from kgrec_ui.views.figures import change_range, fixed, percent, signed

__all__ = ["Change", "draw_benchmark", "draw_changes"]

ROW_HEIGHT = 38
FRAME_HEIGHT = 90
LEFT_SHARE = 0.54


class Change(Protocol):
    """A relative change with its interval, as views give it."""

    @property
    def label(self) -> str:
        """On the axis."""

    @property
    def change(self) -> tuple[float, float, float]:
        """Value and ends of its interval, as shares."""

    @property
    def verdict(self) -> str:
        """Either "better", "worse" or anything else."""


def draw_benchmark(view: BenchmarkView, palette: Palette) -> go.Figure:
    """Means on the left; on the right, in the same rows, differences to the reference.

    The reference is filled and has no difference; clear differences are filled, others hollow.
    """
    is_compared = any(row.difference is not None for row in view.rows)
    figure = make_subplots(
        rows=1,
        cols=2 if is_compared else 1,
        shared_yaxes=True,
        column_widths=[LEFT_SHARE, 1 - LEFT_SHARE] if is_compared else None,
        horizontal_spacing=0.05,
    )
    for position, row in enumerate(view.rows):
        is_reference = row.verdict == "reference"
        color = palette.accent if is_reference else palette.text
        symbol = "circle" if is_reference else "circle-open"
        told = f"{fixed(row.mean[0])} ({fixed(row.mean[1])} to {fixed(row.mean[2])})"
        figure.add_trace(_whisker(row.label, row.mean, position, color, symbol, told), 1, 1)
        if row.difference is not None:
            color, symbol = _look(row.verdict, palette)
            told = (
                f"{signed(row.difference[0])} ({signed(row.difference[1])} to "
                f"{signed(row.difference[2])})<br>{row.words}"
            )
            trace = _whisker(row.label, row.difference, position, color, symbol, told)
            figure.add_trace(trace, 1, 2)
    _lay_out(figure, [row.label for row in view.rows], palette)
    figure.update_xaxes(
        title_text=view.axis_title.partition(":")[0], range=_mean_range(view), col=1
    )
    if is_compared:
        figure.update_xaxes(title_text=view.difference_title, range=_difference_range(view), col=2)
        figure.add_vline(x=0, line={"color": palette.muted, "width": 1}, row=1, col=2)
    return figure


def draw_changes(rows: Sequence[Change], axis_title: str, palette: Palette) -> go.Figure:
    """Relative changes in percent around a line at 0; clear ones are filled."""
    figure = go.Figure()
    for position, row in enumerate(rows):
        color, symbol = _look(row.verdict, palette)
        values = tuple(100 * value for value in row.change)
        word = "worse" if row.change[0] < 0 else "better"
        told = f"{percent(row.change[0])} {word} ({change_range(*row.change[1:])})"
        figure.add_trace(_whisker(row.label, values, position, color, symbol, told))
    _lay_out(figure, [row.label for row in rows], palette)
    ends = [100 * value for row in rows for value in row.change]
    figure.update_xaxes(
        title_text=escape(axis_title), range=_padded(ends), ticksuffix=" %", zeroline=False
    )
    figure.add_vline(x=0, line={"color": palette.muted, "width": 1})
    return figure


def _look(verdict: str, palette: Palette) -> tuple[str, str]:
    if verdict == "better":
        return palette.positive, "circle"
    if verdict == "worse":
        return palette.negative, "circle"
    return palette.muted, "circle-open"


def _whisker(
    label: str,
    value: tuple[float, ...],
    position: int,
    color: str,
    symbol: str,
    told: str,
) -> go.Scatter:
    middle, low, high = value
    return go.Scatter(
        mode="markers",
        name=escape(label),
        x=[middle],
        y=[position],
        marker={"color": color, "size": 11, "symbol": symbol, "line": {"width": 2, "color": color}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - middle],
            "arrayminus": [middle - low],
            "color": color,
            "thickness": 2,
            "width": 4,
        },
        hovertemplate=f"<b>{escape(label)}</b><br>{told}<extra></extra>",
    )


def _lay_out(figure: go.Figure, labels: Sequence[str], palette: Palette) -> None:
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + ROW_HEIGHT * max(len(labels), 2),
        showlegend=False,
    )
    figure.update_xaxes(showgrid=True, nticks=6)
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=[escape(label) for label in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
    )


def _mean_range(view: BenchmarkView) -> list[float]:
    highest = max((row.mean[2] for row in view.rows), default=1.0) or 1.0
    return [-0.02 * highest, 1.08 * highest]


def _difference_range(view: BenchmarkView) -> list[float]:
    return _padded([end for row in view.rows if row.difference for end in row.difference])


def _padded(ends: Sequence[float]) -> list[float]:
    """A range that holds all ends and 0, with a little room."""
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.08 * ((high - low) or 1.0)
    return [low - room, high + room]
