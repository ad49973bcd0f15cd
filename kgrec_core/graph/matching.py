"""The same triples in two graphs, such as the whole graph and the part that a model was given."""

from __future__ import annotations

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["rows_in"]


def rows_in(whole: KnowledgeGraph, part: KnowledgeGraph) -> IndexArray | None:
    """Where the triples of one graph stand in another one.

    Args:
        whole: the graph that is asked about.
        part: a graph over the same entities and relations, with all of its triples in `whole`.

    Returns:
        int64 (part.n_triples,), rows of `whole.triples`; None when entities or relations differ or
        a triple of `part` is missing in `whole`.
    """
    if whole.entities.ids != part.entities.ids or whole.relations.ids != part.relations.ids:
        return None
    known, asked = _keys(whole), _keys(part)
    if not known.size:
        return np.zeros(0, dtype=np.int64) if not asked.size else None
    order = np.argsort(known, kind="stable")
    places = np.searchsorted(known, asked, sorter=order).clip(max=known.size - 1)
    rows = order[places]
    return rows.astype(np.int64) if np.array_equal(known[rows], asked) else None


def _keys(graph: KnowledgeGraph) -> IndexArray:
    """One number per triple, int64 (n_triples,)."""
    head, relation, tail = graph.triples.T
    return np.asarray((head * graph.n_relations + relation) * graph.n_entities + tail, np.int64)
