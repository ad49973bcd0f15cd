"""Charts of what the graph is made of."""

from __future__ import annotations

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.graph_view import GraphView

__all__ = ["draw_degrees"]


def draw_degrees(view: GraphView, palette: Palette) -> go.Figure:
    """How many entities have at least that many links, both axes logarithmic."""
    figure = go.Figure(
        go.Scatter(
            x=[degree for degree, _ in view.degrees],
            y=[count for _, count in view.degrees],
            mode="lines+markers",
            line={"color": palette.accent, "width": 1.5, "shape": "hv"},
            marker={"color": palette.accent, "size": 5},
            hovertemplate="%{y:,} entities have at least %{x:,} links<extra></extra>",
        )
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=300,
        xaxis={"title": "Links of one entity", "type": "log", "dtick": 1, "tickformat": ",d"},
        yaxis={
            "title": "Entities with at least that many",
            "type": "log",
            "dtick": 1,
            "tickformat": ",d",
        },
    )
    return figure
