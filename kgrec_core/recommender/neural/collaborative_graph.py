"""Users, items and entities in one graph, with every link in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

if TYPE_CHECKING:
    import torch

__all__ = ["ITEM_OF_USER", "USER_OF_ITEM", "CollaborativeGraph", "collaborative_graph"]

ITEM_OF_USER = 0
"""Relation of the edges by which a user listens to items."""
USER_OF_ITEM = 1
N_INTERACTION_RELATIONS = 2


@dataclass(frozen=True)
class CollaborativeGraph:
    """Directed edges head <- tail (the head listens), sorted by head.

    Nodes are the users, then the entities of the knowledge graph, items first. A "slot" is a pair
    of relation and node that occurs in an edge: attention projects each slot once.

    Attributes:
        n_users: the first nodes.
        n_items: the nodes after them.
        n_nodes: all nodes.
        n_relations: both directions of the interactions and of each relation of the graph.
        heads: int64 (n_edges,), ascending.
        tails: int64 (n_edges,).
        relations: int64 (n_edges,).
        starts: first edge of each head, int64 (n_nodes,).
        slot_nodes: node of each slot, sorted by relation, int64 (n_slots,).
        slot_counts: slots of each relation.
        head_slots: slot of the head of each edge, int64 (n_edges,).
        tail_slots: slot of the tail of each edge, int64 (n_edges,).
    """

    n_users: int
    n_items: int
    n_nodes: int
    n_relations: int
    heads: torch.Tensor
    tails: torch.Tensor
    relations: torch.Tensor
    starts: torch.Tensor
    slot_nodes: torch.Tensor
    slot_counts: tuple[int, ...]
    head_slots: torch.Tensor
    tail_slots: torch.Tensor

    @property
    def items(self) -> slice:
        """The nodes that are items."""
        return slice(self.n_users, self.n_users + self.n_items)


def collaborative_graph(
    known: Interactions, graph: KnowledgeGraph, device: torch.device, *, n_old_items: int
) -> CollaborativeGraph:
    """The graph that KGAT passes messages over.

    Args:
        known: interactions, each two edges.
        graph: knowledge graph, each triple two edges.
        device: where the tensors go.
        n_old_items: items from this one on are new: they listen, but nobody listens to them, so
            the vectors of all others stay as they were.
    """
    edges = _edges(known, graph)
    tails = edges[:, 2] - known.n_users
    is_new = (tails >= n_old_items) & (tails < graph.n_items)
    edges = edges[~is_new]
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    n_nodes = known.n_users + graph.n_entities
    n_relations = N_INTERACTION_RELATIONS + 2 * graph.n_relations
    heads, relations, tails = edges.T
    keys = np.concatenate([relations * n_nodes + heads, relations * n_nodes + tails])
    slots, places = np.unique(keys, return_inverse=True)
    counts = np.bincount(slots // n_nodes, minlength=n_relations)
    starts = np.searchsorted(heads, np.arange(n_nodes))

    def on_device(values: np.ndarray[Any, Any]) -> torch.Tensor:
        import torch

        return torch.tensor(np.ascontiguousarray(values, dtype=np.int64), device=device)

    return CollaborativeGraph(
        n_users=known.n_users,
        n_items=graph.n_items,
        n_nodes=n_nodes,
        n_relations=n_relations,
        heads=on_device(heads),
        tails=on_device(tails),
        relations=on_device(relations),
        starts=on_device(starts),
        slot_nodes=on_device(slots % n_nodes),
        slot_counts=tuple(int(count) for count in counts),
        head_slots=on_device(places[: heads.size]),
        tail_slots=on_device(places[heads.size :]),
    )


def _edges(known: Interactions, graph: KnowledgeGraph) -> IndexArray:
    """Head, relation, tail of all edges in no order, int64 (n_edges, 3)."""
    users, items = known.user_indices, known.item_indices + known.n_users
    heads, relations, tails = graph.triples.T
    heads, tails = heads + known.n_users, tails + known.n_users
    forward = N_INTERACTION_RELATIONS + 2 * relations
    parts = [
        (users, np.full(users.size, ITEM_OF_USER), items),
        (items, np.full(users.size, USER_OF_ITEM), users),
        (heads, forward, tails),
        (tails, forward + 1, heads),
    ]
    return np.concatenate([np.stack(part, axis=1) for part in parts]).astype(np.int64)
