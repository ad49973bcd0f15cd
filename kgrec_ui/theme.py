"""Colors, number formats and the Plotly look; no Streamlit."""

from __future__ import annotations

import contextlib
import math
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "CSS",
    "DARK",
    "ENTITY_SHAPES",
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
    "format_when",
    "modality_color",
    "palette_of",
    "plotly_template",
]

MODALITY_NAMES: dict[str, str] = {
    "collaborative": "Behavior of similar users",
    "graph": "Knowledge graph",
    "text": "Text",
    "social": "Friends",
    "attributes": "User attributes",
    "bias": "Popularity (starting value)",
}

ENTITY_SHAPES = ("dot", "square", "triangle", "diamond", "star", "triangleDown", "hexagon")
"""Shapes of vis-network, so that types can be told apart without color."""
_GLYPHS = dict(zip(ENTITY_SHAPES, "●■▲◆★▼⬢", strict=True))


@dataclass(frozen=True)
class Palette:
    """One scheme of colors, safe for color-blind readers (after Okabe and Ito)."""

    is_dark: bool
    background: str
    panel: str
    text: str
    muted: str
    grid: str
    accent: str
    positive: str
    negative: str
    modalities: dict[str, str]
    series: tuple[str, ...]
    entities: tuple[str, ...]


LIGHT = Palette(
    is_dark=False,
    background="#FFFFFF",
    panel="#F3F5F7",
    text="#1B2530",
    muted="#5B6875",
    grid="#E3E8EC",
    accent="#0067A3",
    positive="#0072B2",
    negative="#C2500A",
    modalities={
        "collaborative": "#0072B2",
        "graph": "#00875F",
        "text": "#C2500A",
        "social": "#4B2E83",
        "attributes": "#6B4A00",
        "bias": "#7A8591",
    },
    series=("#0072B2", "#C2500A", "#00875F", "#B35A8C", "#B07800", "#3C8FC2", "#6B7280"),
    entities=("#00875F", "#C2500A", "#B35A8C", "#B07800", "#3C8FC2", "#6F5BB5", "#6B7280"),
)

DARK = Palette(
    is_dark=True,
    background="#11161C",
    panel="#1B232C",
    text="#E4E9EE",
    muted="#98A5B2",
    grid="#2A343F",
    accent="#4FA9DD",
    positive="#56B4E9",
    negative="#F08C4B",
    modalities={
        "collaborative": "#56B4E9",
        "graph": "#2DBE92",
        "text": "#F08C4B",
        "social": "#8F7BE0",
        "attributes": "#F3D65C",
        "bias": "#98A5B2",
    },
    series=("#56B4E9", "#F08C4B", "#2DBE92", "#DE9BC1", "#E6B23C", "#8CCBEF", "#98A5B2"),
    entities=("#2DBE92", "#F08C4B", "#DE9BC1", "#E6B23C", "#8CCBEF", "#AC9CE8", "#98A5B2"),
)

# Only what the configuration file cannot say: a readable line length on wide screens and a
# tighter top of the page.
CSS = """
<style>
[data-testid="stMainBlockContainer"] {max-width: 1240px; padding-top: 2.6rem;
  padding-bottom: 5rem;}
[data-testid="stMetricValue"] {font-variant-numeric: tabular-nums;}
/* page links inside the page begin where the text above them begins */
[data-testid="stMain"] [data-testid="stPageLink"] a {transform: translateX(-0.5rem);}
/* a chosen pill is told by tint and border; its letters keep the contrast of text */
button[data-variant][data-selected="true"], button[data-variant][data-selected="true"] p
  {color: inherit !important;}
[data-testid="stSidebarHeader"] {height: 3.4rem; margin-bottom: 0;}
</style>
"""


def palette_of(theme_type: str | None) -> Palette:
    """The dark scheme for "dark", else the light one."""
    return DARK if theme_type == "dark" else LIGHT


def modality_color(palette: Palette, modality: str) -> str:
    """The one color of a modality ("bias" included); gray for an unknown one."""
    return palette.modalities.get(modality, palette.muted)


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


def format_count(n: float) -> str:
    """A whole number with thousands commas: 31,204."""
    return f"{round(n):,}"


def format_score(score: float) -> str:
    """A score with three digits that matter: 0.123, 12.3, 0.00123."""
    if not math.isfinite(score):
        return "–"
    if score == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(score)))
    return f"{score:.{min(max(digits, 0), 6)}f}".replace("-", "−")


def format_signed(value: float) -> str:
    """A contribution with its sign: +0.123 or −0.045."""
    return ("+" if value > 0 else "") + format_score(value)


def format_share(share: float) -> str:
    """A fraction as percent: 12 %, 3.4 %, "under 0.1 %"."""
    percent = share * 100
    if 0 < percent < 0.1:
        return "under 0.1 %"
    if 99.9 < percent < 100:
        return "over 99.9 %"
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.1f} %"


def format_seconds(seconds: float) -> str:
    """A duration in the unit people would say it in: 0.4 s, 3 s, 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10 and seconds != round(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def format_bytes(n_bytes: float) -> str:
    """A size in decimal units: 840 kB, 1.2 GB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            value = n_bytes / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{n_bytes:.0f} bytes"


def format_when(seconds: float, timezone: str | None = None) -> str:
    """Seconds since 1970 as date and minute where the reader is: 3 Jan 2026, 14:05."""
    zone: tzinfo = UTC
    if timezone:
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError):
            zone = ZoneInfo(timezone)
    local = datetime.fromtimestamp(seconds, zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def plotly_template(palette: Palette) -> go.layout.Template:
    """Transparent ground, quiet grid, our colors and no default Plotly look."""
    import plotly.graph_objects as go  # views use this module too and must not draw

    axis = {
        "gridcolor": palette.grid,
        "linecolor": palette.grid,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
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
