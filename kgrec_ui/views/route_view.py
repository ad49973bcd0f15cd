"""Paths between two entities: as a drawing from left to right, as a table and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
import pandas as pd

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.paths import FoundPaths, GraphPath
from kgrec_ui.theme import format_count
from kgrec_ui.views.drawing import MAX_RELATION, NOWHERE, Drawing, drawing_of
from kgrec_ui.views.exploration_view import link_table
from kgrec_ui.views.graph_view import relation_words
from kgrec_ui.views.layers import MAX_MARK, in_columns
from kgrec_ui.views.name_room import without_touching
from kgrec_ui.views.words import counted, shortened

__all__ = ["RouteView", "path_words", "places_words", "route_drawing", "route_view", "with_path"]

MAX_ROWS = 20
"""Entities of one column; with more of them nobody follows a line."""
MARK_SHARE = 0.8
PATH_COLUMNS = ["Path", "Stated in", "Steps", "Strength"]


@dataclass(frozen=True)
class RouteView:
    """Everything that the paths between two entities show.

    Attributes:
        drawing: the source at the left, the target at the right; None without a path.
        drawn: the paths of the drawing, the first ones; as many as it has room for.
        drawn_sentence: how many are drawn when not all are; else "".
        sentence: how many paths there are, and how far was searched.
        first: the first path in words; "" without one.
        paths: one row per path.
        links: one row per triple of the paths, with file and row.
        link_order: triple of each row.
    """

    drawing: Drawing | None
    drawn: tuple[GraphPath, ...]
    drawn_sentence: str
    sentence: str
    first: str
    paths: pd.DataFrame
    links: pd.DataFrame
    link_order: tuple[int, ...]


def route_view(
    graph: KnowledgeGraph,
    found: FoundPaths,
    source: int,
    target: int,
    *,
    n_hops_apart: int | None,
    shortest_first: bool,
) -> RouteView:
    """What a search for paths found, in words, marks and tables.

    Args:
        graph: the whole graph.
        found: the result of the search.
        source: where paths begin.
        target: where they end.
        n_hops_apart: fewest hops between the two, None when nothing connects them.
        shortest_first: the order of the paths.
    """
    triples = np.unique(np.array([t for p in found.paths for t in p.triple_indices], np.int64))
    drawn = _with_room(found.paths)
    return RouteView(
        drawing=route_drawing(graph, drawn) if drawn else None,
        drawn=drawn,
        drawn_sentence=_drawn_sentence(len(drawn), len(found.paths)),
        sentence=_sentence(graph, found, (source, target), n_hops_apart, shortest_first),
        first=path_words(graph, found.paths[0]) if found.paths else "",
        paths=_path_table(graph, found),
        links=link_table(graph, triples),
        link_order=tuple(triples.tolist()),
    )


def path_words(graph: KnowledgeGraph, path: GraphPath) -> str:
    """One path with the direction of each link: "Heat → directed by → Mann ← known for ← Ali".

    Very long names are cut, so that one sees where paths differ.
    """
    words = [shortened(graph.entity_labels[path.entity_indices[0]])]
    for start, end, triple in _hops(path):
        relation = relation_words(graph.relations.id_of(int(graph.triples[triple, 1])))
        arrow = "→" if int(graph.triples[triple, 0]) == start else "←"
        words += [arrow, shortened(relation), arrow, shortened(graph.entity_labels[end])]
    return " ".join(words)


def places_words(graph: KnowledgeGraph, path: GraphPath) -> str:
    """Where the links of a path are stated, in order: "films.csv, lines 78, 154; tags.csv"."""
    sources = [graph.provenance.row(triple, named=True) for triple in path.triple_indices]
    told = []
    for file, own in groupby(sources, key=lambda source: str(source["file"])):
        lines = [str(source["row"]) for source in own if source["row"]]
        word = "line" if len(lines) == 1 else "lines"
        told.append(f"{file}, {word} {', '.join(lines)}" if lines else file)
    return "; ".join(told)


def with_path(graph: KnowledgeGraph, view: RouteView, path: GraphPath | None) -> Drawing | None:
    """The drawing of a view with the lines of one path in the foreground, and their words.

    A path that the drawing has no room for is drawn beside the others.
    """
    if path is None or view.drawing is None:
        return view.drawing
    is_drawn = any(path is other or path == other for other in view.drawn)
    drawing = view.drawing if is_drawn else route_drawing(graph, (*view.drawn, path))
    chosen = set(path.triple_indices)
    lines = tuple(
        replace(line, width=4.0, tone="chosen", shown_label=shortened(line.relation, MAX_RELATION))
        if line.triple_index in chosen
        else replace(line, shown_label="", is_faint=True)
        for line in drawing.lines
    )
    return without_touching(replace(drawing, lines=lines))


def route_drawing(graph: KnowledgeGraph, paths: Sequence[GraphPath]) -> Drawing:
    """Some paths between the same two ends, from left to right."""
    source, target = paths[0].entity_indices[0], paths[0].entity_indices[-1]
    column_of = _columns(paths)
    members = [source, target, *(i for i in column_of if i not in (source, target))]
    triples = np.unique(np.array([t for p in paths for t in p.triple_indices], np.int64))
    drawn = drawing_of(graph, members, triples, dict.fromkeys(members, NOWHERE), scale=1.0)
    marks = tuple(
        replace(
            mark,
            is_center=mark.entity_index in (source, target),
            size=min(MARK_SHARE * mark.size, MAX_MARK),
        )
        for mark in drawn.marks
    )
    return without_touching(in_columns(replace(drawn, marks=marks), column_of))


def _columns(paths: Sequence[GraphPath]) -> dict[int, int]:
    """Column of each entity: the fewest steps from the source, the target in the last one."""
    column_of: dict[int, int] = {}
    for path in paths:
        for column, index in enumerate(path.entity_indices[:-1]):
            column_of[index] = min(column, column_of.get(index, column))
    column_of[paths[0].entity_indices[-1]] = max(len(path.triple_indices) for path in paths)
    return column_of


def _with_room(paths: Sequence[GraphPath]) -> tuple[GraphPath, ...]:
    """The first paths, as many as the highest column has room for; one at least."""
    for n in range(2, len(paths) + 1):
        if max(Counter(_columns(paths[:n]).values()).values()) > MAX_ROWS:
            return tuple(paths[: n - 1])
    return tuple(paths)


def _hops(path: GraphPath) -> list[tuple[int, int, int]]:
    """(start, end, triple) of each hop."""
    ends = pairwise(path.entity_indices)
    return [(a, b, t) for (a, b), t in zip(ends, path.triple_indices, strict=True)]


def _sentence(
    graph: KnowledgeGraph,
    found: FoundPaths,
    ends: tuple[int, int],
    n_hops_apart: int | None,
    shortest_first: bool,
) -> str:
    source, target = (shortened(graph.entity_labels[index], 60) for index in ends)
    steps = counted(found.n_hops_tried, "step")
    if ends[0] == ends[1]:
        return "Both ends are the same entity. Choose another one."
    if not found.paths:
        return f"No path from {source} to {target} within {steps}. {_apart(found, n_hops_apart)}"
    count = len(found.paths)
    order = "shortest first, then strongest" if shortest_first else "strongest first"
    words = counted(count, "path")
    if found.is_all:
        total = "The only path is shown" if count == 1 else f"All {words} are shown"
        return f"{total}: from {source} to {target} within {steps}, {order}."
    if found.is_cut:
        return (
            f"{words} from {source} to {target} within {steps}, {order}. There are more; the "
            "search stopped because the entities between them have too many links."
        )
    return (
        f"The first {format_count(count)} of more paths from {source} to {target} within {steps}, "
        f"{order}."
    )


def _drawn_sentence(n_drawn: int, n_found: int) -> str:
    if n_drawn == n_found:
        return ""
    return f"Drawn are the first {counted(n_drawn, 'path')}; the table lists all {n_found}."


def _apart(found: FoundPaths, n_hops_apart: int | None) -> str:
    if n_hops_apart is None:
        return "Nothing in the graph connects them, however far one walks."
    if n_hops_apart > found.n_hops_tried:
        return f"The nearest connection takes {counted(n_hops_apart, 'step')}."
    return "The search stopped early, because there are too many links between them."


def _path_table(graph: KnowledgeGraph, found: FoundPaths) -> pd.DataFrame:
    strongest = max((path.strength for path in found.paths), default=1.0)
    rows = [
        (
            path_words(graph, path),
            places_words(graph, path),
            len(path.triple_indices),
            100 * path.strength / strongest,
        )
        for path in found.paths
    ]
    return pd.DataFrame(rows, columns=PATH_COLUMNS)
