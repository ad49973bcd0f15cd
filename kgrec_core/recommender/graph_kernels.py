"""From the knowledge graph to one content kernel per relation."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.kernels import IncidenceKernel, NeighborKernel, inverse_sums

__all__ = ["graph_kernels"]


def graph_kernels(graph: KnowledgeGraph) -> list[IncidenceKernel | NeighborKernel]:
    """Kernels of all relations that touch items, in relation order.

    A relation whose links repeat those of an earlier one (an inverse, a duplicate) is left out:
    the same evidence must not count twice. Links between two items become a direct kernel.
    """
    kernels: list[IncidenceKernel | NeighborKernel] = []
    known: set[bytes] = set()
    for relation_index, relation_id in enumerate(graph.relations.ids):
        positions = np.flatnonzero(graph.triples[:, 1] == relation_index)
        shared, direct = _item_links(graph, positions)
        for links, build in ((shared, _incidence_kernel), (direct, _direct_kernel)):
            pairs = np.unique(links[:, :2], axis=0).tobytes()
            if links.size and pairs not in known:
                known.add(pairs)
                kernels.append(build(relation_id, links, graph.n_items))
    return kernels


def _item_links(graph: KnowledgeGraph, positions: IndexArray) -> tuple[IndexArray, IndexArray]:
    """(item, entity, triple) rows and (item, item, triple) rows of one relation."""
    heads, tails = graph.triples[positions, 0], graph.triples[positions, 2]
    head_is_item, tail_is_item = heads < graph.n_items, tails < graph.n_items
    forward, backward = head_is_item & ~tail_is_item, tail_is_item & ~head_is_item
    both = head_is_item & tail_is_item & (heads != tails)
    shared = np.concatenate(
        [
            np.stack([heads[forward], tails[forward], positions[forward]], axis=1),
            np.stack([tails[backward], heads[backward], positions[backward]], axis=1),
        ]
    )
    direct = np.concatenate(
        [
            np.stack([heads[both], tails[both], positions[both]], axis=1),
            np.stack([tails[both], heads[both], positions[both]], axis=1),
        ]
    )
    return shared, direct


def _first_of_each(links: IndexArray) -> IndexArray:
    """Links sorted by (first, second), the earliest triple of each pair."""
    order = np.lexsort((links[:, 2], links[:, 1], links[:, 0]))
    ordered = links[order]
    changed = np.any(np.diff(ordered[:, :2], axis=0) != 0, axis=1)
    first: IndexArray = ordered[np.concatenate([[True], changed])]
    return first


def _incidence_kernel(relation_id: str, links: IndexArray, n_items: int) -> IncidenceKernel:
    unique = _first_of_each(links)
    entities, local = np.unique(unique[:, 1], return_inverse=True)
    n_linked = np.bincount(local, minlength=entities.size)
    idf = np.log(n_items / n_linked)  # (n_local,); 0 when every item has the link
    values = np.sqrt(np.maximum(idf, 0.0))[local]
    lengths = np.sqrt(np.bincount(unique[:, 0], weights=values**2, minlength=n_items))
    values = values / np.where(lengths > 0, lengths, 1.0)[unique[:, 0]]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(unique[:, 0], minlength=n_items))])
    matrix = sp.csr_array(
        (values.astype(np.float32), local.astype(np.int64), indptr.astype(np.int64)),
        shape=(n_items, entities.size),
    )
    return IncidenceKernel(relation_id, matrix, entities, unique[:, 2])


def _direct_kernel(relation_id: str, links: IndexArray, n_items: int) -> NeighborKernel:
    unique = _first_of_each(links)
    counts = np.bincount(unique[:, 0], minlength=n_items)
    values = inverse_sums(counts.astype(np.float64))[unique[:, 0]]
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = sp.csr_array((values, unique[:, 1], indptr), shape=(n_items, n_items))
    name = f"{relation_id} (direct)"
    return NeighborKernel(name, columns, counts.astype(np.float32), unique[:, 2])
