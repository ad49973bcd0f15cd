"""Charts and the neighborhood picture of the graph page."""

from __future__ import annotations

import html
import json
import re

import plotly.graph_objects as go
from pyvis.network import Network

from kgrec_ui.theme import Palette, entity_color, entity_shape, plotly_template
from kgrec_ui.views.graph_view import GraphView
from kgrec_ui.views.neighborhood_view import NeighborhoodView, Node

__all__ = ["draw_degrees", "neighborhood_page"]

PICTURE_HEIGHT = 560
LEGEND_HEIGHT = 44
FITTED_WIDTH = 640
MAX_NODE_LABELS = 60
MAX_EDGE_LABELS = 24
"""With more links their names would cover the picture; they are shown on hovering instead."""
MAX_LABEL = 28
REMOTE_LINK = re.compile(r"<link[^>]+https?://[^>]*?>", re.DOTALL)
REMOTE_SCRIPT = re.compile(r'<script[^>]+src="https?://.*?</script>', re.DOTALL)
GLYPHS = {
    "dot": "●",
    "square": "■",
    "triangle": "▲",
    "diamond": "◆",
    "star": "★",
    "triangleDown": "▼",
    "hexagon": "⬢",
}


def draw_degrees(view: GraphView, palette: Palette) -> go.Figure:
    """How many entities have at least so many links, both axes logarithmic."""
    figure = go.Figure(
        go.Scatter(
            x=[degree for degree, _ in view.degrees],
            y=[count for _, count in view.degrees],
            mode="lines+markers",
            line={"color": palette.accent, "width": 1.5, "shape": "hv"},
            marker={"color": palette.accent, "size": 5},
            hovertemplate="%{y:,} entities have at least %{x:,} links<extra></extra>",
        )
    )
    figure.update_layout(
        template=plotly_template(palette),
        height=300,
        xaxis={"title": "Links of one entity", "type": "log", "dtick": 1, "tickformat": ",d"},
        yaxis={
            "title": "Entities with at least so many",
            "type": "log",
            "dtick": 1,
            "tickformat": ",d",
        },
    )
    return figure


def neighborhood_page(view: NeighborhoodView, palette: Palette) -> str:
    """The neighborhood as one HTML page that needs no network and holds no markup from data.

    Labels are drawn on a canvas and tooltips are plain text; the legend is escaped here.
    """
    network = Network(
        height=f"{PICTURE_HEIGHT - LEGEND_HEIGHT}px",
        width="100%",
        directed=True,
        cdn_resources="in_line",
        bgcolor=palette.background,
    )
    zoom = _zoom(view)
    labelled = _labelled(view)
    for node in view.nodes[::-1]:  # what comes last lies on top: the center and what is near
        _add_node(network, node, palette, zoom, has_label=node.entity_index in labelled)
    shows_names = len(view.edges) <= MAX_EDGE_LABELS
    for edge in view.edges:
        name = {"label": edge.relation} if shows_names else {}
        network.add_edge(edge.head_index, edge.tail_index, title=edge.relation, **name)
    network.set_options(json.dumps(_options(palette)))
    page = network.generate_html(notebook=False)
    page = REMOTE_SCRIPT.sub("", REMOTE_LINK.sub("", page))
    return page.replace("</head>", _style(palette) + "</head>").replace(
        "<body>", "<body>" + _legend(view, palette), 1
    )


def _zoom(view: NeighborhoodView) -> float:
    """How much the picture will be shrunk to fit; marks and letters grow by as much."""
    width = max(node.x for node in view.nodes) - min(node.x for node in view.nodes)
    height = max(node.y for node in view.nodes) - min(node.y for node in view.nodes)
    return max(1.0, width / FITTED_WIDTH, height / (PICTURE_HEIGHT - LEGEND_HEIGHT))


def _labelled(view: NeighborhoodView) -> set[int]:
    """Entities that bear their name: all of them, or in a crowd the best linked ones."""
    by_links = sorted(view.nodes[1:], key=lambda node: -node.n_links)
    return {node.entity_index for node in [view.nodes[0], *by_links[:MAX_NODE_LABELS]]}


def _add_node(
    network: Network, node: Node, palette: Palette, zoom: float, *, has_label: bool
) -> None:
    color = entity_color(palette, node.entity_type)
    label = node.label if len(node.label) <= MAX_LABEL else node.label[: MAX_LABEL - 1] + "…"
    network.add_node(
        node.entity_index,
        label=label if has_label else " ",
        title=f"{node.label}\n{node.entity_type}, {node.n_links} links",
        x=node.x,
        y=node.y,
        shape=entity_shape(node.entity_type),
        size=zoom**0.8 * (20 if node.is_center else 7 + min(node.n_links, 60) ** 0.5),
        color={"background": color, "border": palette.text if node.is_center else color},
        borderWidth=3 if node.is_center else 1,
        font={
            "color": palette.text,
            "size": zoom * (17 if node.is_center else 12),
            "strokeWidth": 3 * zoom,
            "strokeColor": palette.background,
        },
    )


def _options(palette: Palette) -> dict[str, object]:
    return {
        "physics": {"enabled": False},
        "interaction": {"hover": True, "tooltipDelay": 120, "keyboard": False},
        "edges": {
            "color": {"color": palette.muted, "opacity": 0.55, "highlight": palette.accent},
            "arrows": {"to": {"enabled": True, "scaleFactor": 0.5}},
            "smooth": False,
            "font": {
                "size": 11,
                "color": palette.muted,
                "strokeWidth": 3,
                "strokeColor": palette.background,
            },
        },
        "layout": {"improvedLayout": False},
    }


def _style(palette: Palette) -> str:
    return f"""
<style>
 html, body {{margin: 0; background: {palette.background}; color: {palette.text};
   font-family: "Source Sans Pro", "Source Sans 3", Arial, sans-serif; overflow: hidden;}}
 h1, center {{display: none;}}
 .card {{border: 0 !important; background: transparent !important;}}
 #mynetwork {{border: 0 !important; float: none !important;}}
 div.vis-tooltip {{background: {palette.panel} !important; color: {palette.text} !important;
   border: 1px solid {palette.grid} !important; border-radius: 6px !important;
   font-family: inherit !important; white-space: pre-line !important;}}
 .legend {{font-size: 13px; line-height: 22px; height: {LEGEND_HEIGHT}px; overflow-y: auto;}}
 .legend span {{white-space: nowrap; margin-right: 14px;}}
</style>
"""


def _legend(view: NeighborhoodView, palette: Palette) -> str:
    entries = "".join(
        f'<span><b style="color:{entity_color(palette, kind)}">'
        f"{GLYPHS[entity_shape(kind)]}</b> {html.escape(kind)} ({count})</span>"
        for kind, count in view.type_counts
    )
    return f'<div class="legend">{entries}</div>'
