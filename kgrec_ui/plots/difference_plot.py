"""Bars to the left and right of zero: what tells two scores apart."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from kgrec_core.explanation.reasons import AXIS_LETTERS
from kgrec_ui.plots.colors import mixed
from kgrec_ui.theme import MODALITY_NAMES, Palette, format_signed, modality_color, plotly_template
from kgrec_ui.views.why_not_view import DifferenceBar, DifferenceView
from kgrec_ui.views.words import shortened

__all__ = ["draw_differences"]

ROW_HEIGHT = 27
FRAME_HEIGHT = 96
BAR_WIDTH = 0.62
PALE = 0.55
"""Share of the background in the bars of what is added up, so that they look less solid."""


def draw_differences(view: DifferenceView, palette: Palette) -> go.Figure:
    """Largest on top; what speaks for the other item is hatched, so color is not needed."""
    figure = go.Figure()
    groups: dict[str, list[int]] = {}
    for position, bar in enumerate(view.bars):
        groups.setdefault(bar.modality, []).append(position)
    for modality, positions in groups.items():
        figure.add_trace(_bars(view.bars, modality, positions, palette))
    names = [escape(bar.axis or shortened(bar.label, AXIS_LETTERS)) for bar in view.bars]
    figure.add_vline(x=0, line={"color": palette.muted, "width": 1})
    figure.update_layout(
        template=plotly_template(palette),
        barmode="overlay",
        height=FRAME_HEIGHT + ROW_HEIGHT * max(len(names), 3),
        xaxis={
            "title": {"text": "Other item is ahead   ←   0   →   asked item is ahead"},
            "range": _range(view.bars),
            "showgrid": True,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [max(len(names), 3) - 0.5, -0.5],
            "showgrid": False,
        },
    )
    return figure


def _bars(
    bars: Sequence[DifferenceBar], modality: str, positions: list[int], palette: Palette
) -> go.Bar:
    own = [bars[position] for position in positions]
    color = modality_color(palette, modality)
    pale = mixed(color, palette.background, PALE)
    return go.Bar(
        orientation="h",
        name=MODALITY_NAMES[modality],
        y=positions,
        x=[bar.value for bar in own],
        width=BAR_WIDTH,
        marker={
            "color": [pale if bar.is_rest else color for bar in own],
            "line": {"color": color, "width": 1},
            "pattern": {
                "shape": ["/" if bar.value < 0 else "" for bar in own],
                "fillmode": "overlay",
                "fgcolor": palette.background,
                "size": 6,
            },
        },
        text=[format_signed(bar.value) for bar in own],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": palette.text},
        customdata=[[escape(bar.label), escape(bar.detail)] for bar in own],
        hovertemplate="<b>%{customdata[0]}</b><br>%{text}<br>%{customdata[1]}<extra></extra>",
    )


def _range(bars: Sequence[DifferenceBar]) -> list[float]:
    """Room for the numbers at both ends."""
    low = min([0.0, *(bar.value for bar in bars)])
    high = max([0.0, *(bar.value for bar in bars)])
    room = 0.16 * ((high - low) or 1.0)
    return [low - room, high + room]
