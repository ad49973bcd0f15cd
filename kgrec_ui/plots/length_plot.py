"""Curves over the number of known items: of one user, and over all users."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.figures import fixed
from kgrec_ui.views.length_curve import LengthCurve, Point
from kgrec_ui.views.short_history_view import ShortHistoryView
from kgrec_ui.views.user_curve_view import UserCurveView

__all__ = ["draw_short_histories", "draw_user_curve"]

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SPREAD = 0.05
MAX_UNIT_TICKS = 8


def draw_user_curve(view: UserCurveView, palette: Palette, *, marked: int) -> go.Figure:
    """One line per model; a vertical line marks the `marked` known items of the list above."""
    figure = _curves(
        view.curves,
        palette,
        x_title="known items of this user",
        y_title=f"held-out items found (of {view.n_held_out})",
        hover=lambda point: f"finds {point[1]:.3g}",
    )
    highest = max(_highest(view.curves), 1.0)
    lengths = _lengths(view.curves)
    place = _place(marked, lengths)
    figure.add_vline(
        x=place,
        line={"color": palette.muted, "width": 1, "dash": "dot"},
        annotation={
            "text": f"{marked} as above",
            "font": {"size": 12, "color": palette.muted},
            "xanchor": "left" if place < (len(lengths) - 1) / 2 else "right",
        },
        annotation_position="top",
    )
    figure.update_layout(
        height=360,
        yaxis={
            "range": [-0.03 * highest, 1.1 * highest],
            "tickformat": "~g",
            "dtick": 1 if highest <= MAX_UNIT_TICKS else None,
        },
    )
    return figure


def draw_short_histories(view: ShortHistoryView, palette: Palette) -> go.Figure:
    """One line per model, the mean over all users with its interval."""
    figure = _curves(
        view.curves,
        palette,
        x_title="known items of a newcomer",
        y_title=escape(view.axis_title),
        hover=lambda point: f"{fixed(point[1])} ({fixed(point[2])} to {fixed(point[3])})",
    )
    highest = _highest(view.curves) or 1.0
    figure.update_layout(height=400, yaxis={"range": [0, 1.06 * highest]})
    return figure


def _curves(
    curves: Sequence[LengthCurve],
    palette: Palette,
    *,
    x_title: str,
    y_title: str,
    hover: Callable[[Point], str],
) -> go.Figure:
    """Lines with whiskers over evenly spaced lengths; the model in use is thicker."""
    lengths = _lengths(curves)
    figure = go.Figure(
        [
            _line(curve, place, len(curves), lengths, palette, hover)
            for place, curve in enumerate(curves)
        ]
    )
    figure.update_layout(
        template=plotly_template(palette),
        margin={"t": 48},
        xaxis={
            "title": {"text": x_title},
            "tickmode": "array",
            "tickvals": list(range(len(lengths))),
            "ticktext": [str(length) for length in lengths],
            "range": [-0.4, len(lengths) - 0.6],
        },
        yaxis={"title": {"text": y_title}},
    )
    return figure


def _line(
    curve: LengthCurve,
    place: int,
    n_curves: int,
    lengths: list[int],
    palette: Palette,
    hover: Callable[[Point], str],
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
            "thickness": 1.3,
            "width": 3,
        },
        customdata=[[point[0], hover(point)] for point in curve.points],
        hovertemplate=(
            f"<b>{escape(curve.label)}</b>, %{{customdata[0]}} known<br>%{{customdata[1]}}"
            "<extra></extra>"
        ),
    )


def _lengths(curves: Sequence[LengthCurve]) -> list[int]:
    return sorted({point[0] for curve in curves for point in curve.points})


def _highest(curves: Sequence[LengthCurve]) -> float:
    return max((point[3] for curve in curves for point in curve.points), default=0.0)


def _place(length: int, lengths: list[int]) -> float:
    """Where a number of known items stands on the axis; between two marks by proportion."""
    for place, (low, high) in enumerate(itertools.pairwise(lengths)):
        if low <= length <= high and high > low:
            return place + (length - low) / (high - low)
    return float(len(lengths) - 1)
