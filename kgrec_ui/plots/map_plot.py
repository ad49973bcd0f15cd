"""The map of entities as a Plotly figure whose points can be chosen."""

from __future__ import annotations

import plotly.graph_objects as go

from kgrec_ui.theme import Palette, entity_color, entity_shape, plotly_template
from kgrec_ui.views.map_view import MapGroup, MapView
from kgrec_ui.views.words import shortened

__all__ = ["draw_map"]

SYMBOLS = {
    "dot": "circle",
    "square": "square",
    "triangle": "triangle-up",
    "diamond": "diamond",
    "star": "star",
    "triangleDown": "triangle-down",
    "hexagon": "hexagon",
}
GROUP_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "star", "triangle-down")
REST_SYMBOL = "circle-open"
HEIGHT = 620
SMALL, LARGE = 5, 9
CROWD = 2000  # points; more get smaller marks


def draw_map(view: MapView, palette: Palette, *, picked: int | None = None) -> go.Figure:
    """Points by group, each with its own color and shape; `picked` is ringed and named.

    `customdata` of each point is its entity index.
    """
    n_points = sum(len(group.labels) for group in view.groups)
    size = LARGE if n_points <= CROWD else SMALL
    figure = go.Figure(
        [_trace(group, place, palette, size) for place, group in enumerate(view.groups)]
    )
    _ring(figure, view, palette, picked)
    figure.update_layout(
        template=plotly_template(palette),
        height=HEIGHT,
        dragmode="pan",
        uirevision="map",
        xaxis={"title": view.axes[0], "showticklabels": False},
        yaxis={"title": view.axes[1], "showticklabels": False},
        hovermode="closest",
        modebar={
            "orientation": "v",
            "bgcolor": "rgba(0,0,0,0)",
            "color": palette.muted,
            "activecolor": palette.accent,
        },
        margin={"r": 44},
    )
    return figure


def _trace(group: MapGroup, place: int, palette: Palette, size: int) -> go.Scattergl:
    if group.entity_type:
        color = entity_color(palette, group.entity_type)
        symbol = SYMBOLS[entity_shape(group.entity_type)]
    elif group.is_rest:
        color, symbol = palette.muted, REST_SYMBOL
    else:
        color, symbol = palette.series[place], GROUP_SYMBOLS[place]
    return go.Scattergl(
        x=group.x,
        y=group.y,
        mode="markers",
        name=_legend_name(group.name),
        text=[_text(label) for label in group.labels],
        customdata=group.entity_indices,
        marker={
            "color": color,
            "symbol": symbol,
            "size": size - 3 if group.is_rest else size,
            "opacity": 0.5 if group.is_rest else 0.85,
        },
        hovertemplate="%{text}<extra>%{fullData.name}</extra>",
        unselected={"marker": {"opacity": 0.15}},
    )


def _ring(figure: go.Figure, view: MapView, palette: Palette, picked: int | None) -> None:
    for group in view.groups:
        for index, label, x, y in zip(
            group.entity_indices.tolist(), group.labels, group.x, group.y, strict=True
        ):
            if index == picked:
                figure.add_annotation(
                    x=float(x),
                    y=float(y),
                    text=_text(label),
                    font={"color": palette.text},
                    arrowcolor=palette.text,
                    bgcolor=palette.panel,
                    ax=24,
                    ay=-28,
                )


def _legend_name(name: str) -> str:
    """The name of a group cut to what a legend holds; its count stays."""
    words, _, count = name.rpartition(" (")
    return _text(f"{shortened(words)} ({count}")


def _text(label: str) -> str:
    """Plotly reads a little HTML in texts; what data says is no markup."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
