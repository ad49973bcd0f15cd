"""What holding popular items back does to accuracy, the long tail and the catalog."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.long_tail_view import LongTailView, TailPanel

__all__ = ["draw_long_tail_trade_off"]


def draw_long_tail_trade_off(view: LongTailView, palette: Palette) -> go.Figure:
    """Accuracy, tail and catalog side by side over the strength, the chosen point marked."""
    n_panels = len(view.panels)
    figure = make_subplots(rows=1, cols=n_panels, horizontal_spacing=0.07)
    for column, panel in enumerate(view.panels, start=1):
        color = palette.series[(column - 1) % len(palette.series)]
        for trace in _panel_traces(panel, color):
            figure.add_trace(trace, 1, column)
        figure.add_vline(
            x=view.strength,
            line={"color": palette.muted, "width": 1, "dash": "dot"},
            row=1,
            col=column,
        )
        _label_panel(figure, panel, column, palette)
    figure.update_layout(
        template=plotly_template(palette), height=340, showlegend=False, margin={"t": 44}
    )
    return figure


def _panel_traces(panel: TailPanel, color: str) -> list[go.Scatter]:
    number = "%{y:.1%}" if panel.is_share else "%{y:.3f}"
    edge = {
        "x": panel.strengths,
        "mode": "lines",
        "line": {"width": 0, "color": color},
        "hoverinfo": "skip",
    }
    return [
        go.Scatter(name="low", y=panel.low, **edge),
        go.Scatter(name="high", y=panel.high, fill="tonexty", fillcolor=_faint(color), **edge),
        go.Scatter(
            name=escape(panel.title),
            x=panel.strengths,
            y=panel.values,
            mode="lines",
            line={"color": color, "width": 2.5},
            hovertemplate=f"strength %{{x:.2f}}: {number}<extra></extra>",
        ),
        go.Scatter(
            name="chosen",
            x=[panel.chosen[0]],
            y=[panel.chosen[1]],
            mode="markers",
            marker={"color": color, "size": 13, "line": {"width": 2, "color": color}},
            hovertemplate=f"chosen, {escape(panel.chosen_text)}<extra></extra>",
        ),
    ]


def _label_panel(figure: go.Figure, panel: TailPanel, column: int, palette: Palette) -> None:
    figure.add_annotation(
        text=f"{escape(panel.title)}: <b>{escape(panel.chosen_text)}</b>",
        xref="x domain" if column == 1 else f"x{column} domain",
        yref="paper",
        x=0,
        y=1.04,
        yanchor="bottom",
        xanchor="left",
        showarrow=False,
        font={"size": 13, "color": palette.text},
    )
    highest = max(panel.high, default=1.0) or 1.0
    figure.update_xaxes(
        title_text="how much popular items are held back", range=[-0.04, 1.04], row=1, col=column
    )
    figure.update_yaxes(
        range=[0, 1.1 * highest],
        tickformat=".0%" if panel.is_share else ".2f",
        nticks=6,
        row=1,
        col=column,
    )


def _faint(color: str) -> str:
    """A color of ours ("#RRGGBB") as a light ground."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
