"""The colors of app and report, and the names of the modalities; no screen."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DARK", "LIGHT", "MODALITY_NAMES", "SHORT_NAMES", "Palette", "modality_color"]

MODALITY_NAMES: dict[str, str] = {
    "collaborative": "Behavior of similar users",
    "graph": "Knowledge graph",
    "embedding": "Graph embedding",
    "text": "Text",
    "social": "Friends",
    "attributes": "User attributes",
    "bias": "Popularity (starting value)",
}
SHORT_NAMES = {
    "collaborative": "Behavior",
    "graph": "Graph",
    "embedding": "Embedding",
    "text": "Text",
    "social": "Friends",
    "attributes": "Attributes",
    "bias": "Popularity",
}
"""Narrow enough for a side column."""


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
        "embedding": "#B35A8C",
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
        "embedding": "#DE9BC1",
        "text": "#F08C4B",
        "social": "#8F7BE0",
        "attributes": "#F3D65C",
        "bias": "#98A5B2",
    },
    series=("#56B4E9", "#F08C4B", "#2DBE92", "#DE9BC1", "#E6B23C", "#8CCBEF", "#98A5B2"),
    entities=("#2DBE92", "#F08C4B", "#DE9BC1", "#E6B23C", "#8CCBEF", "#AC9CE8", "#98A5B2"),
)


def modality_color(palette: Palette, modality: str) -> str:
    """The one color of a modality ("bias" included); gray for an unknown one."""
    return palette.modalities.get(modality, palette.muted)
