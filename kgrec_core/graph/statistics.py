"""Counts that tell what a graph is made of and how well it covers the items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["DegreeBin", "GraphStatistics", "RelationCount", "TypeCount", "graph_statistics"]


@dataclass(frozen=True)
class TypeCount:
    """Entities of one type; `mean_degree` is triples per entity."""

    entity_type: str
    n_entities: int
    mean_degree: float


@dataclass(frozen=True)
class RelationCount:
    """Triples of one relation.

    Attributes:
        relation_id: the relation.
        n_triples: its triples.
        n_heads: different heads.
        n_tails: different tails.
        mean_degree: triples per head.
        n_items: items that are head or tail of at least one.
    """

    relation_id: str
    n_triples: int
    n_heads: int
    n_tails: int
    mean_degree: float
    n_items: int


@dataclass(frozen=True)
class DegreeBin:
    """How many entities have between `low` and `high` triples, both included."""

    low: int
    high: int
    n_entities: int


@dataclass(frozen=True)
class GraphStatistics:
    """The numbers of one graph.

    Attributes:
        n_entities: all entities, items included.
        n_relations: all relations.
        n_triples: all triples.
        n_items: the items.
        n_linked_items: items with at least one triple.
        types: one entry per entity type, most frequent first.
        relations: one entry per relation, most triples first.
        degrees: entities by triples: 0, 1, 2-3, 4-7, ... up to the largest.
    """

    n_entities: int
    n_relations: int
    n_triples: int
    n_items: int
    n_linked_items: int
    types: tuple[TypeCount, ...]
    relations: tuple[RelationCount, ...]
    degrees: tuple[DegreeBin, ...]

    @property
    def share_of_items_linked(self) -> float:
        """Items with at least one triple, in [0, 1]; 0 when there are no items."""
        return self.n_linked_items / self.n_items if self.n_items else 0.0


def graph_statistics(graph: KnowledgeGraph) -> GraphStatistics:
    """Count entities, relations and triples."""
    return GraphStatistics(
        n_entities=graph.n_entities,
        n_relations=graph.n_relations,
        n_triples=graph.n_triples,
        n_items=graph.n_items,
        n_linked_items=int((graph.degrees[: graph.n_items] > 0).sum()),
        types=_types(graph),
        relations=_relations(graph),
        degrees=_degree_bins(graph.degrees),
    )


def _types(graph: KnowledgeGraph) -> tuple[TypeCount, ...]:
    names, codes = np.unique(np.array(graph.entity_types, dtype=np.str_), return_inverse=True)
    counts = np.bincount(codes, minlength=names.size)
    degrees = np.bincount(codes, weights=graph.degrees, minlength=names.size)
    order = np.argsort(-counts, kind="stable")
    return tuple(
        TypeCount(str(names[i]), int(counts[i]), float(degrees[i] / counts[i])) for i in order
    )


def _relations(graph: KnowledgeGraph) -> tuple[RelationCount, ...]:
    order = np.argsort(graph.triples[:, 1], kind="stable")
    counts = np.bincount(graph.triples[:, 1], minlength=graph.n_relations)
    parts = np.split(graph.triples[order], np.cumsum(counts)[:-1]) if graph.n_relations else []
    found = []
    for relation_id, part in zip(graph.relations.ids, parts, strict=True):
        n_heads = int(np.unique(part[:, 0]).size)
        ends = np.unique(part[:, [0, 2]])
        found.append(
            RelationCount(
                relation_id=relation_id,
                n_triples=part.shape[0],
                n_heads=n_heads,
                n_tails=int(np.unique(part[:, 2]).size),
                mean_degree=part.shape[0] / n_heads if n_heads else 0.0,
                n_items=int((ends < graph.n_items).sum()),
            )
        )
    return tuple(sorted(found, key=lambda count: -count.n_triples))


def _degree_bins(degrees: IndexArray) -> tuple[DegreeBin, ...]:
    """Bins that double in width, since a few entities have most of the triples."""
    top = int(degrees.max(initial=0))
    lows = [0, 1]
    while lows[-1] * 2 <= top:
        lows.append(lows[-1] * 2)
    highs = [*(low - 1 for low in lows[1:]), max(2 * lows[-1] - 1, 1)]
    return tuple(
        DegreeBin(low, high, int(((degrees >= low) & (degrees <= high)).sum()))
        for low, high in zip(lows, highs, strict=True)
        if low <= top
    )
