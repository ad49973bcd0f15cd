"""The path drawing: a vis-network page with our positions, which asks no other server."""

from __future__ import annotations

import json
import re

from pyvis.network import Network

from kgrec_ui.theme import Palette, modality_color
from kgrec_ui.views.path_shapes import PathEdge, PathNode, PathView
from kgrec_ui.views.words import shortened

__all__ = ["draw_paths", "drawing_height"]

COLUMN_STEP = 245
WIDE_STEP = 420  # between two columns alone
ROW_STEP = 50
MAX_EDGE_WIDTH = 8.0
MIN_EDGE_WIDTH = 1.0
MORE_BORDER, MORE_FONT = 3, 5  # pixels that the strongest box has more
FRAME_HEIGHT = 40
LINE_LETTERS = 16  # longer words would lie on the boxes at both ends
DOTS = [2, 6]  # pixels drawn and left out; the dashes of negative lines are longer
REMOTE_TAGS = (
    re.compile(r"<link[^>]+https?://[^>]*?>", re.S),
    re.compile(r'<script[^>]+src="https?://.*?</script>', re.S),
)


def drawing_height(view: PathView) -> int:
    """Pixels that show all rows at full size."""
    return FRAME_HEIGHT + ROW_STEP * max(view.n_rows, 3)


def draw_paths(view: PathView, palette: Palette) -> str:
    """A whole HTML page; labels are drawn on a canvas, so no text of the data becomes markup."""
    network = Network(
        height=f"{drawing_height(view)}px",
        width="100%",
        bgcolor=palette.background,
        cdn_resources="in_line",
    )
    step = COLUMN_STEP if view.n_columns > 2 else WIDE_STEP
    for node in view.nodes:
        network.add_node(node.key, **_node_options(node, palette, step))
    for edge in view.edges:
        network.add_edge(edge.source, edge.target, **_edge_options(edge, palette))
    network.set_options(json.dumps(_options(palette)))
    page: str = network.generate_html(notebook=False)
    for tag in REMOTE_TAGS:
        page = tag.sub("", page)
    style = (
        f"<style>body{{margin:0;background:{palette.background}}} center{{display:none}} "
        ".card{border:0!important} #mynetwork{border:0!important;float:none!important}</style>"
    )
    return page.replace("</head>", f"{style}</head>", 1)


def _node_options(node: PathNode, palette: Palette, step: int) -> dict[str, object]:
    is_end = node.kind in ("user", "item")
    border = {
        "user": palette.text,
        "evidence": palette.modalities["collaborative"],
        "entity": palette.modalities["graph"],
        "item": palette.text,
    }[node.kind]
    fill = palette.text if is_end else palette.panel
    colors = {"background": fill, "border": border}
    return {
        "label": node.label,
        "title": node.title,
        "shape": "box",
        "x": node.column * step,
        "y": node.y * ROW_STEP,
        "borderWidth": 2 + round(MORE_BORDER * node.share),
        "color": {**colors, "highlight": colors, "hover": colors},
        "font": {
            "color": palette.background if is_end else palette.text,
            "size": 15 + round(MORE_FONT * node.share),
        },
        "margin": 9,
        "widthConstraint": {"minimum": 110, "maximum": 220 if step == COLUMN_STEP else 320},
    }


def _edge_options(edge: PathEdge, palette: Palette) -> dict[str, object]:
    view = "collaborative" if edge.is_behavior else "graph"
    color = palette.negative if edge.value < 0 else modality_color(palette, view)
    arrows = {"from" if edge.points_left else "to": {"enabled": True, "scaleFactor": 0.3}}
    return {
        "label": shortened(edge.label, LINE_LETTERS) if edge.shows_label else "",
        "title": edge.title,
        "width": MIN_EDGE_WIDTH + (MAX_EDGE_WIDTH - MIN_EDGE_WIDTH) * edge.share,
        "color": {"color": color, "highlight": color, "hover": color, "opacity": 0.55},
        "dashes": DOTS if edge.is_behavior else edge.value < 0,
        "arrows": arrows if edge.label and not edge.is_behavior else {},
    }


def _options(palette: Palette) -> dict[str, object]:
    """Positions are ours, so nothing moves; the wheel scrolls the page, not the drawing."""
    return {
        "physics": {"enabled": False},
        "interaction": {"hover": True, "zoomView": False, "tooltipDelay": 80},
        "edges": {
            "smooth": {"type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.45},
            "font": {
                "size": 12,
                "color": palette.muted,
                "strokeWidth": 4,
                "strokeColor": palette.background,
            },
            "hoverWidth": 0,
            "selectionWidth": 0,
        },
    }
