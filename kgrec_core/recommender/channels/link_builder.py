"""The channel of learned entity vectors: items whose links look alike speak for each other."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.embedding.kg_embedding import KgeModelName, KgeSettings, fit_kg_embedding
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.channels.channel import Channel, SparseKernel
from kgrec_core.recommender.channels.listeners import EvenListener
from kgrec_core.recommender.text_kernel import text_kernel

__all__ = ["EMBEDDING", "embedding_channel", "item_vectors_of"]

EMBEDDING = "kg vectors"
N_NEIGHBORS = 50


def embedding_channel(
    graph: KnowledgeGraph,
    model: KgeModelName,
    rng: np.random.Generator,
    on_progress: OnProgress = no_progress,
) -> Channel | None:
    """Nearest items by the vectors that a knowledge graph embedding learns from triples alone.

    kernel(j, i) = max(cos(v_j, v_i), 0) ** 2 over the 50 nearest j of i, scaled to sum to 1. It
    names no path: near vectors may come from many links together. Behavior plays no part in it, so
    it speaks about items that nobody touched as well.

    Args:
        graph: the links; without interactions.
        model: see `KgeSettings`.
        rng: everything random.
        on_progress: hears about each pass.

    Returns:
        None when no two items have a link.
    """
    if not graph.n_triples or graph.n_entities < 2:
        return None
    settings = KgeSettings(model=model)
    found = fit_kg_embedding(graph, rng=rng, settings=settings, on_progress=on_progress)
    vectors = item_vectors_of(found.entities, graph)
    if np.count_nonzero(vectors.any(axis=1)) < 2:
        return None
    kernel = SparseKernel(sp.csr_array(text_kernel(vectors, N_NEIGHBORS).columns.T))
    return Channel(EMBEDDING, "embedding", EvenListener(), kernel, graph.n_items)


def item_vectors_of(entities: FloatArray, graph: KnowledgeGraph) -> FloatArray:
    """Unit vectors of the items, float32 (n_items, dim); zero rows for items without a link.

    Args:
        entities: vectors of all entities, items first, float32 (n_entities, dim).
        graph: says which items have a link.
    """
    is_linked = np.zeros(graph.n_entities, dtype=bool)
    is_linked[graph.triples[:, [0, 2]]] = True
    vectors = entities[: graph.n_items]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    unit = np.where(is_linked[: graph.n_items, None], vectors / lengths, 0.0)
    return np.ascontiguousarray(unit, dtype=np.float32)
