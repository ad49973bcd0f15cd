"""Attention over the evidence, and share and gate of the modalities, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_core.palette import SHORT_NAMES
from kgrec_ui.plots.colors import mixed
from kgrec_ui.theme import (
    MODALITY_NAMES,
    Palette,
    format_score,
    format_share,
    format_signed,
    modality_color,
    plotly_template,
)
from kgrec_ui.views.attention_view import AttentionRow, AttentionView, ModalityView
from kgrec_ui.views.words import shortened

__all__ = ["draw_attention", "draw_modalities"]

ROW_HEIGHT = 24
FRAME_HEIGHT = 64
PANEL_HEIGHT = 48
PALE = 0.55
"""Share of the background in the bars that whiskers lie on, so that both can be seen."""
MIN_PLACES = 3  # a lower chart draws the title of its axis over the numbers


def draw_attention(view: AttentionView, palette: Palette) -> go.Figure:
    """One bar per unit of evidence, most attention on top; the others are a number, no bar.

    A bar for a hundred units at once would make all single ones look like nothing.
    """
    rows = view.rows
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(rows))),
            x=[0.0 if row.is_rest else row.weight for row in rows],
            marker={
                "color": mixed(palette.accent, palette.background, PALE),
                "line": {"color": palette.accent, "width": 1},
            },
            customdata=[[escape(row.label), escape(_weights(row))] for row in rows],
            hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
            error_x=_whiskers(rows, palette),
        )
    )
    figure.add_trace(
        go.Scatter(  # not the text of the bars: it has to stand behind the whiskers
            mode="text",
            x=[_end(row) for row in rows],
            y=list(range(len(rows))),
            text=[f" {_weight_text(row)}" for row in rows],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    largest = max(
        (max(_end(row), row.uniform or 0.0) for row in rows if not row.is_rest), default=1.0
    )
    n_places = max(len(rows), MIN_PLACES)
    figure.update_layout(
        template=plotly_template(palette),
        showlegend=False,
        height=FRAME_HEIGHT + ROW_HEIGHT * n_places,
        shapes=_uniform_marks(rows, palette),
        xaxis={
            "title": {"text": "Share of the attention"},
            "range": [0, largest * 1.2],
            "tickformat": ".1~%",
            "nticks": 5,
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [escape(shortened(row.label, 30)) for row in rows],
            "range": [n_places - 0.5, -0.5],
            "showgrid": False,
        },
    )
    return figure


def _uniform_marks(rows: Sequence[AttentionRow], palette: Palette) -> list[dict[str, object]]:
    """Where each bar would end if all evidence got the same attention."""
    return [
        {
            "type": "line",
            "x0": row.uniform,
            "x1": row.uniform,
            "y0": position - 0.5,
            "y1": position + 0.5,
            "line": {"color": palette.text, "width": 1.5, "dash": "dot"},
        }
        for position, row in enumerate(rows)
        if row.uniform is not None and not row.is_rest
    ]


def _end(row: AttentionRow) -> float:
    """Where bar and whisker of a row end."""
    if row.is_rest:
        return 0.0
    return max(row.weight, row.spread[1] if row.spread else 0.0)


def _whiskers(rows: Sequence[AttentionRow], palette: Palette) -> dict[str, object] | None:
    """From the smallest to the largest weight over seeds; None without other seeds."""
    if not any(row.spread for row in rows):
        return None
    spreads = [row.spread or (row.weight, row.weight) for row in rows]
    weights = [0.0 if row.is_rest else row.weight for row in rows]
    ends = [
        (low, high) if not row.is_rest else (0.0, 0.0)
        for row, (low, high) in zip(rows, spreads, strict=True)
    ]
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, high - w) for (_, high), w in zip(ends, weights, strict=True)],
        "arrayminus": [max(0.0, w - low) for (low, _), w in zip(ends, weights, strict=True)],
        "color": palette.text,
        "thickness": 1.5,
        "width": 4,
    }


def draw_modalities(view: ModalityView, palette: Palette) -> go.Figure:
    """Two panels, one above the other: share of all contributions, and gate."""
    figure = make_subplots(
        rows=2,
        cols=1,
        vertical_spacing=0.22,
        subplot_titles=("Share of all contributions", "Gate"),
    )
    panels = (
        ([row.share for row in view.rows], [format_share(row.share) for row in view.rows]),
        ([row.gate for row in view.rows], [format_score(row.gate) for row in view.rows]),
    )
    for number, (values, texts) in enumerate(panels, start=1):
        figure.add_trace(_modality_bars(view, values, texts, palette), row=number, col=1)
        limit = 1.25 * max([*(abs(value) for value in values), 1e-9])
        figure.update_xaxes(range=[min(0.0, *values, 0.0), limit], row=number, col=1)
    figure.update_layout(
        template=plotly_template(palette),
        height=2 * (PANEL_HEIGHT + 32 * len(view.rows)),
        bargap=0.35,
        margin={"t": 44},
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showticklabels=False, showline=False, showgrid=False)
    figure.update_annotations(font={"size": 13, "color": palette.muted})
    return figure


def _modality_bars(
    view: ModalityView, values: list[float], texts: list[str], palette: Palette
) -> go.Bar:
    return go.Bar(
        orientation="h",
        y=[SHORT_NAMES[row.modality] for row in view.rows],
        x=values,
        text=texts,
        textposition="outside",
        cliponaxis=False,
        marker={"color": [modality_color(palette, row.modality) for row in view.rows]},
        showlegend=False,
        customdata=[
            [row.label, format_signed(row.value), row.n_contributions] for row in view.rows
        ],
        hovertemplate=(
            "<b>%{customdata[0]}</b><br>%{text}<br>%{customdata[1]} to the score, "
            "from %{customdata[2]} contributions<extra></extra>"
        ),
    )


def _weight_text(row: AttentionRow) -> str:
    return f"{format_share(row.weight)} together" if row.is_rest else format_share(row.weight)


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
