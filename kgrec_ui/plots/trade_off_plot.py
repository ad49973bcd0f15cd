"""Curves: accuracy over the length of a history, and what holding popular items back does."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.figures import fixed
from kgrec_ui.views.long_tail_view import LongTailView, TailPanel
from kgrec_ui.views.short_history_view import HistoryCurve, ShortHistoryView

__all__ = ["draw_long_tail_trade_off", "draw_short_histories"]

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SPREAD = 0.05


def draw_short_histories(view: ShortHistoryView, palette: Palette) -> go.Figure:
    """One line per model over the number of known items; the active model is thicker."""
    figure = go.Figure()
    numbers = sorted({point[0] for curve in view.curves for point in curve.points})
    for place, curve in enumerate(view.curves):
        figure.add_trace(_history(curve, place, len(view.curves), numbers, palette))
    highest = max((point[3] for curve in view.curves for point in curve.points), default=1.0)
    figure.update_layout(
        template=plotly_template(palette),
        height=400,
        margin={"t": 48},
        xaxis={
            "title": {"text": "known items of a newcomer"},
            "tickmode": "array",
            "tickvals": list(range(len(numbers))),
            "ticktext": [str(number) for number in numbers],
            "range": [-0.3, len(numbers) - 0.7],
        },
        yaxis={"title": {"text": escape(view.axis_title)}, "range": [0, 1.06 * (highest or 1.0)]},
    )
    return figure


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


def _history(
    curve: HistoryCurve, place: int, n_curves: int, numbers: list[int], palette: Palette
) -> go.Scatter:
    color = palette.series[place % len(palette.series)]
    # Curves stand a little apart, so that whiskers do not hide each other.
    shift = SPREAD * (place - (n_curves - 1) / 2)
    means = [point[1] for point in curve.points]
    return go.Scatter(
        mode="lines+markers",
        name=escape(curve.label),
        x=[numbers.index(point[0]) + shift for point in curve.points],
        y=means,
        line={
            "color": color,
            "width": 3 if curve.is_main else 2,
            "dash": DASHES[place % len(DASHES)],
        },
        marker={"size": 9, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": color},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [point[3] - point[1] for point in curve.points],
            "arrayminus": [point[1] - point[2] for point in curve.points],
            "color": color,
            "thickness": 1.5,
            "width": 3,
        },
        customdata=[
            [point[0], f"{fixed(point[1])} ({fixed(point[2])} to {fixed(point[3])})"]
            for point in curve.points
        ],
        hovertemplate=(
            f"<b>{escape(curve.label)}</b>, %{{customdata[0]}} known<br>%{{customdata[1]}}"
            "<extra></extra>"
        ),
    )


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
