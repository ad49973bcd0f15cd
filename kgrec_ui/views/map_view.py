"""Entities as points on a plane: groups, the sentence about what the axes keep, a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kgrec_core.contracts import IndexArray
from kgrec_core.embedding.projection import Plane
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.graph_view import relation_words, type_words
from kgrec_ui.views.words import counted

__all__ = [
    "BY_TYPE",
    "MapGroup",
    "MapView",
    "group_choices",
    "map_rows",
    "map_table",
    "map_view",
    "telling_choice",
]

BY_TYPE = "type"
MAX_GROUPS = 6
MAX_TAILS = 400
"""Relations with more tails make no groups that one could tell apart."""
OTHER, NONE = "Other", "None stated"


@dataclass(frozen=True)
class MapGroup:
    """Points of one color and shape.

    Attributes:
        name: for the legend, with the number of points.
        entity_type: their type when all have the same, else "".
        entity_indices: int64 (n,).
        labels: their names.
        x: float64 (n,).
        y: float64 (n,).
        is_rest: what belongs to none of the groups.
    """

    name: str
    entity_type: str
    entity_indices: IndexArray
    labels: tuple[str, ...]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    is_rest: bool


@dataclass(frozen=True)
class MapView:
    """Everything that a map shows.

    Attributes:
        groups: largest first, the rest last.
        sentence: how many points there are and how many were left out.
        quality: how much of the vectors the plane keeps, in words.
        axes: titles of the two axes.
        note: how groups were made when that needs saying, else "".
    """

    groups: tuple[MapGroup, ...]
    sentence: str
    quality: str
    axes: tuple[str, str]
    note: str


def map_rows(graph: KnowledgeGraph, entity_indices: IndexArray, cap: int) -> IndexArray:
    """Positions of the best linked `cap` entities, in their old order, int64 (n,)."""
    order = np.argsort(-graph.degrees[entity_indices], kind="stable")[:cap]
    return np.sort(order)


def group_choices(graph: KnowledgeGraph, entity_indices: IndexArray) -> list[str]:
    """What points may be grouped by: their type, or a relation with few enough tails."""
    has_items = bool((entity_indices < graph.n_items).any())
    choices = [BY_TYPE]
    if not has_items:
        return choices
    for relation, relation_id in enumerate(graph.relations.ids):
        own = graph.triples[graph.triples[:, 1] == relation]
        n_tails = np.unique(own[:, 2]).size
        if (own[:, 0] < graph.n_items).any() and 1 < n_tails <= MAX_TAILS:
            choices.append(relation_id)
    return choices


def telling_choice(graph: KnowledgeGraph, entity_indices: IndexArray) -> str:
    """The relation whose largest groups split the items best; `BY_TYPE` where none does.

    Largest sum of p (1 - p) over the shares p of the groups that get a color (Gini).
    """
    choices = group_choices(graph, entity_indices)[1:]
    is_of_items = entity_indices.size and entity_indices.max() < graph.n_items
    if not choices or not is_of_items:
        return BY_TYPE

    def split(relation_id: str) -> float:
        names = Counter(_group_names(graph, entity_indices, relation_id))
        names.pop(NONE, None)
        shares = [n / entity_indices.size for _, n in names.most_common(MAX_GROUPS)]
        return sum(share * (1 - share) for share in shares)

    return max(choices, key=split)


def map_view(
    graph: KnowledgeGraph,
    entity_indices: IndexArray,
    plane: Plane,
    *,
    group_by: str,
    n_total: int,
    n_left_out: int,
) -> MapView:
    """Points in groups, with what has to be said about them.

    Args:
        graph: names and types.
        entity_indices: entity of each point, int64 (n,).
        plane: where the points lie.
        group_by: `BY_TYPE` or a relation id.
        n_total: entities with a vector; more than n when it was capped.
        n_left_out: entities without a vector.
    """
    names = _group_names(graph, entity_indices, group_by)
    main = [n for n, _ in Counter(n for n in names if n != NONE).most_common(MAX_GROUPS)]
    labels = [name if name in main or name == NONE else OTHER for name in names]
    order = [*main, *(rest for rest in (OTHER, NONE) if rest in labels)]
    values = np.array(labels, dtype=object)
    groups = tuple(
        _group(graph, entity_indices, plane, np.flatnonzero(values == name), name, group_by)
        for name in order
    )
    return MapView(
        groups,
        _sentence(entity_indices.size, n_total, n_left_out),
        _quality(plane),
        ("First axis", "Second axis"),
        _note(group_by),
    )


def map_table(
    graph: KnowledgeGraph, view: MapView, chosen: Sequence[int]
) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """The points as rows, those that were chosen only, and the entity of each row.

    Args:
        graph: names and types.
        view: the map.
        chosen: entities; empty for all.
    """
    wanted = set(chosen)
    rows = [
        (int(index), label, group.name.rsplit(" (", 1)[0], float(x), float(y))
        for group in view.groups
        for index, label, x, y in zip(
            group.entity_indices, group.labels, group.x, group.y, strict=True
        )
        if not wanted or int(index) in wanted
    ]
    table = pd.DataFrame(
        [
            (label, type_words(graph.entity_types[index]), group, int(graph.degrees[index]), x, y)
            for index, label, group, x, y in rows
        ],
        columns=["Entity", "Type", "Group", "Links", "First axis", "Second axis"],
    )
    return table, tuple(row[0] for row in rows)


def _group_names(graph: KnowledgeGraph, indices: IndexArray, group_by: str) -> list[str]:
    if group_by == BY_TYPE:
        return [graph.entity_types[index].replace("_", " ") for index in indices.tolist()]
    relation = graph.relations.index_of(group_by)
    own = graph.triples[graph.triples[:, 1] == relation]
    first: dict[int, int] = {}
    for head, _, tail in own.tolist():
        first.setdefault(head, tail)
    return [
        graph.entity_labels[first[index]] if index in first else NONE for index in indices.tolist()
    ]


def _group(
    graph: KnowledgeGraph,
    indices: IndexArray,
    plane: Plane,
    rows: IndexArray,
    name: str,
    group_by: str,
) -> MapGroup:
    own = indices[rows]
    kinds = {graph.entity_types[index] for index in own.tolist()}
    return MapGroup(
        name=f"{name} ({format_count(rows.size)})",
        entity_type=kinds.pop() if group_by == BY_TYPE and len(kinds) == 1 else "",
        entity_indices=own,
        labels=tuple(graph.entity_labels[index] for index in own.tolist()),
        x=plane.points[rows, 0],
        y=plane.points[rows, 1],
        is_rest=name in (OTHER, NONE),
    )


def _sentence(n: int, n_total: int, n_left_out: int) -> str:
    if n < n_total:
        words = f"{format_count(n)} of {counted(n_total, 'entity', 'entities')}, best linked first."
    else:
        words = f"{counted(n, 'entity', 'entities')}, all that have a vector."
    if n_left_out:
        words += f" {format_count(n_left_out)} have none."
    return words


def _quality(plane: Plane) -> str:
    if plane.shares is None:
        return (
            "UMAP keeps neighbors together; distances between far groups say nothing, and nor do "
            "the axes."
        )
    first, second = plane.shares
    if plane.n_dims <= 2:
        return "The vectors have two numbers or fewer, so the plane shows all of them."
    return (
        f"The two axes keep {format_share(first + second)} of the differences between vectors of "
        f"{plane.n_dims} numbers ({format_share(first)} and {format_share(second)}). "
        "What is far apart here is far apart; what is close may still differ in the rest."
    )


def _note(group_by: str) -> str:
    if group_by == BY_TYPE:
        return ""
    return (
        f"Items that state several ({relation_words(group_by)}) count under the first one. The "
        f"{MAX_GROUPS} largest groups have a color and shape of their own."
    )
