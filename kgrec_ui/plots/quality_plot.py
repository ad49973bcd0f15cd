"""Fidelity of explanations beside three other orders, one panel per measure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.quality_panels import FidelityPanel, FidelityRow

__all__ = ["draw_fidelity", "draw_groups"]

PER_ROW = 2
ROW_PIXELS = 34
FRAME_PIXELS = 86


def draw_fidelity(panels: Sequence[FidelityPanel], palette: Palette) -> go.Figure:
    """Means with whiskers; the explanation is filled, the other orders are hollow."""
    labels = list(dict.fromkeys(row.label for panel in panels for row in panel.rows))
    n_rows = -(-len(panels) // PER_ROW)
    figure = make_subplots(
        rows=n_rows,
        cols=PER_ROW,
        shared_yaxes=True,
        horizontal_spacing=0.06,
        vertical_spacing=0.24 if n_rows > 1 else 0.0,
        subplot_titles=[f"{panel.title}, {panel.better}" for panel in panels],
    )
    for place, panel in enumerate(panels):
        row, column = place // PER_ROW + 1, place % PER_ROW + 1
        for found in panel.rows:
            trace = _whisker(found, labels.index(found.label), palette)
            figure.add_trace(trace, row, column)
        figure.update_xaxes(range=_range(panel), row=row, col=column)
    _lay_out(figure, labels, n_rows, palette)
    return figure


def draw_groups(panel: FidelityPanel, palette: Palette) -> go.Figure:
    """One figure by group of users; all users are filled, with a line to compare with."""
    labels = [row.label for row in panel.rows]
    figure = go.Figure([_whisker(row, at, palette) for at, row in enumerate(panel.rows)])
    whole = [row.value[0] for row in panel.rows if row.is_own]
    for value in whole:
        figure.add_vline(x=value, line={"color": palette.muted, "width": 1, "dash": "dot"})
    figure.update_xaxes(range=_range(panel))
    _lay_out(figure, labels, 1, palette)
    figure.update_layout(margin={"l": 8, "r": 12, "t": 8, "b": 8})
    return figure


def _whisker(row: FidelityRow, position: int, palette: Palette) -> go.Scatter:
    color = palette.accent if row.is_own else palette.text
    middle, low, high = row.value
    return go.Scatter(
        mode="markers",
        name=row.label,
        x=[middle],
        y=[position],
        marker={
            "color": color,
            "size": 11,
            "symbol": "circle" if row.is_own else "circle-open",
            "line": {"width": 2, "color": color},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - middle],
            "arrayminus": [middle - low],
            "color": color,
            "thickness": 2,
            "width": 4,
        },
        hovertemplate=f"<b>{escape(row.label)}</b><br>{escape(row.text)}<extra></extra>",
    )


def _range(panel: FidelityPanel) -> list[float]:
    low = min(0.0, *(row.value[1] for row in panel.rows))
    high = max(row.value[2] for row in panel.rows)
    room = 0.06 * ((high - low) or 1.0)
    return [low - room, high + room]


def _lay_out(figure: go.Figure, labels: Sequence[str], n_rows: int, palette: Palette) -> None:
    figure.update_layout(
        template=plotly_template(palette),
        height=n_rows * (FRAME_PIXELS + ROW_PIXELS * max(2, len(labels))),
        showlegend=False,
        margin={"l": 8, "r": 12, "t": 30, "b": 8},
    )
    figure.update_annotations(font={"size": 13, "color": palette.muted})
    figure.update_xaxes(showgrid=True, nticks=5)
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
    )
