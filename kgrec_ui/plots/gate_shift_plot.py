"""Share and gate of each modality before and after a step, as pairs of bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kgrec_core.palette import SHORT_NAMES
from kgrec_ui.theme import Palette, format_score, format_share, modality_color, plotly_template
from kgrec_ui.views.step_answer import GateRow, GateShift

__all__ = ["draw_gate_shift"]

ROW_HEIGHT = 46
FRAME_HEIGHT = 70
BAR_WIDTH = 0.34  # of a row; two of them and some air
_Pairs = Sequence[tuple[float | None, float | None]]
_Texts = Sequence[tuple[str, str]]


def draw_gate_shift(view: GateShift, palette: Palette, *, before_word: str = "before") -> go.Figure:
    """Left the share of the scores, right the gate; hollow bars are before, full ones now.

    `before_word` stands in front of the numbers of the hollow bars.
    """
    figure = make_subplots(
        rows=1,
        cols=2,
        horizontal_spacing=0.06,
        shared_yaxes=True,
        subplot_titles=("Share of the scores", "Gate"),
    )
    shares = [(row.share_before, row.share_now) for row in view.rows]
    gates = [(row.gate_before, row.gate_now) for row in view.rows]
    share_texts = [(f"{before_word} {format_share(old)}", format_share(new)) for old, new in shares]
    gate_texts = [
        (_gate(row.gate_before, f"{before_word} "), _gate(row.gate_now)) for row in view.rows
    ]
    sides: tuple[tuple[int, _Pairs, _Texts], ...] = (
        (1, shares, share_texts),
        (2, gates, gate_texts),
    )
    for column, values, texts in sides:
        if view.has_before:
            before = _bars(view.rows, values, texts, 0, palette)
            figure.add_trace(before, row=1, col=column)
        figure.add_trace(_bars(view.rows, values, texts, 1, palette), row=1, col=column)
        largest = max([value for pair in values for value in pair if value] + [1e-9])
        figure.update_xaxes(range=[0, 1.3 * largest], row=1, col=column)
    figure.update_layout(
        template=plotly_template(palette),
        barmode="group",
        height=FRAME_HEIGHT + ROW_HEIGHT * max(len(view.rows), 2),
        margin={"t": 34},
        showlegend=False,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showticklabels=False, showline=False, showgrid=False)
    figure.update_annotations(font={"size": 13, "color": palette.muted})
    return figure


def _bars(
    rows: Sequence[GateRow],
    values: _Pairs,
    texts: _Texts,
    place: int,
    palette: Palette,
) -> go.Bar:
    """`place` is 0 for before, 1 for now; popularity has no gate, and so no bar there."""
    colors = [modality_color(palette, row.modality) for row in rows]
    is_now = place == 1
    return go.Bar(
        orientation="h",
        name="now" if is_now else "before",
        y=[SHORT_NAMES[row.modality] for row in rows],
        x=[pair[place] for pair in values],
        text=[pair[place] for pair in texts],
        textposition="outside",
        textfont={"color": palette.text if is_now else palette.muted, "size": 12},
        cliponaxis=False,
        width=BAR_WIDTH,
        marker={
            "color": colors if is_now else "rgba(0,0,0,0)",
            "line": {"color": colors, "width": 0 if is_now else 1.5},
        },
        customdata=[[escape(row.label)] for row in rows],
        hovertemplate="<b>%{customdata[0]}</b><br>%{text}<extra></extra>",
    )


def _gate(gate: float | None, prefix: str = "") -> str:
    return "" if gate is None else prefix + format_score(gate)
