"""The drawing that answers a click: vis-network inside of the page, on our own places."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from kgrec_core.errors import MissingStepError
from kgrec_ui.state import get_state
from kgrec_ui.theme import Palette, entity_color, entity_glyph, entity_shape
from kgrec_ui.views.drawing import MAX_LABEL, Drawing, Line, Mark
from kgrec_ui.views.graph_view import type_words
from kgrec_ui.views.words import shortened

__all__ = ["canvas_data", "graph_canvas", "opened_entity", "picked"]

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("graph_marks.js", "graph_input.js", "graph_canvas.js")
LINE_ID = "t"
FONT = '"Source Sans", "Source Sans Pro", sans-serif'
CANVAS_HEIGHT = 600
COLORS = ("background", "panel", "text", "muted", "grid", "accent", "positive", "negative")


# One string per process: Streamlit takes text with a line break for code, else for a path, and
# sends it with every message. The library is large and goes as data, once per visitor.
_CANVAS = st.components.v2.component(
    "kgrec_graph_canvas",
    html="<div></div>",
    css="\n" + (ASSETS / "graph_canvas.css").read_text(encoding="utf-8"),
    js="\n".join(["", *((ASSETS / name).read_text("utf-8") for name in SCRIPTS)]),
)


@cache
def _vis_network() -> str:
    """The library that pyvis brings along, so that nothing is loaded from elsewhere."""
    found = find_spec("pyvis")
    if found is None or found.origin is None:
        raise MissingStepError("Graphs are drawn with 'pyvis', which is missing. Install it.")
    folder = Path(found.origin).parent / "templates" / "lib" / "vis-9.1.2"
    return (folder / "vis-network.min.js").read_text(encoding="utf-8")


def graph_canvas(
    drawing: Drawing,
    palette: Palette,
    *,
    key: str,
    scene: str,
    alt: str,
    selected: int | None = None,
    on_pick: Callable[[], None] = lambda: None,
    on_open: Callable[[], None] = lambda: None,
    height: int = CANVAS_HEIGHT,
    version: str = "",
) -> None:
    """Draw, and hear clicks.

    A click tells which drawing the browser has. Where `version` says that it is still the same,
    only the selection goes back, so that a click costs as much in a large drawing as in a small
    one. The library goes along with the first drawing of a visit. A browser that has lost drawing
    or library asks for it.

    Args:
        drawing: what to draw.
        palette: colors of the visitor's theme.
        key: unique on the page; zoom and dragged marks live as long as it stays.
        scene: while it stays the same the visitor's zoom and position stay.
        alt: what the drawing shows, for screen readers.
        selected: entity with a ring around it.
        on_pick: called after a click on a mark or line, before the page runs; see `picked`.
        on_open: called after a double click or Enter; see `opened_entity`.
        height: pixels.
        version: equal only for equal drawings of this key; "" sends the drawing each time.
    """
    theme = "dark" if palette.is_dark else "light"
    base = f"{version}:{theme}:{height}" if version else ""
    sent = None
    if not base or base not in _held(key):
        sent = canvas_data(drawing, palette, height=height)
    said = {"scene": scene, "alt": alt, "selected": selected, "base": base or _mark_of(sent)}
    _CANVAS(
        key=key,
        data={**said, "drawing": sent, "library": _library_to_send(key)},
        on_picked_change=on_pick,
        on_opened_change=on_open,
        on_lost_change=lambda: None,
    )


def picked(key: str) -> tuple[int | None, int | None]:
    """Inside of `on_pick`: the entity, or the triple, that was clicked."""
    found = _event(key, "picked")
    node, edge = found.get("node"), found.get("edge")
    is_line = isinstance(edge, str) and edge.removeprefix(LINE_ID).isdecimal()
    return (
        node if isinstance(node, int) else None,
        int(str(edge).removeprefix(LINE_ID)) if is_line else None,
    )


def opened_entity(key: str) -> int | None:
    """Inside of `on_open`: the entity to expand."""
    node = _event(key, "opened").get("node")
    return node if isinstance(node, int) else None


def canvas_data(
    drawing: Drawing, palette: Palette, *, height: int = CANVAS_HEIGHT
) -> dict[str, Any]:
    """The drawing as the script in the browser gets it; text only, no markup."""
    kinds = [kind for kind, _ in drawing.type_counts]
    return {
        "height": height,
        "scale": round(drawing.scale, 3),
        "font": FONT,
        "colors": {"chosen": palette.accent} | {name: getattr(palette, name) for name in COLORS},
        "types": {
            kind: {"color": entity_color(palette, kind), "shape": entity_shape(kind)}
            for kind in kinds
        },
        "legend": [
            {
                "glyph": entity_glyph(kind),
                "color": entity_color(palette, kind),
                "text": f"{shortened(type_words(kind), 30)} ({count})",
            }
            for kind, count in drawing.type_counts
        ],
        "notes": list(drawing.notes),
        "nodes": [_node(mark) for mark in drawing.marks],
        "edges": [_edge(line) for line in drawing.lines],
    }


def _node(mark: Mark) -> dict[str, Any]:
    return {
        "id": mark.entity_index,
        "label": mark.shown_label,
        "name": "" if mark.shown_label else shortened(mark.label, MAX_LABEL),
        "title": mark.title,
        "type": mark.entity_type,
        "x": round(mark.x, 1),
        "y": round(mark.y, 1),
        "size": round(mark.size, 1),
        "center": mark.is_center,
        "ring": mark.is_center or mark.is_open,
        "open": mark.is_open and not mark.is_center,
        "side": mark.side,
        "reach": round(mark.plate_reach, 1),
        "halo": round(mark.ring, 1),
        "tone": mark.tone,
        "badge": mark.badge,
        "dim": mark.is_dim,
    }


def _edge(line: Line) -> dict[str, Any]:
    return {
        "id": f"{LINE_ID}{line.triple_index}",
        "from": line.head_index,
        "to": line.tail_index,
        "label": line.shown_label,
        "title": line.title,
        "width": round(line.width, 2),
        "dashed": line.tone == "negative",
        "tone": line.tone,
        "faint": line.is_faint,
        "bends": [[round(x, 1), round(y, 1)] for x, y in line.bends],
    }


def _library_to_send(key: str) -> str | None:
    """vis-network for a browser that does not have it, else None."""
    state = get_state()
    if state.has_drawing_library and _event(key, "lost").get("library") is not False:
        return None
    state.has_drawing_library = True
    return _vis_network()


def _mark_of(sent: dict[str, Any] | None) -> str:
    """The same for the same drawing."""
    return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()[:16]


def _held(key: str) -> tuple[str, ...]:
    """The drawing that the browser said it has, with the event that this run answers."""
    events = (_event(key, name) for name in ("picked", "opened"))
    return tuple(have for event in events if isinstance(have := event.get("have"), str))


def _event(key: str, name: str) -> dict[str, Any]:
    state = st.session_state.get(key)
    found = state.get(name) if isinstance(state, dict) else getattr(state, name, None)
    return dict(found) if isinstance(found, dict) else {}
