"""From the knowledge graph to one content kernel per relation."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.kernels import IncidenceKernel, inverse_sums
from kgrec_core.recommender.neighbor_kernel import NeighborKernel

__all__ = ["graph_kernels"]

MAX_KERNELS = 12
"""Relations with a weight of their own, for shared entities and for direct links each."""
OTHER_RELATIONS = "(other relations)"


def graph_kernels(
    graph: KnowledgeGraph, n_fitted: int | None = None
) -> list[IncidenceKernel | NeighborKernel]:
    """Kernels of all relations that touch items, in graph order.

    Args:
        graph: the links.
        n_fitted: the items before this one were there when the model was fitted; later ones change
            no weight of theirs. None: all were there.

    A relation whose links repeat those of an earlier one (an inverse, a duplicate) is left out:
    the same evidence must not count twice. Links between two items become a direct kernel. Beyond
    `MAX_KERNELS` the relations with the fewest links share one kernel, and so one weight.
    """
    shared: dict[str, IndexArray] = {}
    direct: dict[str, IndexArray] = {}
    known: set[bytes] = set()
    for relation_index, relation_id in enumerate(graph.relations.ids):
        positions = np.flatnonzero(graph.triples[:, 1] == relation_index)
        for links, found in zip(_item_links(graph, positions), (shared, direct), strict=True):
            pairs = np.unique(_of_fitted(links, n_fitted), axis=0).tobytes()
            if links.size and pairs not in known:
                known.add(pairs)
                found[relation_id] = links
    return [
        *(
            _incidence_kernel(name, links, graph, n_fitted)
            for name, links in _capped(shared, n_fitted)
        ),
        *(
            _direct_kernel(f"{name} (direct)", links, graph.n_items, n_fitted)
            for name, links in _capped(direct, n_fitted)
        ),
    ]


def _of_fitted(links: IndexArray, n_fitted: int | None) -> IndexArray:
    """(item, other end) of the links that were there at the fit."""
    return links[links[:, 0] < n_fitted, :2] if n_fitted is not None else links[:, :2]


def _capped(links: dict[str, IndexArray], n_fitted: int | None) -> list[tuple[str, IndexArray]]:
    """All relations, in graph order; beyond the limit the smallest ones joined under one name."""
    if len(links) <= MAX_KERNELS:
        return list(links.items())
    by_size = sorted(links, key=lambda name: -_of_fitted(links[name], n_fitted).shape[0])
    kept = set(by_size[:MAX_KERNELS])
    rest = np.concatenate([found for name, found in links.items() if name not in kept])
    return [*((n, found) for n, found in links.items() if n in kept), (OTHER_RELATIONS, rest)]


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


def _incidence_kernel(
    name: str, links: IndexArray, graph: KnowledgeGraph, n_fitted: int | None
) -> IncidenceKernel:
    """Columns are (relation, entity): joined relations meet only in what they both state alike."""
    relations = graph.triples[links[:, 2], 1]
    columns, local = np.unique(
        np.stack([relations, links[:, 1]], axis=1), axis=0, return_inverse=True
    )
    unique = _first_of_each(np.stack([links[:, 0], local, links[:, 2]], axis=1))
    items, local, triples = unique.T
    n_items = graph.n_items
    known = n_items if n_fitted is None else n_fitted
    n_linked = np.bincount(local[items < known], minlength=columns.shape[0])
    idf = np.log(known / np.maximum(n_linked, 1))  # (n_local,); 0 when every item has the link
    values = np.sqrt(np.maximum(idf, 0.0))[local]
    lengths = np.sqrt(np.bincount(items, weights=values**2, minlength=n_items))
    values = values / np.where(lengths > 0, lengths, 1.0)[items]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(items, minlength=n_items))])
    matrix = sp.csr_array(
        (values.astype(np.float32), local, indptr.astype(np.int64)),
        shape=(n_items, columns.shape[0]),
    )
    return IncidenceKernel(name, matrix, columns[:, 1], triples.copy(), n_fitted=n_fitted)


def _direct_kernel(
    name: str, links: IndexArray, n_items: int, n_fitted: int | None
) -> NeighborKernel:
    unique = _first_of_each(links)
    known = n_items if n_fitted is None else n_fitted
    sources = np.bincount(unique[unique[:, 1] < known, 0], minlength=n_items)
    counts = np.bincount(unique[:, 0], minlength=n_items)
    values = inverse_sums(sources.astype(np.float64))[unique[:, 0]]
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = sp.csr_array((values, unique[:, 1], indptr), shape=(n_items, n_items))
    return NeighborKernel(name, columns, sources.astype(np.float32), unique[:, 2])
