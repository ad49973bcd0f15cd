"""Charts of the data page."""

from __future__ import annotations

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.profile_view import Bars, Curve

__all__ = ["draw_bars", "draw_coverage", "draw_long_tail"]

CHART_HEIGHT = 230
MAX_TICKS = 11
TICK_CHARACTERS = 44  # what fits side by side under a chart of half the page


def draw_bars(bars: Bars, palette: Palette) -> go.Figure:
    """One bar per class, in the order given."""
    longest = max((len(tick) for tick in bars.ticks), default=1)
    n_ticks = max(2, min(MAX_TICKS, TICK_CHARACTERS // max(longest, 1)))
    step = -(-len(bars.ticks) // n_ticks)
    figure = go.Figure(
        go.Bar(
            x=list(range(len(bars.labels))),
            y=list(bars.counts),
            marker={"color": palette.accent, "cornerradius": 2},
            customdata=list(bars.labels),
            hovertemplate=f"%{{customdata}}: %{{y:,}} {bars.y_title.lower()}<extra></extra>",
        )
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=CHART_HEIGHT,
        xaxis={
            "title": bars.x_title,
            "tickvals": list(range(0, len(bars.ticks), step)),
            "ticktext": list(bars.ticks[::step]),
            "tickangle": 0,
        },
        yaxis={"title": bars.y_title, "tickformat": ",d", "nticks": 5, "rangemode": "tozero"},
    )
    return figure


def draw_long_tail(curve: Curve, palette: Palette) -> go.Figure:
    """Concentration on popular items, with the even line for comparison."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": palette.muted, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
        name="Without favorites",
    )
    figure.add_scatter(
        x=list(curve.x_percent),
        y=list(curve.y_percent),
        mode="lines",
        line={"color": palette.accent, "width": 2.5},
        hovertemplate="Top %{x:.0f} % of items: %{y:.0f} % of interactions<extra></extra>",
        name="This data",
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=CHART_HEIGHT,
        showlegend=False,
        xaxis={"title": "Items, most popular first (%)", "range": [0, 100], "dtick": 20},
        yaxis={"title": "Interactions held (%)", "range": [0, 104], "dtick": 20},
    )
    figure.add_annotation(
        x=78,
        y=45,
        text="without favorites",
        showarrow=False,
        font={"color": palette.muted, "size": 12},
    )
    return figure


def draw_coverage(coverage: tuple[tuple[str, float, str], ...], palette: Palette) -> go.Figure:
    """What is known about the items, as shares of all items."""
    names = [name for name, _, _ in coverage][::-1]
    shares = [share * 100 for _, share, _ in coverage][::-1]
    figure = go.Figure()
    figure.add_bar(
        y=names,
        x=[100] * len(names),
        orientation="h",
        marker={"color": palette.grid, "cornerradius": 2},
        hoverinfo="skip",
    )
    figure.add_bar(
        y=names,
        x=shares,
        orientation="h",
        marker={"color": palette.accent, "cornerradius": 2},
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=CHART_HEIGHT,
        barmode="overlay",
        bargap=0.45,
        showlegend=False,
        xaxis={"title": "Share of items (%)", "range": [0, 100], "dtick": 25},
        yaxis={"showgrid": False},
    )
    return figure
