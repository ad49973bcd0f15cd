"""The path drawing: a vis-network page with our positions, which asks no other server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pyvis.network import Network

from kgrec_ui.theme import Palette, modality_color
from kgrec_ui.views.name_room import fitted_words
from kgrec_ui.views.path_shapes import PathEdge, PathNode, PathView
from kgrec_ui.views.words import shortened

__all__ = ["draw_paths", "drawing_height"]

BOX_WIDTH, WIDE_BOX = 170, 320  # the second one of two columns alone
GAP, WORDS_GAP, WIDE_GAP = (
    64,
    116,
    140,
)  # between two columns, with words on its lines, of two alone
ROW_STEP = 50
MAX_EDGE_WIDTH = 8.0
MIN_EDGE_WIDTH = 1.0
MORE_BORDER, MORE_FONT = 3, 5  # pixels that the strongest box has more
FONT_SIZE, BOX_MARGIN = 14, 9
ROOM = 0.92  # of a box that words may take: the frame has no font of ours, and Arial is wider
LEFT_PORT, RIGHT_PORT = "<", ">"
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
    width = WIDE_BOX if view.n_columns == 2 else BOX_WIDTH
    columns = {node.key: node.column for node in view.nodes}
    middles = _middles(view, columns, width)
    for node in view.nodes:
        x, y = middles[node.column], node.y * ROW_STEP
        network.add_node(node.key, x=x, y=y, **_node_options(node, palette, width))
        for side, way in ((LEFT_PORT, -1), (RIGHT_PORT, 1)):
            _add_hidden(network, side + node.key, x + way * width / 2, y)
    for edge in view.edges:
        passed = middles[columns[edge.source] + 1 : columns[edge.target]]
        _add_edge(network, edge, palette, passed, width)
    network.set_options(json.dumps(_options(palette)))
    page: str = network.generate_html(notebook=False)
    for tag in REMOTE_TAGS:
        page = tag.sub("", page)
    style = (
        f"<style>body{{margin:0;background:{palette.background}}} center{{display:none}} "
        ".card{border:0!important} #mynetwork{border:0!important;float:none!important}</style>"
    )
    return page.replace("</head>", f"{style}</head>", 1)


def _middles(view: PathView, columns: Mapping[str, int], width: int) -> list[float]:
    """Where the middle of each column is; columns part where words stand on the lines."""
    spoken = {columns[edge.source] for edge in view.edges if edge.shows_label}
    middles = [0.0]
    for column in range(view.n_columns - 1):
        gap = WIDE_GAP if view.n_columns == 2 else WORDS_GAP if column in spoken else GAP
        middles.append(middles[-1] + width + gap)
    return middles


def _add_hidden(network: Network, key: str, x: float, y: float) -> None:
    """A point that nobody sees, for lines to begin, turn or end at."""
    network.add_node(
        key, label=" ", shape="dot", size=0, borderWidth=0, x=x, y=y, opacity=0, fixed=True
    )


def _add_edge(
    network: Network, edge: PathEdge, palette: Palette, passed: Sequence[float], width: int
) -> None:
    """From the right side of a box to the left side of another, level past what lies between."""
    stops = [RIGHT_PORT + edge.source]
    for middle, height in zip(passed, edge.passes, strict=True):
        for side, way in ((LEFT_PORT, -1), (RIGHT_PORT, 1)):
            key = f"{side}{edge.source} {edge.target} {middle}"
            _add_hidden(network, key, middle + way * width / 2, height * ROW_STEP)
            stops.append(key)
    stops.append(LEFT_PORT + edge.target)
    options = _edge_options(edge, palette)
    arrows, words = options.pop("arrows"), options.pop("label")
    arrow_at = 0 if edge.points_left else len(stops) - 2
    for place, (start, end) in enumerate(pairwise(stops)):
        own = {"arrows": arrows if place == arrow_at else {}, "label": words if not place else ""}
        network.add_edge(start, end, **options, **own)


def _node_options(node: PathNode, palette: Palette, width: int) -> dict[str, object]:
    is_end = node.kind in ("user", "item")
    border = {
        "user": palette.text,
        "evidence": palette.modalities["collaborative"],
        "entity": palette.modalities["graph"],
        "item": palette.text,
    }[node.kind]
    fill = palette.text if is_end else palette.panel
    colors = {"background": fill, "border": border}
    size = FONT_SIZE + round(MORE_FONT * node.share)
    room = width - 2 * BOX_MARGIN
    return {
        "label": fitted_words(node.label, ROOM * room, size),
        "title": node.title,
        "shape": "box",
        "borderWidth": 2 + round(MORE_BORDER * node.share),
        "color": {**colors, "highlight": colors, "hover": colors},
        "font": {
            "color": palette.background if is_end else palette.text,
            "size": size,
        },
        "margin": BOX_MARGIN,
        "widthConstraint": {"minimum": room, "maximum": room},
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
        "interaction": {
            "hover": True,
            "zoomView": False,
            "dragNodes": False,
            "tooltipDelay": 80,
        },
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
