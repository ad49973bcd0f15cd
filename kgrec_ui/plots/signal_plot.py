"""True links against shuffled ones: a swarm of dots, the band they fill, and a line."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.figures import fixed
from kgrec_ui.views.signal_view import SignalStrip, SignalView

__all__ = ["draw_signal"]

ROW_HEIGHT = 110
FRAME_HEIGHT = 80
HALF_SWARM = 0.32
HALF_LINE = 0.4


def draw_signal(view: SignalView, palette: Palette) -> go.Figure:
    """One row per set of links: gray dots are shuffles, the colored line is the truth."""
    figure = go.Figure()
    for position, strip in enumerate(view.strips):
        _add_band(figure, strip, position, palette)
        figure.add_trace(_deals(strip, position, palette))
        figure.add_trace(_truth(strip, position, palette))
    for label, value in view.marks:
        figure.add_vline(
            x=value,
            line={"color": palette.muted, "width": 1, "dash": "dot"},
            annotation={
                "text": escape(label),
                "font": {"size": 12, "color": palette.muted},
                "textangle": 0,
                "yref": "paper",
                "y": 1.0,
                "yanchor": "bottom",
                "xanchor": "center",
            },
        )
    n_rows = len(view.strips)
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + ROW_HEIGHT * n_rows,
        showlegend=False,
        margin={"t": 30},
        xaxis={"title": {"text": escape(view.axis_title)}, "range": _range(view)},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(n_rows)),
            "ticktext": [escape(strip.label) for strip in view.strips],
            "range": [n_rows - 0.5, -0.5],
            "showgrid": False,
        },
    )
    return figure


def _add_band(figure: go.Figure, strip: SignalStrip, position: int, palette: Palette) -> None:
    low, high = strip.band
    figure.add_shape(
        type="rect",
        x0=low,
        x1=high,
        y0=position - HALF_LINE,
        y1=position + HALF_LINE,
        fillcolor=palette.grid,
        line={"width": 0},
        layer="below",
    )


def _deals(strip: SignalStrip, position: int, palette: Palette) -> go.Scatter:
    return go.Scatter(
        mode="markers",
        name="shuffled",
        x=strip.deals,
        y=[position + HALF_SWARM * offset for offset in strip.offsets],
        marker={"size": 6, "color": palette.muted, "opacity": 0.75},
        hovertemplate="shuffled links: %{x:.3f}<extra></extra>",
    )


def _truth(strip: SignalStrip, position: int, palette: Palette) -> go.Scatter:
    color = palette.negative if strip.tone == "bad" else palette.positive
    return go.Scatter(
        mode="lines+text",
        name="true links",
        x=[strip.value, strip.value],
        y=[position - HALF_LINE, position + HALF_LINE],
        line={"color": color, "width": 4},
        text=[f"  true links {fixed(strip.value)}", ""],
        textposition="bottom right",
        textfont={"color": color, "size": 13},
        hovertemplate=f"true links: {fixed(strip.value)}<extra></extra>",
    )


def _range(view: SignalView) -> list[float]:
    ends = [value for _, value in view.marks]
    for strip in view.strips:
        ends += [strip.value, *strip.band, *strip.deals]
    highest = max(ends, default=1.0) or 1.0
    # Room on the right for the words beside the line.
    return [-0.02 * highest, 1.22 * highest]
