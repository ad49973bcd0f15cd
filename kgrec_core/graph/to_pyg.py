"""The graph as PyTorch Geometric `HeteroData`, and how that library is imported."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.errors import DataError
from kgrec_core.graph.knowledge_graph import ITEM_TYPE, KnowledgeGraph

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

__all__ = ["quiet_pyg", "to_hetero_data"]


@contextmanager
def quiet_pyg() -> Iterator[None]:
    """For importing PyTorch Geometric, which compiles parts of itself in a deprecated way."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r".*torch\.jit\.", DeprecationWarning)
        yield


def to_hetero_data(graph: KnowledgeGraph, *, item_features: FloatArray | None = None) -> HeteroData:
    """Nodes by entity type and edges by (head type, relation, tail type), each with its inverse.

    Each node type has `num_nodes` and `entity_index`, int64 (num_nodes,): the entity behind
    each node. Each edge type has `edge_index`, int64 (2, n), and the same edges reversed under
    "rev_" + relation. A relation between several types becomes one edge type per pair of types.

    Args:
        graph: the knowledge graph.
        item_features: float32 (n_items, dim), stored as `x` of the items.

    Raises:
        DataError: `item_features` has not one row per item.
    """
    import torch

    with quiet_pyg():
        from torch_geometric.data import HeteroData

    if item_features is not None and item_features.shape[0] != graph.n_items:
        raise DataError(
            f"'item_features' must have {graph.n_items} rows in 'to_hetero_data' "
            f"(got {item_features.shape[0]})."
        )
    data = HeteroData()
    types, codes = np.unique(np.array(graph.entity_types, dtype=np.str_), return_inverse=True)
    local = np.zeros(graph.n_entities, dtype=np.int64)
    for code, entity_type in enumerate(types.tolist()):
        members = np.flatnonzero(codes == code)
        local[members] = np.arange(members.size)
        data[entity_type].num_nodes = members.size
        data[entity_type].entity_index = torch.from_numpy(members)
    if item_features is not None:
        data[ITEM_TYPE].x = torch.from_numpy(np.ascontiguousarray(item_features))
    heads, relations, tails = graph.triples.T
    kinds = np.column_stack([codes[heads], relations, codes[tails]])
    for head_code, relation, tail_code in np.unique(kinds, axis=0).tolist():
        chosen = (kinds == (head_code, relation, tail_code)).all(axis=1)
        edges = torch.from_numpy(np.stack([local[heads[chosen]], local[tails[chosen]]]))
        head_type, tail_type = str(types[head_code]), str(types[tail_code])
        name = graph.relations.id_of(relation)
        data[head_type, name, tail_type].edge_index = edges
        data[tail_type, f"rev_{name}", head_type].edge_index = edges.flip(0)
    return data
