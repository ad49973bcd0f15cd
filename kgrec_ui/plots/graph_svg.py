"""A drawing of the graph as SVG text: drawn here, so that no browser and no network is needed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

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

__all__ = ["graph_svg"]

FONT = "'Source Sans 3', 'Source Sans Pro', Arial, sans-serif"
LEGEND_ROW = 24.0
FAINT, CLEAR, DIM = 0.25, 0.7, 0.4
LEGEND_COLUMN = 190.0


def graph_svg(drawing: Drawing, palette: Palette) -> str:
    """A whole SVG file with legend, in the colors and shapes of the page."""
    left, top, width, height = picture_box(drawing)
    scale = drawing.scale
    n_columns = max(1, int(width / (LEGEND_COLUMN * scale)))
    legend_rows = -(-len(drawing.type_counts) // n_columns) + len(drawing.notes)
    legend_height = (legend_rows + 0.5) * LEGEND_ROW * scale
    place = {mark.entity_index: mark for mark in drawing.marks}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width / scale:.0f}" '
        f'height="{(height + legend_height) / scale:.0f}" '
        f'viewBox="{left:.1f} {top - legend_height:.1f} {width:.1f} {height + legend_height:.1f}" '
        f'font-family="{FONT}">',
        f'<rect x="{left:.1f}" y="{top - legend_height:.1f}" width="100%" height="100%" '
        f'fill="{palette.background}"/>',
        *_legend(drawing, palette, (left, top - legend_height), n_columns),
        *(_line(line, place, palette, scale) for line in drawing.lines),
        *(_mark(mark, palette, scale) for mark in reversed(drawing.marks)),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def _legend(drawing: Drawing, palette: Palette, corner: Place, n_columns: int) -> list[str]:
    scale, found = drawing.scale, []
    for position, (kind, count) in enumerate(drawing.type_counts):
        x = corner[0] + (position % n_columns * LEGEND_COLUMN + 18) * scale
        y = corner[1] + (position // n_columns + 0.7) * LEGEND_ROW * scale
        color = entity_color(palette, kind)
        found.append(_shape(entity_shape(kind), (x, y), 6 * scale, f'fill="{color}"'))
        words = f"{shortened(type_words(kind), 22)} ({count})"
        found.append(_text(words, (x + 12 * scale, y + 4.5 * scale), 13 * scale, palette.text))
    first = -(-len(drawing.type_counts) // n_columns)
    for row, note in enumerate(drawing.notes, first):
        place = (corner[0] + 12 * scale, corner[1] + (row + 0.9) * LEGEND_ROW * scale)
        found.append(_text(note, place, 12 * scale, palette.muted))
    return found


def _line(line: Line, place: dict[int, Mark], palette: Palette, scale: float) -> str:
    course = visible_course(line, place, scale)
    title = f"<title>{_clean(line.title)}</title>"
    if course is None:
        return ""
    color = tone_color(palette, line.tone)
    dashes = f' stroke-dasharray="{5 * scale:.1f}"' if line.tone == "negative" else ""
    drawn = (
        f'<g opacity="{FAINT if line.is_faint else CLEAR}">{title}'
        f'<polyline points="{_points(course)}" fill="none" '
        f'stroke="{color}" stroke-width="{line.width * scale:.2f}"{dashes}/>'
        f'<polygon points="{_points(arrow_of(course[-2], course[-1], 8 * scale))}" fill="{color}"/>'
    )
    if line.shown_label:
        middle = words_place(course)
        drawn += _text(line.shown_label, middle, 11 * scale, palette.muted, palette.background)
    return drawn + "</g>"


def _mark(mark: Mark, palette: Palette, scale: float) -> str:
    color = entity_color(palette, mark.entity_type)
    ring = palette.text if mark.is_center or mark.is_open else color
    width = (3 if mark.is_center or mark.is_open else 1) * scale
    style = f'fill="{color}" stroke="{ring}" stroke-width="{width:.1f}"'
    if mark.is_dim:
        style += f' opacity="{DIM}"'
    shape = _shape(entity_shape(mark.entity_type), (mark.x, mark.y), mark.size, style)
    parts = [
        _halo(mark, palette, scale),
        _plate(mark, palette, scale),
        shape,
        _name(mark, palette, scale),
    ]
    return f"<g><title>{_clean(mark.title)}</title>{''.join(parts)}</g>"


def _halo(mark: Mark, palette: Palette, scale: float) -> str:
    """The ring and the badge of an overlay."""
    drawn = ""
    if mark.ring:
        dashes = f' stroke-dasharray="{5 * scale:.1f}"' if mark.tone == "negative" else ""
        drawn = (
            f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{ring_radius(mark, scale):.1f}" '
            f'fill="none" stroke="{tone_color(palette, mark.tone)}" '
            f'stroke-width="{mark.ring:.1f}"{dashes}/>'
        )
    if mark.badge:
        x, y = badge_place(mark, scale)
        drawn += _text(mark.badge, (x, y), 11 * scale, palette.text, palette.background, bold=True)
    return drawn


def _plate(mark: Mark, palette: Palette, scale: float) -> str:
    box = plate_box(mark, scale)
    if box is None:
        return ""
    left, top, right, bottom = box
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}" rx="{5 * scale:.1f}" fill="{palette.background}" '
        f'stroke="{palette.grid}" stroke-width="{scale:.1f}"/>'
    )


def _name(mark: Mark, palette: Palette, scale: float) -> str:
    if not mark.shown_label:
        return ""
    size = scale * name_size(mark)
    left, top, right, _ = name_box(mark, scale) or (0.0, 0.0, 0.0, 0.0)
    x = {"left": right, "right": left, "plate": left}.get(mark.side, mark.x)
    anchor = {"left": "end", "right": "start", "plate": "start"}.get(mark.side, "middle")
    color = palette.muted if mark.is_dim else palette.text
    place = (x, top + size)
    return _text(mark.shown_label, place, size, color, palette.background, anchor=anchor)


def _shape(shape: str, place: Place, size: float, style: str) -> str:
    corners = outline(shape, *place, size)
    if corners is None:
        return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{size:.1f}" {style}/>'
    return f'<polygon points="{_points(corners)}" {style}/>'


def _text(
    words: str,
    place: Place,
    size: float,
    color: str,
    halo: str = "",
    *,
    anchor: str = "middle",
    bold: bool = False,
) -> str:
    around = (
        f' text-anchor="{anchor}" stroke="{halo}" stroke-width="{size / 4:.1f}" '
        'paint-order="stroke"'
        if halo
        else ""
    )
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{place[0]:.1f}" y="{place[1]:.1f}" font-size="{size:.1f}" '
        f'fill="{color}"{weight}{around}>{_clean(words)}</text>'
    )


def _points(corners: Sequence[Place]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _clean(text: str) -> str:
    """XML knows no control characters, not even escaped ones."""
    return escape("".join(c for c in text if c >= " " or c in "\n\t"))
