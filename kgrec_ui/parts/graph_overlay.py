"""Choosing the user whose contributions lie over the neighborhood, and what they are in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kgrec_core.data.dataset import Dataset
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, walking
from kgrec_ui.address import linked
from kgrec_ui.components import cutoff_slider
from kgrec_ui.guards import reported_errors
from kgrec_ui.state import Param, Widget
from kgrec_ui.views.overlay_view import Overlay
from kgrec_ui.views.search_view import find_matches, option_label
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["Whose", "overlay_controls", "overlay_words"]

LABEL = "Contributions of a user"
MAX_OPTIONS, MAX_MATCHES = 3000, 50
NOBODY = ""


@dataclass(frozen=True)
class Whose:
    """The list whose contributions are shown.

    Attributes:
        run_id: the model that made it.
        user_id: the user.
        k: its length.
        name: the user as people know him, short enough for a sentence.
    """

    run_id: str
    user_id: str
    k: int
    name: str

    @property
    def key(self) -> tuple[str, str, int]:
        """For caches."""
        return self.run_id, self.user_id, self.k


def overlay_controls(fingerprint: str, run: RunRecord | None) -> Whose | None:
    """Nobody, or a user and the length of the list; says why when there is no choice."""
    if run is None:
        st.selectbox(
            LABEL,
            [],
            key=Widget.GRAPH_OVERLAY,
            placeholder="Needs a trained model",
            disabled=True,
            help="Shows what carries a user's recommendations. Train a model first.",
        )
        return None
    with reported_errors(stop=True):
        dataset = caching.dataset(fingerprint)
    user_id = _user(dataset)
    if user_id is None:
        return None
    k = cutoff_slider()
    name = dataset.user_labels[dataset.users.index_of(user_id)] or user_id
    return Whose(run.run_id, user_id, k, shortened(name))


def overlay_words(graph: KnowledgeGraph, overlay: Overlay, whose: Whose) -> None:
    """The layer in sentences, and ways to what it leaves out."""
    st.markdown(f"{as_markdown(overlay.sentence)} :gray[{as_markdown(overlay.outside)}]")
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        if overlay.strongest_outside is not None:
            st.button(
                "Start at the strongest that is not drawn",
                key=Widget.GRAPH_ACTION.of("strongest"),
                icon=":material/my_location:",
                on_click=walking.start_at,
                args=(graph, overlay.strongest_outside),
            )
        st.button(
            "All of it, from left to right",
            key=Widget.GRAPH_ACTION.of("flow"),
            icon=":material/account_tree:",
            help="The strongest paths of the whole list.",
            on_click=_to_users_view,
            args=(whose,),
        )


def _to_users_view(whose: Whose) -> None:
    st.query_params[Param.PART] = "user"
    st.query_params[Param.USER] = whose.user_id


def _user(dataset: Dataset) -> str | None:
    known = dict(zip(dataset.users.ids, dataset.user_labels, strict=True))
    asked = st.query_params.get(Param.OVERLAY)
    if asked is not None and asked not in known:
        st.warning(
            f"The link asks for the contributions of “{asked}”, who is not in this data set.",
            icon=":material/link_off:",
        )
    choices: dict[str, object] = {NOBODY: None} | {id_: id_ for id_ in known}
    options = linked(Param.OVERLAY, Widget.GRAPH_OVERLAY, choices, NOBODY)
    current = st.session_state[Widget.GRAPH_OVERLAY]
    chosen: str | None = st.selectbox(
        LABEL,
        _offered(dataset, current),
        format_func=lambda id_: option_label(id_, known[id_]),
        placeholder="Nobody",
        help="Lays over the drawing what carries this user's recommendations.",
        **options,
    )
    return chosen


def _offered(dataset: Dataset, current: str | None) -> Sequence[str]:
    """All users, or those that a search finds where there are too many for a list."""
    ids = dataset.users.ids
    if len(ids) <= MAX_OPTIONS:
        return ids
    text = st.text_input(
        "Search user by name or id", key=Widget.GRAPH_OVERLAY_SEARCH, persist_state="session"
    )
    found = [ids[i] for i in find_matches(text, ids, dataset.user_labels, limit=MAX_MATCHES)]
    return found if current is None or current in found else [current, *found]
