"""The waterfall from bias to score, colored by modality; a click on a bar tells its modality."""

from __future__ import annotations

from html import escape

import plotly.graph_objects as go

from kgrec_core.explanation.reasons import AXIS_LETTERS
from kgrec_ui.plots.colors import mixed
from kgrec_ui.theme import MODALITY_NAMES, Palette, modality_color, plotly_template
from kgrec_ui.views.waterfall_view import WaterfallStep, WaterfallView
from kgrec_ui.views.words import shortened

__all__ = ["draw_waterfall"]

ROW_HEIGHT = 27
FRAME_HEIGHT = 90
BAR_WIDTH = 0.62
PALE = 0.55
"""Share of the background in the bars of what is added up, so that they look less solid."""
TOTAL_NAME = "Score"


def draw_waterfall(view: WaterfallView, palette: Palette) -> go.Figure:
    """Steps from top to bottom; losses are hatched, so color is not needed to see the sign."""
    figure = go.Figure()
    groups: dict[str, list[int]] = {}
    for position, step in enumerate(view.steps):
        groups.setdefault(_group(step), []).append(position)
    for group, positions in groups.items():
        figure.add_trace(_bars(view, group, positions, palette))
    names = [escape(step.axis or shortened(step.label, AXIS_LETTERS)) for step in view.steps]
    figure.update_layout(
        template=plotly_template(palette),
        barmode="overlay",
        clickmode="event+select",
        dragmode=False,
        height=FRAME_HEIGHT + ROW_HEIGHT * len(view.steps),
        shapes=_bridges(view, palette),
        xaxis={"title": {"text": "Score"}, "range": _range(view), "showgrid": True},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "autorange": "reversed",
            "showgrid": False,
        },
    )
    return figure


def _bridges(view: WaterfallView, palette: Palette) -> list[dict[str, object]]:
    """Dotted lines from each step to the next; given at once, since adding them singly is slow."""
    return [
        {
            "type": "line",
            "x0": step.end,
            "x1": step.end,
            "y0": position + BAR_WIDTH / 2,
            "y1": position + 1 - BAR_WIDTH / 2,
            "line": {"color": palette.muted, "width": 1, "dash": "dot"},
        }
        for position, step in enumerate(view.steps[:-1])
    ]


def _group(step: WaterfallStep) -> str:
    """Legend entry of a step."""
    if step.kind == "score":
        return TOTAL_NAME
    return MODALITY_NAMES[step.modality or "bias"]


def _bars(view: WaterfallView, group: str, positions: list[int], palette: Palette) -> go.Bar:
    steps = [view.steps[position] for position in positions]
    key = "score" if steps[0].kind == "score" else steps[0].modality or "bias"
    color = palette.text if key == "score" else modality_color(palette, key)
    pale = mixed(color, palette.background, PALE)
    as_it_is = {"marker": {"opacity": 1.0}, "textfont": {"color": palette.text}}
    return go.Bar(
        orientation="h",
        name=group,
        y=positions,
        base=[step.start for step in steps],
        x=[step.value for step in steps],
        width=BAR_WIDTH,
        marker={
            "color": [pale if step.kind == "rest" else color for step in steps],
            "line": {"color": color, "width": 1},
            "pattern": {
                "shape": ["/" if step.value < 0 else "" for step in steps],
                "fillmode": "overlay",
                "fgcolor": palette.background,
                "size": 6,
            },
        },
        selected=as_it_is,
        unselected=as_it_is,
        text=[_value_text(step, view.n_decimals) for step in steps],
        textposition="outside",
        cliponaxis=False,
        textfont={"color": palette.text},
        customdata=[
            [escape(step.label), escape(step.detail), step.modality or ""] for step in steps
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{text}<br>%{customdata[1]}<extra></extra>",
    )


def _value_text(step: WaterfallStep, n_decimals: int) -> str:
    """The same number of decimals in all rows, so that a reader can add them up."""
    sign = "" if step.kind in ("bias", "score") else "+"
    return f"{step.value:{sign}.{n_decimals}f}".replace("-", "−")


def _range(view: WaterfallView) -> list[float]:
    """Room for the numbers at both ends of the bars."""
    ends = [0.0, *(step.end for step in view.steps), *(step.start for step in view.steps)]
    low, high = min(ends), max(ends)
    room = 0.14 * ((high - low) or 1.0)
    return [low - (room if low < 0 else 0.0), high + room]
