"""Attention over the evidence, and share and gate of the modalities, as bars."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_ui.theme import (
    MODALITY_NAMES,
    Palette,
    format_score,
    format_share,
    format_signed,
    modality_color,
    plotly_template,
)
from kgrec_ui.views.explanation_view import AttentionRow, AttentionView, ModalityView
from kgrec_ui.views.words import shortened

__all__ = ["draw_attention", "draw_modalities"]

ROW_HEIGHT = 24
FRAME_HEIGHT = 64


def draw_attention(view: AttentionView, palette: Palette) -> go.Figure:
    """One bar per unit of evidence, most attention on top; the row of the others is pale."""
    rows = view.rows
    colors = [palette.accent] * len(rows)
    if rows and rows[-1].is_rest:
        colors[-1] = palette.muted
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(rows))),
            x=[row.weight for row in rows],
            text=[format_share(row.weight) for row in rows],
            textposition="outside",
            cliponaxis=False,
            marker={"color": colors},
            customdata=[[escape(row.label), escape(_weights(row))] for row in rows],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        )
    )
    largest = max((row.weight for row in rows), default=1.0)
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + ROW_HEIGHT * len(rows),
        xaxis={
            "title": {"text": "Share of the attention"},
            "range": [0, largest * 1.18],
            "tickformat": ".0%",
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [escape(shortened(row.label, 30)) for row in rows],
            "autorange": "reversed",
            "showgrid": False,
        },
    )
    return figure


def draw_modalities(view: ModalityView, palette: Palette) -> go.Figure:
    """Two panels with one row per modality: share of all contributions, and gate."""
    names = [row.label for row in view.rows]
    colors = [modality_color(palette, row.modality) for row in view.rows]
    figure = make_subplots(
        rows=1,
        cols=2,
        shared_yaxes=True,
        horizontal_spacing=0.08,
        subplot_titles=("Share of all contributions", "Gate (weight of the modality)"),
    )
    panels = (
        ([row.share for row in view.rows], [format_share(row.share) for row in view.rows]),
        ([row.gate for row in view.rows], [format_score(row.gate) for row in view.rows]),
    )
    for column, (values, texts) in enumerate(panels, start=1):
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=names,
                x=values,
                text=texts,
                textposition="outside",
                cliponaxis=False,
                marker={"color": colors},
                showlegend=False,
                customdata=[[format_signed(row.value), row.n_contributions] for row in view.rows],
                hovertemplate=(
                    "<b>%{y}</b><br>%{text}<br>%{customdata[0]} to the score, "
                    "from %{customdata[1]} contributions<extra></extra>"
                ),
            ),
            row=1,
            col=column,
        )
        limit = 1.25 * max([*(abs(value) for value in values), 1e-9])
        figure.update_xaxes(range=[min(0.0, *values, 0.0), limit], row=1, col=column)
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + 46 * len(view.rows),
        bargap=0.4,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showticklabels=False, showline=False)
    figure.update_annotations(font={"size": 13, "color": palette.muted})
    return figure


def _weights(row: AttentionRow) -> str:
    """Hover text: the weight in each modality where they differ, and what came of it."""
    says = f"{format_share(row.weight)} of the attention, {format_signed(row.value)} to the score"
    if len(set(row.weights.values())) < 2:
        return says
    by_modality = ", ".join(
        f"{MODALITY_NAMES[modality]} {format_share(weight)}"
        for modality, weight in row.weights.items()
    )
    return f"{says}; {by_modality}"
