"""Colors that are computed: mixtures, contrast, and the text that can be read on a ground."""

from __future__ import annotations

from itertools import pairwise

from kgrec_ui.theme import Palette

__all__ = ["READABLE", "between", "contrast", "luminance", "mixed", "readable_on"]

READABLE = 4.5
"""Contrast that small text needs (WCAG 2.2, success criterion 1.4.3)."""
BLACK, WHITE = "#000000", "#FFFFFF"

Rgb = tuple[int, int, int]


def mixed(color: str, other: str, share: float) -> str:
    """`share` of `other` in `color`, channel by channel, as Plotly goes along a scale.

    Args:
        color: "#RRGGBB".
        other: "#RRGGBB".
        share: in [0, 1].
    """
    channels = zip(_rgb(color), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in channels)


def between(scale: list[tuple[float, str]], place: float) -> str:
    """The color of a scale at a place; what lies outside has the color of the nearer end.

    Args:
        scale: stops (place, "#RRGGBB"), the places rising.
        place: where.
    """
    for (low, first), (high, second) in pairwise(scale):
        if place <= high:
            share = (place - low) / (high - low) if high > low else 0.0
            return mixed(first, second, min(1.0, max(0.0, share)))
    return scale[-1][1]


def luminance(color: str) -> float:
    """Relative luminance in [0, 1] (WCAG 2.2, definition of relative luminance)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _rgb(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color: str, other: str) -> float:
    """Contrast of two colors, from 1 (none) to 21 (WCAG 2.2, definition of contrast ratio)."""
    dark, light = sorted((luminance(color), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(ground: str, palette: Palette) -> str:
    """The palette's text or background color where it can be read; else black or white.

    Black or white has a contrast of 4.58 or more with every ground.
    """
    own = max((palette.text, palette.background), key=lambda color: contrast(color, ground))
    if contrast(own, ground) >= READABLE:
        return own
    return max((BLACK, WHITE), key=lambda color: contrast(color, ground))


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
