"""The matrix of evidence and items as a heat map whose cells can be clicked."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_ui.plots.colors import between, readable_on
from kgrec_ui.theme import Palette, plotly_template
from kgrec_ui.views.heat_view import HeatCell, HeatView, cell_texts, cell_words
from kgrec_ui.views.words import shortened

__all__ = ["draw_heat"]

ROW_HEIGHT = 30
FRAME_HEIGHT = 190
MAX_TEXT_COLUMNS = 12
"""With more columns the numbers would not fit; the hover box has them."""


def draw_heat(view: HeatView, palette: Palette, chosen: HeatCell | None) -> go.Figure:
    """Cells by color with their numbers; the chosen one has a frame.

    The row of all others has numbers without a color: a sum would drown every single cell. A heat
    map itself tells no click, so transparent marks lie on its cells.
    """
    n_rows, n_columns = len(view.evidence), len(view.items)
    largest = view.largest or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=_colored(view),
            x=list(range(n_columns)),
            y=list(range(n_rows)),
            zmin=0.0 if view.is_attention else -largest,
            zmax=largest,
            colorscale=[list(stop) for stop in _scale(view, palette)],
            xgap=2,
            ygap=2,
            hoverinfo="skip",
            showscale=True,
            colorbar={"thickness": 10, "outlinewidth": 0, "title": {"text": _unit(view)}},
        )
    )
    if n_columns <= MAX_TEXT_COLUMNS:
        figure.add_trace(_numbers(view, palette))
    figure.add_trace(_marks(view))
    if chosen is not None:
        figure.add_shape(
            type="rect",
            x0=chosen.column - 0.5,
            x1=chosen.column + 0.5,
            y0=chosen.row - 0.5,
            y1=chosen.row + 0.5,
            line={"color": palette.text, "width": 3},
        )
    figure.update_layout(
        template=plotly_template(palette),
        height=FRAME_HEIGHT + ROW_HEIGHT * n_rows,
        clickmode="event+select",
        dragmode=False,
        showlegend=False,
        xaxis={
            "side": "top",
            "tickmode": "array",
            "tickvals": list(range(n_columns)),
            "ticktext": [escape(shortened(label, 22)) for label in view.items],
            "tickangle": -35,
            "showline": False,
            "range": [-0.5, n_columns - 0.5],
        },
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(n_rows)),
            "ticktext": [escape(shortened(label, 30)) for label in view.evidence],
            "range": [n_rows - 0.5, -0.5],
            "showgrid": False,
        },
    )
    return figure


def _colored(view: HeatView) -> list[list[float]]:
    """The values that colors tell, 0 for the row of all others."""
    rows = zip(view.values, view.units, strict=True)
    return [list(row) if unit else [0.0] * len(row) for row, unit in rows]


def _numbers(view: HeatView, palette: Palette) -> go.Scatter:
    """The number of each cell, in a color that can be read on the color of the cell.

    Plotly gives the numbers of a heat map one of two colors by a coarser rule, and some of them
    cannot be read on the middle of a scale.
    """
    scale, colored = _scale(view, palette), _colored(view)
    largest = view.largest or 1.0
    cells = [(row, column) for row in range(len(colored)) for column in range(len(colored[row]))]
    values = [colored[row][column] / largest for row, column in cells]
    places = [value if view.is_attention else (value + 1) / 2 for value in values]
    texts = cell_texts(view)
    return go.Scatter(
        mode="text",
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        text=[texts[row][column] for row, column in cells],
        textfont={
            "size": 12,
            "color": [readable_on(between(scale, place), palette) for place in places],
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(view: HeatView) -> go.Scatter:
    cells = [
        HeatCell(row, column)
        for row in range(len(view.evidence))
        for column in range(len(view.items))
    ]
    unseen = {"marker": {"opacity": 0.0}}
    return go.Scatter(
        mode="markers",
        x=[cell.column for cell in cells],
        y=[cell.row for cell in cells],
        marker={"symbol": "square", "size": ROW_HEIGHT - 4, "opacity": 0.0},
        selected=unseen,
        unselected=unseen,
        customdata=[[cell.row, cell.column, escape(cell_words(view, cell))] for cell in cells],
        hovertemplate="%{customdata[2]}<extra></extra>",
    )


def _scale(view: HeatView, palette: Palette) -> list[tuple[float, str]]:
    if view.is_attention:
        return [(0.0, palette.panel), (1.0, palette.accent)]
    return [(0.0, palette.negative), (0.5, palette.panel), (1.0, palette.positive)]


def _unit(view: HeatView) -> str:
    return "Attention" if view.is_attention else "Score"
