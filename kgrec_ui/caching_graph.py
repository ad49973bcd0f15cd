"""Cached answers about the graph: explorations, paths, a user's view, maps; all bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.graph.exploring import Exploration, Explored
    from kgrec_core.graph.links import Links
    from kgrec_ui.views.drawing import Place
    from kgrec_ui.views.exploration_view import ExplorationView

__all__ = ["exploration", "explored", "links"]


@st.cache_resource(max_entries=3, show_spinner="Sorting the links …")
def _links(root: str, dataset_fingerprint: str) -> Links:
    from kgrec_core.graph.links import links_of

    return links_of(caching.graph(dataset_fingerprint))


def links(dataset_fingerprint: str) -> Links:
    """The links of the graph by entity."""
    return _links(_root(), dataset_fingerprint)


@st.cache_data(max_entries=128, show_spinner=False)
def _explored(root: str, dataset_fingerprint: str, asked: Exploration) -> Explored:
    from kgrec_core.graph.exploring import explore

    return explore(_links(root, dataset_fingerprint), asked)


def explored(dataset_fingerprint: str, asked: Exploration) -> Explored:
    """What an exploration shows."""
    return _explored(_root(), dataset_fingerprint, asked)


@st.cache_data(max_entries=128, show_spinner=False)
def _places(root: str, dataset_fingerprint: str, asked: Exploration) -> dict[int, Place]:
    """Where everything stands that was shown in one of the steps so far.

    Each step begins with the places before it, so nothing moves that was there.
    """
    from dataclasses import replace

    from kgrec_ui.views.placing import added_places, first_places

    found = _explored(root, dataset_fingerprint, asked)
    members = found.entity_indices.tolist()
    if not asked.steps:
        triples = caching.graph(dataset_fingerprint).triples[found.triple_indices]
        return first_places(members, triples)
    places = _places(root, dataset_fingerprint, replace(asked, steps=asked.steps[:-1]))
    owners = dict(zip(members, found.brought_by.tolist(), strict=True))
    for owner in dict.fromkeys(owners[index] for index in members if index not in places):
        fresh = [index for index in members if owners[index] == owner]
        places = added_places(places, fresh, owner)
    return places


@st.cache_data(max_entries=64, show_spinner="Looking around …")
def _exploration(root: str, dataset_fingerprint: str, asked: Exploration) -> ExplorationView:
    from kgrec_ui.views.exploration_view import exploration_view

    found = _explored(root, dataset_fingerprint, asked)
    places = _places(root, dataset_fingerprint, asked)
    return exploration_view(caching.graph(dataset_fingerprint), asked, found, places)


def exploration(dataset_fingerprint: str, asked: Exploration) -> ExplorationView:
    """An exploration, placed for drawing and as tables."""
    return _exploration(_root(), dataset_fingerprint, asked)


def _root() -> str:
    return str(caching.workspace_root())
