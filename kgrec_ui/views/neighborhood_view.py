"""A neighborhood of the graph: who is shown, where it stands, and the same as a table."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import chain, zip_longest

import pandas as pd

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.neighborhood import Neighborhood
from kgrec_ui.theme import format_count
from kgrec_ui.views.graph_view import relation_words

__all__ = ["Edge", "NeighborhoodView", "Node", "neighborhood_view"]

LAYOUT_SEED = 7
LAYOUT_ROUNDS = 300
SPACING = 90.0
"""Pixels between neighbors in the picture, about."""
WIDENING = 1.25
"""The picture is wider than high, and labels need width."""
MAX_SUGGESTIONS = 10


@dataclass(frozen=True)
class Node:
    """One entity of the picture; `x` and `y` in pixels around the center."""

    entity_index: int
    entity_id: str
    label: str
    entity_type: str
    is_center: bool
    n_links: int
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """One triple of the picture, from head to tail."""

    head_index: int
    tail_index: int
    relation: str


@dataclass(frozen=True)
class NeighborhoodView:
    """Everything the neighborhood shows.

    Attributes:
        nodes: the center first.
        edges: all triples between them.
        type_counts: (entity type, how many are shown), most first.
        sentence: what is shown and what is left out.
        table: one row per triple, with file and row.
        next_entities: indices of well-linked neighbors to walk on to.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    type_counts: tuple[tuple[str, int], ...]
    sentence: str
    table: pd.DataFrame
    next_entities: tuple[int, ...]


def neighborhood_view(
    graph: KnowledgeGraph, found: Neighborhood, center: int, *, n_hops: int
) -> NeighborhoodView:
    """Place and describe a neighborhood.

    Args:
        graph: the whole graph.
        found: entities and triples within reach.
        center: where it starts.
        n_hops: how far it was allowed to reach.
    """
    others = [int(index) for index in found.entity_indices if int(index) != center]
    members = [center, *others]
    triples = graph.triples[found.triple_indices]
    places = _layout(members, triples)
    nodes = tuple(
        Node(
            entity_index=index,
            entity_id=graph.entities.id_of(index),
            label=graph.entity_labels[index],
            entity_type=graph.entity_types[index],
            is_center=index == center,
            n_links=int(graph.degrees[index]),
            x=x,
            y=y,
        )
        for index, (x, y) in zip(members, places, strict=True)
    )
    edges = tuple(
        Edge(int(head), int(tail), relation_words(graph.relations.id_of(int(relation))))
        for head, relation, tail in triples
    )
    return NeighborhoodView(
        nodes=nodes,
        edges=edges,
        type_counts=tuple(Counter(node.entity_type for node in nodes).most_common()),
        sentence=_sentence(graph, center, len(others), int(found.n_total), n_hops),
        table=_table(graph, found.triple_indices),
        next_entities=_next_entities(graph, others),
    )


def _next_entities(graph: KnowledgeGraph, others: list[int]) -> tuple[int, ...]:
    """The best linked of each type in turn, so that one type does not fill the list."""
    by_type: dict[str, list[int]] = {}
    for index in sorted(others, key=lambda index: -int(graph.degrees[index])):
        if graph.degrees[index] > 1:  # the others lead nowhere but back
            by_type.setdefault(graph.entity_types[index], []).append(index)
    turns = chain.from_iterable(zip_longest(*by_type.values()))
    return tuple(index for index in turns if index is not None)[:MAX_SUGGESTIONS]


def _layout(members: list[int], triples: IndexArray) -> list[tuple[float, float]]:
    """Positions in pixels with the center at (0, 0); the same input gives the same picture."""
    import igraph  # brings plotly along when it is there, which views must not

    position = {index: place for place, index in enumerate(members)}
    pairs = {(position[int(h)], position[int(t)]) for h, _, t in triples}
    drawn = igraph.Graph(n=len(members), edges=sorted(pairs))
    igraph.set_random_number_generator(random.Random(LAYOUT_SEED))
    layout = drawn.layout_fruchterman_reingold(niter=LAYOUT_ROUNDS)
    x0, y0 = layout[0]
    # Fruchterman-Reingold puts linked vertices about one unit apart.
    return [((x - x0) * SPACING * WIDENING, (y - y0) * SPACING) for x, y in layout.coords]


def _sentence(graph: KnowledgeGraph, center: int, shown: int, total: int, n_hops: int) -> str:
    label = graph.entity_labels[center]
    if total <= 1 and shown == 0:
        return f"{label} has no links in this graph."
    reach = "one step" if n_hops == 1 else f"{n_hops} steps"
    n_reached = max(total - 1, shown)
    if shown < n_reached:
        return (
            f"{format_count(n_reached)} entities are within {reach} of {label}; "
            f"the nearest and most specific {format_count(shown)} are drawn."
        )
    word = "entity is" if shown == 1 else "entities are"
    return f"{format_count(shown)} {word} within {reach} of {label}."


def _table(graph: KnowledgeGraph, triple_indices: IndexArray) -> pd.DataFrame:
    rows = []
    sources = graph.provenance
    for index in triple_indices:
        head, relation, tail = (int(v) for v in graph.triples[int(index)])
        source = sources.row(int(index), named=True)
        rows.append(
            {
                "From": graph.entity_labels[head],
                "Relation": relation_words(graph.relations.id_of(relation)),
                "To": graph.entity_labels[tail],
                "File": source["file"],
                "Line": str(source["row"]) if source["row"] else "–",
                "Column": source["column"] or "–",
                "Stated in rows": source["n_sources"],
            }
        )
    columns = ["From", "Relation", "To", "File", "Line", "Column", "Stated in rows"]
    return pd.DataFrame(rows, columns=columns)
