"""The sections of the graph page; only the open one is computed, and a link can name it."""

from __future__ import annotations

from kgrec_core.storage.records import RunRecord
from kgrec_ui.guards import empty_state
from kgrec_ui.parts.graph import graph_overview
from kgrec_ui.parts.graph_map import graph_map
from kgrec_ui.parts.graph_paths import graph_paths
from kgrec_ui.parts.graph_user import users_view
from kgrec_ui.parts.neighborhood import neighborhood_explorer
from kgrec_ui.views.graph_view import GraphView

__all__ = ["show_section"]

MAP = "map"


def show_section(section: str, fingerprint: str, view: GraphView, run: RunRecord | None) -> None:
    """Draw the open section; without links only the map has something to show."""
    if not view.has_links and section != MAP:
        empty_state(
            "No links",
            "Nothing in this data says what items have in common. Link columns such as genre or "
            "maker in the file of the items, or bring tags or triples.",
            icon=":material/hub:",
            page="pages/1_Data.py",
            link="Go to Data",
        )
    elif section == "statistics":
        graph_overview(fingerprint, view)
    elif section == "paths":
        graph_paths(fingerprint)
    elif section == "user":
        users_view(fingerprint, run)
    elif section == MAP:
        graph_map(fingerprint, run)
    else:
        neighborhood_explorer(fingerprint, run)
