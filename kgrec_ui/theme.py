"""The look of the app: palettes and number formats of the core, CSS, Plotly; no Streamlit."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from kgrec_core.figures import (
    format_bytes,
    format_count,
    format_score,
    format_seconds,
    format_share,
    format_signed,
    format_weight,
    format_when,
)
from kgrec_core.palette import DARK, LIGHT, MODALITY_NAMES, Palette, modality_color

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "CSS",
    "DARK",
    "ENTITY_SHAPES",
    "FOCUS_COLOR",
    "LIGHT",
    "MODALITY_NAMES",
    "Palette",
    "entity_color",
    "entity_glyph",
    "entity_shape",
    "format_bytes",
    "format_count",
    "format_score",
    "format_seconds",
    "format_share",
    "format_signed",
    "format_weight",
    "format_when",
    "modality_color",
    "palette_of",
    "plotly_template",
]

ENTITY_SHAPES = ("dot", "square", "triangle", "diamond", "star", "triangleDown", "hexagon")
"""Shapes of vis-network, so that types can be told apart without color."""
_GLYPHS = dict(zip(ENTITY_SHAPES, "●■▲◆★▼⬢", strict=True))


FOCUS_COLOR = "#2777AD"
"""Around whatever has the keyboard; at least 3 : 1 against the ground of both schemes."""

# Only what the configuration file cannot say: how wide pages and lines become, a tighter top of
# the page, texts with enough contrast, and where the keyboard is.
CSS = """
<style>
[data-testid="stMainBlockContainer"] {max-width: 1600px; padding: 2.6rem clamp(1.5rem, 4vw, 4rem)
  5rem;}
/* a line of text longer than about 90 characters loses the reader; a long word may break */
[data-testid="stMain"] :is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"])
  :is(p, li)
  {max-width: 44em; overflow-wrap: anywhere;}
[data-testid="stHeading"] {overflow-wrap: anywhere;}
[data-testid="stHeading"] :is(h2, h3) {padding: 0.4rem 0 0.3rem;}
[data-testid="stMetricValue"] {font-variant-numeric: tabular-nums;}
/* page links inside the page begin where the text above them begins */
[data-testid="stMain"] [data-testid="stPageLink"] a {transform: translateX(-0.5rem);}
/* the words of a page link stay whole: as wide as the page, then on a second line */
[data-testid="stMain"] [data-testid="stPageLink"] a, [data-testid="stMain"]
  [data-testid="stPageLink"] a :is(span, p) {white-space: normal; max-width: none;
  overflow: visible; text-overflow: clip;}
/* a chosen pill is told by tint and border, a chosen tab by the line below it; their letters keep
   the contrast of text */
button[data-variant][data-selected="true"], button[data-variant][data-selected="true"] p,
[data-testid="stMain"] [role="tab"][aria-selected="true"],
[data-testid="stMain"] [role="tab"][aria-selected="true"] p
  {color: inherit !important;}
[data-testid="stSidebarHeader"] {height: 3.4rem; margin-bottom: 0;}
/* the faded text of the default look misses the contrast of 4.5 : 1 */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p,
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] *
  {color: inherit !important;}
[data-testid="stCaptionContainer"], [data-testid="stExpander"] summary {opacity: 0.74;}
/* the default look hides where the keyboard is on links, tables, drawings and boxes to tick */
[data-testid="stApp"] :is(a, button, summary, canvas, iframe, [role="tab"], [role="slider"],
  [tabindex="0"]):focus-visible, [data-testid="stApp"] label:has(input:focus-visible)
  {outline: 2px solid FOCUS !important; outline-offset: 1px;}
</style>
""".replace("FOCUS", FOCUS_COLOR)


def palette_of(theme_type: str | None) -> Palette:
    """The dark scheme for "dark", else the light one."""
    return DARK if theme_type == "dark" else LIGHT


def _type_slot(entity_type: str, n_slots: int) -> int:
    common = ("person", "genre", "tag", "company", "country", "decade", "language")
    if entity_type in common:
        return common.index(entity_type) % n_slots
    return zlib.crc32(entity_type.encode()) % n_slots


def entity_color(palette: Palette, entity_type: str) -> str:
    """The color of an entity type: the same on every page and in every data set."""
    if entity_type == "item":
        return palette.positive
    return palette.entities[_type_slot(entity_type, len(palette.entities))]


def entity_shape(entity_type: str) -> str:
    """The vis-network shape of an entity type; items are always dots."""
    if entity_type == "item":
        return "dot"
    shapes = ENTITY_SHAPES[1:]
    return shapes[_type_slot(entity_type, len(shapes))]


def entity_glyph(entity_type: str) -> str:
    """The shape of an entity type as a letter, for legends."""
    return _GLYPHS[entity_shape(entity_type)]


def plotly_template(palette: Palette) -> go.layout.Template:
    """Transparent ground, quiet grid, our colors and no default Plotly look."""
    import plotly.graph_objects as go  # views use this module too and must not draw

    axis = {
        "gridcolor": palette.grid,
        "linecolor": palette.grid,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "ticklabelstandoff": 4,
        "title": {"font": {"size": 13, "color": palette.muted}, "standoff": 8},
        "tickfont": {"size": 12, "color": palette.muted},
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(palette.series),
            "font": {"family": "Source Sans, sans-serif", "size": 13, "color": palette.text},
            "xaxis": {**axis, "showgrid": False, "showline": True},
            "yaxis": axis,
            "margin": {"l": 8, "r": 12, "t": 10, "b": 8},
            "hoverlabel": {
                "bgcolor": palette.panel,
                "bordercolor": palette.grid,
                "font": {"color": palette.text, "size": 13},
            },
            "legend": {"orientation": "h", "y": 1.08, "x": 0, "yanchor": "bottom"},
            "bargap": 0.12,
        }
    )
