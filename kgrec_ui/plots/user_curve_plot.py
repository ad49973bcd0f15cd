"""Held-out items of one user that each model finds, over the number of known items."""

from __future__ import annotations

import itertools
from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.user_curve_view import UserCurve, UserCurveView

__all__ = ["draw_user_curve"]

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
SPREAD = 0.05
MAX_UNIT_TICKS = 8


def draw_user_curve(view: UserCurveView, palette: Palette, *, marked: int) -> go.Figure:
    """One line per model; a vertical line marks the `marked` known items of the list above."""
    lengths = [point[0] for point in view.curves[0].points]
    figure = go.Figure(
        [
            _line(curve, place, len(view.curves), lengths, palette)
            for place, curve in enumerate(view.curves)
        ]
    )
    figure.add_vline(
        x=_place(marked, lengths), line={"color": palette.muted, "width": 1, "dash": "dot"}
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=360,
        margin={"t": 48},
        xaxis={
            "title": {"text": "known items of this user"},
            "tickmode": "array",
            "tickvals": list(range(len(lengths))),
            "ticktext": [str(length) for length in lengths],
            "range": [-0.4, len(lengths) - 0.6],
        },
        yaxis={
            "title": {"text": f"held-out items found (of {view.n_held_out})"},
            "range": [-0.03 * _highest(view), 1.1 * _highest(view)],
            "tickformat": "~g",
            "dtick": 1 if _highest(view) <= MAX_UNIT_TICKS else None,
        },
    )
    return figure


def _highest(view: UserCurveView) -> float:
    return max([point[3] for curve in view.curves for point in curve.points] + [1.0])


def _place(length: int, lengths: list[int]) -> float:
    """Where a number of known items stands on the axis; between two marks by proportion."""
    for place, (low, high) in enumerate(itertools.pairwise(lengths)):
        if low <= length <= high and high > low:
            return place + (length - low) / (high - low)
    return float(len(lengths) - 1)


def _line(
    curve: UserCurve, place: int, n_curves: int, lengths: list[int], palette: Palette
) -> go.Scatter:
    color = palette.series[place % len(palette.series)]
    # Curves stand a little apart, so that equal ones can be told from each other.
    shift = SPREAD * (place - (n_curves - 1) / 2)
    return go.Scatter(
        mode="lines+markers",
        name=escape(curve.label),
        x=[lengths.index(point[0]) + shift for point in curve.points],
        y=[point[1] for point in curve.points],
        line={
            "color": color,
            "width": 3 if curve.is_main else 2,
            "dash": DASHES[place % len(DASHES)],
        },
        marker={"size": 8, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": color},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [point[3] - point[1] for point in curve.points],
            "arrayminus": [point[1] - point[2] for point in curve.points],
            "color": color,
            "thickness": 1.2,
            "width": 3,
        },
        customdata=[[point[0], f"{point[1]:.3g}"] for point in curve.points],
        hovertemplate=(
            f"<b>{escape(curve.label)}</b>, %{{customdata[0]}} known<br>finds %{{customdata[1]}}"
            "<extra></extra>"
        ),
    )
