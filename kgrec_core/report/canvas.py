"""SVG in small: a titled canvas, texts that fit, round axis ticks."""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Sequence

from kgrec_core.report.markup import Child, Markup, tag

__all__ = ["FONT", "WIDTH", "Scale", "canvas", "fitted", "label", "text_width", "ticks"]

WIDTH = 720.0
FONT = 12.5
"""Size of the letters, in the units of the drawing."""
NARROW, WIDE = set("iljtfrI.,:;!'|()[] "), set("mwMWQGOD@%—")


class Scale:
    """From values to positions, linear.

    Args:
        low: value at `start`.
        high: value at `end`; equal to `low` puts everything at `start`.
        start: position.
        end: position.
    """

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        """Position of a value."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.0
        return self.start + share * (self.end - self.start)


def canvas(title: str, description: str, height: float, *children: Child) -> Markup:
    """A drawing that screen readers can name; `description` says in words what is seen."""
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=f"{title}. {description}",
    )


def label(
    x: float,
    y: float,
    words: str,
    *,
    width: float = math.inf,
    anchor: str = "start",
    kind: str = "",
    size: float = FONT,
) -> Markup:
    """Text at a baseline, shortened to `width`; the whole text stands in its title."""
    shown = fitted(words, width, size)
    full = tag("title", words) if shown != words else None
    return tag(
        "text",
        shown,
        full,
        x=x,
        y=y,
        text_anchor=anchor if anchor != "start" else None,
        class_=kind or None,
        font_size=size if size != FONT else None,
    )


def text_width(words: str, size: float = FONT) -> float:
    """About how wide a text is; a little too wide rather than too narrow."""
    return size * sum(_em(letter) for letter in words)


def fitted(words: str, width: float, size: float = FONT) -> str:
    """`words` on one line, cut with an ellipsis where they do not fit into `width`."""
    flat = " ".join(words.split())
    if text_width(flat, size) <= width:
        return flat
    room = width / size - 0.9
    ends = itertools.accumulate(_em(letter) for letter in flat)
    n_fitting = sum(1 for end in itertools.takewhile(lambda end: end <= room, ends))
    return flat[:n_fitting].rstrip() + "…"


def ticks(low: float, high: float, n_most: int = 6) -> Sequence[float]:
    """Round values between `low` and `high`, both included where they are round."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return (low,)
    raw = (high - low) / max(n_most - 1, 1)
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(s * magnitude for s in (1, 2, 2.5, 5, 10) if s * magnitude >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return tuple(round(place * step, 10) for place in range(first, last + 1))


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if letter in NARROW:
        return 0.38
    if letter in WIDE:
        return 0.98
    return 0.72 if letter.isupper() else 0.62
