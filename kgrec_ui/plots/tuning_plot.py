"""Value by trial of a search, with the best so far as a line."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.tuning_view import TuningView
from kgrec_ui.views.words import shortened

__all__ = ["draw_trials"]

HEIGHT = 280


def draw_trials(view: TuningView, palette: Palette) -> go.Figure:
    """One dot per trial; the best one is larger, the line never falls."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(view.numbers),
        y=list(view.best_so_far),
        name="Best so far",
        mode="lines",
        line={"color": palette.negative, "width": 2, "shape": "hv"},
        hovertemplate="Best after %{x}: %{y:.4f}<extra></extra>",
    )
    is_best = [number == view.best_number for number in view.numbers]
    figure.add_scatter(
        x=list(view.numbers),
        y=list(view.values),
        name="Trial",
        mode="markers",
        marker={
            "color": palette.accent,
            "size": [13 if best else 8 for best in is_best],
            "symbol": ["star" if best else "circle" for best in is_best],
        },
        customdata=[[escape(shortened(words, 90))] for words in view.settings],
        hovertemplate="Trial %{x}: %{y:.4f}<br>%{customdata[0]}<extra></extra>",
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=HEIGHT,
        margin={"t": 36},
        xaxis={"title": {"text": "Trial"}, "tickformat": "d", "rangemode": "tozero"},
        yaxis={"title": {"text": view.metric}},
    )
    return figure
