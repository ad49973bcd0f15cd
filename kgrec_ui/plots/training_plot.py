"""The live curve of a running job."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from kgrec_core.storage.records import MetricPoint
from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.labels import metric_name

__all__ = ["draw_training_curve"]

MAX_LINES = 4


def draw_training_curve(points: Sequence[MetricPoint], palette: Palette) -> go.Figure:
    """One line per metric over the reports of a job, in the order they came."""
    figure = go.Figure()
    names = list(dict.fromkeys(point.name for point in points))[:MAX_LINES]
    for name in names:
        own = [point for point in points if point.name == name]
        figure.add_scatter(
            x=[point.step for point in own],
            y=[point.value for point in own],
            name=metric_name(name),
            mode="lines+markers",
            marker={"size": 6},
            line={"width": 2},
            hovertemplate="%{x}: %{y:.4f}<extra>" + metric_name(name) + "</extra>",
        )
    figure.update_layout(
        template=plotly_template(palette),
        height=220,
        showlegend=len(names) > 1,
        xaxis={"title": "Comparison of settings", "rangemode": "tozero"},
        yaxis={"title": metric_name(names[0]) if len(names) == 1 else "Value"},
    )
    return figure
