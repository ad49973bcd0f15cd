"""Cached answers about the graph: explorations, paths, maps; all bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.embedding.projection import Plane, PlaneMethod
    from kgrec_core.graph.exploring import Exploration, Explored
    from kgrec_core.graph.links import Links
    from kgrec_core.graph.paths import FoundPaths
    from kgrec_core.pipeline.entity_vectors import EntityVectors
    from kgrec_ui.views.drawing import Place
    from kgrec_ui.views.exploration_view import ExplorationView
    from kgrec_ui.views.map_view import MapView
    from kgrec_ui.views.route_view import RouteView

__all__ = [
    "entity_vectors",
    "exploration",
    "explored",
    "links",
    "map_view",
    "paths",
    "routes",
]


@st.cache_resource(max_entries=3, show_spinner="Sorting the links …")
def _links(root: str, dataset_fingerprint: str) -> Links:
    from kgrec_core.graph.links import links_of

    return links_of(caching.graph(dataset_fingerprint))


def links(dataset_fingerprint: str) -> Links:
    """The links of the graph by entity."""
    return _links(_root(), dataset_fingerprint)


@st.cache_resource(max_entries=64, show_spinner=False)
def _explored(root: str, dataset_fingerprint: str, asked: Exploration) -> Explored:
    from kgrec_core.graph.exploring import explore

    return explore(_links(root, dataset_fingerprint), asked)


def explored(dataset_fingerprint: str, asked: Exploration) -> Explored:
    """What an exploration shows; only to be read."""
    return _explored(_root(), dataset_fingerprint, asked)


@st.cache_resource(max_entries=64, show_spinner=False)
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


# A view of 2,000 entities takes longer to copy than to draw, so it is shared; nobody writes to it.
@st.cache_resource(max_entries=16, show_spinner="Looking around …")
def _exploration(root: str, dataset_fingerprint: str, asked: Exploration) -> ExplorationView:
    from kgrec_ui.views.exploration_view import exploration_view

    found = _explored(root, dataset_fingerprint, asked)
    places = _places(root, dataset_fingerprint, asked)
    return exploration_view(caching.graph(dataset_fingerprint), asked, found, places)


def exploration(dataset_fingerprint: str, asked: Exploration) -> ExplorationView:
    """An exploration, placed for drawing and as tables; only to be read."""
    return _exploration(_root(), dataset_fingerprint, asked)


@st.cache_data(max_entries=64, show_spinner="Searching for paths …")
def _paths(
    root: str, dataset_fingerprint: str, ends: tuple[int, int], limits: tuple[int, int, bool]
) -> FoundPaths:
    from kgrec_core.graph.paths import find_paths

    max_hops, max_paths, shortest_first = limits
    return find_paths(
        _links(root, dataset_fingerprint),
        *ends,
        max_hops=max_hops,
        max_paths=max_paths,
        shortest_first=shortest_first,
    )


def paths(
    dataset_fingerprint: str, ends: tuple[int, int], limits: tuple[int, int, bool]
) -> FoundPaths:
    """Paths from one entity to another; limits are most hops, most paths, shortest first."""
    return _paths(_root(), dataset_fingerprint, ends, limits)


@st.cache_data(max_entries=64, show_spinner=False)
def _routes(
    root: str, dataset_fingerprint: str, ends: tuple[int, int], limits: tuple[int, int, bool]
) -> RouteView:
    from kgrec_core.graph.paths import hops_between
    from kgrec_ui.views.route_view import route_view

    found = _paths(root, dataset_fingerprint, ends, limits)
    return route_view(
        caching.graph(dataset_fingerprint),
        found,
        *ends,
        n_hops_apart=hops_between(_links(root, dataset_fingerprint), *ends),
        shortest_first=limits[2],
    )


def routes(
    dataset_fingerprint: str, ends: tuple[int, int], limits: tuple[int, int, bool]
) -> RouteView:
    """The same paths as a drawing, tables and words."""
    return _routes(_root(), dataset_fingerprint, ends, limits)


@st.cache_resource(max_entries=4, show_spinner="Looking for vectors …")
def _entity_vectors(
    root: str, graph_fingerprint: str, run_id: str, made: tuple[str, ...]
) -> list[EntityVectors]:
    from kgrec_core.pipeline.entity_vectors import graph_vectors, run_vectors

    of_run = run_vectors(caching.loaded_run(run_id)) if run_id else []
    return [*of_run, *graph_vectors(caching.workspace(), graph_fingerprint)]


def entity_vectors(dataset_fingerprint: str, run_id: str) -> list[EntityVectors]:
    """All vectors there are for the entities of a graph; new ones are found without a restart.

    Args:
        dataset_fingerprint: names the graph.
        run_id: whose item vectors are wanted, "" for none.
    """
    folder = caching.workspace().root / "embeddings"
    made = tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()
    graph = caching.graph(dataset_fingerprint)
    return _entity_vectors(_root(), graph.fingerprint, run_id, made)


@st.cache_data(max_entries=16, show_spinner="Drawing the map …")
def _plane(
    root: str, dataset_fingerprint: str, run_id: str, key: str, method: PlaneMethod, cap: int
) -> tuple[list[int], Plane]:
    from kgrec_core.embedding.projection import project
    from kgrec_ui.views.map_view import map_rows

    chosen = _vectors_of(dataset_fingerprint, run_id, key)
    rows = map_rows(caching.graph(dataset_fingerprint), chosen.entity_indices, cap)
    return chosen.entity_indices[rows].tolist(), project(chosen.vectors[rows], method)


@st.cache_data(max_entries=32, show_spinner=False)
def _map_view(
    root: str,
    dataset_fingerprint: str,
    run_id: str,
    asked: tuple[str, PlaneMethod, int],
    group_by: str,
) -> MapView:
    import numpy as np

    from kgrec_ui.views.map_view import map_view as view_of

    key, method, cap = asked
    chosen = _vectors_of(dataset_fingerprint, run_id, key)
    shown, plane = _plane(root, dataset_fingerprint, run_id, key, method, cap)
    return view_of(
        caching.graph(dataset_fingerprint),
        np.array(shown, dtype=np.int64),
        plane,
        group_by=group_by,
        n_total=int(chosen.entity_indices.size),
        n_left_out=chosen.n_left_out,
    )


def map_view(
    dataset_fingerprint: str, run_id: str, asked: tuple[str, PlaneMethod, int], group_by: str
) -> MapView:
    """Entities as points; asked are the key of the vectors, the method and the most points."""
    return _map_view(_root(), dataset_fingerprint, run_id, asked, group_by)


def _vectors_of(dataset_fingerprint: str, run_id: str, key: str) -> EntityVectors:
    found = entity_vectors(dataset_fingerprint, run_id)
    return next(vectors for vectors in found if vectors.key == key)


def _root() -> str:
    return str(caching.workspace_root())
