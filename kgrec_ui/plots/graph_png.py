"""A drawing of the graph as PNG, by Pillow: no browser and no network is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kgrec_ui.plots.graph_shapes import (
    arrow_of,
    badge_place,
    outline,
    picture_box,
    ring_radius,
    tone_color,
    visible_course,
)
from kgrec_ui.theme import Palette, entity_color, entity_shape
from kgrec_ui.views.drawing import Drawing, Line, Mark, Place
from kgrec_ui.views.graph_view import type_words
from kgrec_ui.views.name_room import name_box, name_size, plate_box, words_place
from kgrec_ui.views.words import shortened

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

__all__ = ["graph_png"]

PIXELS_WIDE = 2400
MAX_PIXELS = 4000
LEGEND_ROW = 26.0
LEGEND_COLUMN = 210.0
LINE_OPACITY, FAINT_OPACITY, DIM_OPACITY = 0.55, 0.25, 0.4
WEIGHT = 430
ANCHORS = {"left": "rm", "right": "lm", "plate": "lm", "above": "md", "below": "ma"}
"""Of names, by their side, in the words of Pillow."""
FONT_FILES = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")


def graph_png(drawing: Drawing, palette: Palette) -> bytes:
    """A PNG file with legend, in the colors and shapes of the page, up to 4,000 pixels a side."""
    from PIL import Image, ImageDraw

    left, top, width, height = picture_box(drawing)
    unit = min(PIXELS_WIDE / width, MAX_PIXELS / height)  # pixels of the picture per our pixel
    letter = drawing.scale * unit
    n_columns = max(1, int(width * unit / (LEGEND_COLUMN * letter)))
    rows = -(-len(drawing.type_counts) // n_columns)
    legend = (rows + len(drawing.notes) + 0.5) * LEGEND_ROW * letter
    size = (round(width * unit), round(height * unit + legend))
    picture = Image.new("RGB", size, palette.background)
    pen = _Pen(ImageDraw.Draw(picture), palette, letter)

    def to_picture(x: float, y: float) -> Place:
        return (x - left) * unit, (y - top) * unit + legend

    places = {mark.entity_index: mark for mark in drawing.marks}
    for line in drawing.lines:
        pen.line(line, places, to_picture, unit)
    for mark in reversed(drawing.marks):
        pen.mark(mark, to_picture, unit)
    for mark in reversed(drawing.marks):
        pen.name(mark, to_picture, unit)
    for position, (kind, count) in enumerate(drawing.type_counts):
        column, row = position % n_columns, position // n_columns
        corner = ((column * LEGEND_COLUMN + 18) * letter, (row + 0.7) * LEGEND_ROW * letter)
        pen.legend_entry(kind, count, corner)
    for row, note in enumerate(drawing.notes, rows):
        pen.note(note, (12 * letter, (row + 0.7) * LEGEND_ROW * letter))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class _Pen:
    """Draws one picture; `letter` is the number of its pixels for one pixel of text."""

    def __init__(self, draw: ImageDraw.ImageDraw, palette: Palette, letter: float) -> None:
        self._draw, self._palette, self._letter = draw, palette, letter

    def line(
        self,
        line: Line,
        marks: dict[int, Mark],
        to_picture: Callable[[float, float], Place],
        unit: float,
    ) -> None:
        course = visible_course(line, marks, self._letter / unit)
        if course is None:
            return
        places = [to_picture(*place) for place in course]
        opacity = FAINT_OPACITY if line.is_faint else LINE_OPACITY
        color = _mixed(tone_color(self._palette, line.tone), self._palette.background, opacity)
        width = max(1, round(line.width * self._letter))
        for stretch in pairwise(places):
            dashed = line.tone == "negative"
            for piece in _dashes(*stretch, 6 * self._letter) if dashed else [stretch]:
                self._draw.line(piece, fill=color, width=width)
        self._draw.polygon(arrow_of(places[-2], places[-1], 8 * self._letter), fill=color)
        if line.shown_label:
            self._words(line.shown_label, words_place(places), 11, self._palette.muted, "mm")

    def mark(self, mark: Mark, to_picture: Callable[[float, float], Place], unit: float) -> None:
        place = to_picture(mark.x, mark.y)
        color = entity_color(self._palette, mark.entity_type)
        if mark.is_dim:
            color = _mixed(color, self._palette.background, DIM_OPACITY)
        is_ringed = mark.is_center or mark.is_open
        ring = self._palette.text if is_ringed else color
        width = max(1, round((3 if is_ringed else 1) * self._letter))
        plate = plate_box(mark, self._letter / unit)
        if plate:
            corners = [to_picture(*plate[:2]), to_picture(*plate[2:])]
            ground, edge = self._palette.background, self._palette.grid
            line = max(1, round(self._letter))
            self._draw.rounded_rectangle(corners, 5 * self._letter, ground, edge, line)
        if mark.ring:
            self._ring(mark, place, unit)
        self._shape(entity_shape(mark.entity_type), place, mark.size * unit, color, ring, width)

    def name(self, mark: Mark, to_picture: Callable[[float, float], Place], unit: float) -> None:
        box = name_box(mark, self._letter / unit)
        if box:
            left, top, right, bottom = box
            x = {"left": right, "right": left, "plate": left}.get(mark.side, mark.x)
            anchor = {"left": "rm", "right": "lm", "plate": "lm", "above": "md"}.get(
                mark.side, "ma"
            )
            y = {"m": (top + bottom) / 2, "d": bottom, "a": top}[anchor[1]]
            color = self._palette.muted if mark.is_dim else self._palette.text
            self._words(mark.shown_label, to_picture(x, y), name_size(mark), color, anchor)
        if mark.badge:
            place = to_picture(*badge_place(mark, self._letter / unit))
            self._words(mark.badge, place, 11, self._palette.text, "mm")

    def note(self, words: str, place: Place) -> None:
        self._words(words, place, 12, self._palette.muted, "lm")

    def _ring(self, mark: Mark, place: Place, unit: float) -> None:
        radius = unit * (ring_radius(mark, self._letter / unit) + mark.ring / 2)
        (x, y), width = place, max(1, round(mark.ring * unit))
        box = (x - radius, y - radius, x + radius, y + radius)
        color = tone_color(self._palette, mark.tone)
        turns = range(0, 360, 30) if mark.tone == "negative" else (0,)
        length = 18 if mark.tone == "negative" else 360
        for start in turns:
            self._draw.arc(box, start, start + length, color, width)

    def legend_entry(self, kind: str, count: int, place: Place) -> None:
        color = entity_color(self._palette, kind)
        self._shape(entity_shape(kind), place, 6 * self._letter, color, color, 1)
        beside = (place[0] + 12 * self._letter, place[1])
        self._words(
            f"{shortened(type_words(kind), 22)} ({count})", beside, 13, self._palette.text, "lm"
        )

    def _shape(
        self, shape: str, place: Place, size: float, color: str, ring: str, width: int
    ) -> None:
        corners = outline(shape, *place, size)
        if corners is None:
            (x, y), box = place, size
            self._draw.ellipse((x - box, y - box, x + box, y + box), color, ring, width)
        else:
            self._draw.polygon(corners, color, ring, width)

    def _words(self, words: str, place: Place, size: float, color: str, anchor: str) -> None:
        font = _font(max(6, round(size * self._letter)))
        flat = " ".join(words.split())
        halo = max(1, round(2 * self._letter))
        self._draw.text(
            place,
            flat,
            font=font,
            fill=color,
            anchor=anchor,
            stroke_width=halo,
            stroke_fill=self._palette.background,
        )


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font of the app, else one of the system, else the small one inside of Pillow."""
    from PIL import ImageFont

    for file in (*_app_fonts(), *FONT_FILES):
        try:
            font = ImageFont.truetype(str(file), size)
        except OSError:
            continue
        if isinstance(file, Path):
            font.set_variation_by_axes([WEIGHT])  # it begins at the thinnest
        return font
    return ImageFont.load_default(size)


def _app_fonts() -> list[Path]:
    import streamlit

    folder = Path(streamlit.__file__).parent / "static" / "static" / "media"
    return sorted(folder.glob("SourceSansVF-Upright*.woff2"))


def _mixed(color: str, ground: str, opacity: float) -> str:
    """A color shining through on a ground; Pillow has no transparency on RGB."""
    parts = [
        round(opacity * int(color[i : i + 2], 16) + (1 - opacity) * int(ground[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _dashes(start: Place, end: Place, length: float) -> list[tuple[Place, Place]]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    n = max(1, int((dx**2 + dy**2) ** 0.5 / length))
    points = [(start[0] + dx * i / n, start[1] + dy * i / n) for i in range(n + 1)]
    return [(points[i], points[i + 1]) for i in range(0, n, 2)]
