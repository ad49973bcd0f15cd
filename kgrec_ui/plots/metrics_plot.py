"""Metrics as dots with 95 % intervals: models side by side, and their cold and warm parts."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.evaluation_view import DotRow, DotView

__all__ = ["draw_dots", "draw_slices"]

ROW_HEIGHT = 40
FRAME_HEIGHT = 84
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
ROOM = 0.8


def draw_dots(view: DotView, palette: Palette) -> go.Figure:
    """One row per model; the active run is filled, the others are hollow."""
    figure = go.Figure()
    for position, row in enumerate(view.rows):
        color = palette.accent if row.is_main else palette.muted
        figure.add_trace(
            _dots([row], [position], color, "circle" if row.is_main else "circle-open")
        )
    _lay_out(figure, view, [row.label for row in view.rows], palette)
    figure.update_layout(showlegend=False)
    return figure


def draw_slices(view: DotView, palette: Palette) -> go.Figure:
    """One row per part, the models apart from each other within the row, each with its symbol."""
    labels = list(dict.fromkeys(row.label for row in view.rows))
    series = list(dict.fromkeys(row.series for row in view.rows))
    figure = go.Figure()
    for number, name in enumerate(series):
        rows = [row for row in view.rows if row.series == name]
        offset = ROOM * ((number + 0.5) / len(series) - 0.5)
        positions = [labels.index(row.label) + offset for row in rows]
        color = palette.series[number % len(palette.series)]
        figure.add_trace(_dots(rows, positions, color, SYMBOLS[number % len(SYMBOLS)]))
    _lay_out(figure, view, labels, palette)
    figure.update_layout(
        height=FRAME_HEIGHT + 40 + 24 * max(len(view.rows), 3), showlegend=True, margin={"t": 60}
    )
    return figure


def _dots(rows: list[DotRow], positions: list[float], color: str, symbol: str) -> go.Scatter:
    return go.Scatter(
        mode="markers",
        name=escape(rows[0].series),
        x=[row.value for row in rows],
        y=positions,
        marker={"color": color, "size": 11, "symbol": symbol, "line": {"width": 2, "color": color}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row.high - row.value for row in rows],
            "arrayminus": [row.value - row.low for row in rows],
            "color": color,
            "thickness": 2,
            "width": 4,
        },
        customdata=[[escape(row.label), escape(row.series), row.detail] for row in rows],
        hovertemplate=(
            "<b>%{customdata[1]}</b>, %{customdata[0]}<br>%{customdata[2]}<extra></extra>"
        ),
    )


def _lay_out(figure: go.Figure, view: DotView, labels: list[str], palette: Palette) -> None:
    highest = max((row.high for row in view.rows), default=1.0)
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + ROW_HEIGHT * max(len(labels), 2),
        xaxis={
            "title": {"text": view.axis_title},
            # A little room left of 0, so that a dot at 0 is a whole one.
            "range": [-0.02 * (highest or 1.0), (highest or 1.0) * 1.08],
            "showgrid": True,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(labels))),
            "ticktext": [escape(label) for label in labels],
            "range": [len(labels) - 0.5, -0.5],
            "showgrid": False,
        },
    )
