"""The history of one user as a small chart."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, format_score, plotly_template
from kgrec_ui.views.timeline_view import TimelineView

__all__ = ["draw_timeline"]

HEIGHT = 170
ROOM = 0.15


def draw_timeline(view: TimelineView, palette: Palette) -> go.Figure:
    """Points over time, or bars of counts."""
    figure = go.Figure(_points(view, palette) if view.kind == "points" else _bars(view, palette))
    title = "Weight" if view.kind == "points" else "Choices"
    figure.update_layout(
        template=plotly_template(palette),
        height=HEIGHT,
        showlegend=False,
        xaxis={
            "title": {"text": "Weight" if view.kind == "weights" else ""},
            "type": "category" if view.kind == "weights" else "date",
            "nticks": 5,
        },
        yaxis={"title": {"text": title}, "range": _range(view), "nticks": 5},
    )
    return figure


def _points(view: TimelineView, palette: Palette) -> go.Scatter:
    return go.Scatter(
        mode="markers",
        x=list(view.x),
        y=list(view.y),
        marker={
            "color": palette.accent,
            "size": 9,
            "opacity": 0.65,
            "line": {"color": palette.background, "width": 1},
        },
        customdata=[
            [escape(label), format_score(weight)]
            for label, weight in zip(view.labels, view.y, strict=True)
        ],
        hovertemplate=(
            "<b>%{customdata[0]}</b><br>%{x|%-d %b %Y}, weight %{customdata[1]}<extra></extra>"
        ),
    )


def _bars(view: TimelineView, palette: Palette) -> go.Bar:
    return go.Bar(
        x=list(view.x),
        y=list(view.y),
        marker={"color": palette.accent},
        customdata=list(view.labels),
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )


def _range(view: TimelineView) -> list[float]:
    """From 0 for counts; weights with room above and below, so that no point is cut."""
    low, high = (min(view.y), max(view.y)) if view.y else (0.0, 1.0)
    if view.kind != "points":
        return [0.0, high * (1 + ROOM)]
    room = ROOM * ((high - low) or high or 1.0)
    return [low - room, high + room]
