"""A relation-aware network over the knowledge graph, as functions on tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

if TYPE_CHECKING:
    import torch

__all__ = ["GraphLayer", "GraphNetwork", "message_edges", "speaking_entities"]


def message_edges(graph: KnowledgeGraph) -> IndexArray:
    """Who hears whom over which relation, int64 (2 * n_triples, 3): listener, relation, speaker.

    Each triple is heard at both ends; its inverse has the relation r + n_relations.
    """
    heads, relations, tails = graph.triples.T
    forward = np.column_stack([heads, relations, tails])
    backward = np.column_stack([tails, relations + graph.n_relations, heads])
    return np.concatenate([forward, backward]).astype(np.int64)


def speaking_entities(
    edges: IndexArray, *, n_entities: int, n_items: int, min_links: int
) -> BoolArray:
    """Entities with a vector of their own, bool (n_entities,): all items, and well linked ones.

    Args:
        edges: from `message_edges`, those that count.
        n_entities: all entities.
        n_items: the first entities are the items.
        min_links: how many hear an entity at least.
    """
    speaks: BoolArray = np.bincount(edges[:, 2], minlength=n_entities) >= min_links
    speaks[:n_items] = True
    return speaks


@dataclass(frozen=True)
class GraphLayer:
    """The edges of one layer in bags: speakers by (listener, relation), those by listener.

    Attributes:
        speakers: int64 (n_edges,), in order of listener and relation.
        speaker_offsets: int64 (n_bags,), where the bag of a (listener, relation) starts.
        bag_relations: int64 (n_bags,).
        bag_listeners: int64 (n_bags,), ascending.
        bag_sizes: float32 (n_bags,), speakers of the bag.
        n_listeners: listeners 0 to n_listeners - 1 get a row.
    """

    speakers: torch.Tensor
    speaker_offsets: torch.Tensor
    bag_relations: torch.Tensor
    bag_listeners: torch.Tensor
    bag_sizes: torch.Tensor
    n_listeners: int

    @classmethod
    def of(cls, edges: IndexArray, n_listeners: int, device: torch.device) -> GraphLayer:
        """The layer of the edges whose listener is below `n_listeners`."""
        import torch

        heard = edges[edges[:, 0] < n_listeners]
        heard = heard[np.lexsort((heard[:, 2], heard[:, 1], heard[:, 0]))]
        keys = heard[:, :2]
        is_first = np.ones(heard.shape[0], dtype=np.bool_)
        is_first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
        starts = np.flatnonzero(is_first)
        sizes = np.diff(np.append(starts, heard.shape[0])).astype(np.float32)

        def tensor(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> torch.Tensor:
            return torch.from_numpy(np.ascontiguousarray(array)).to(device)

        return cls(
            speakers=tensor(heard[:, 2]),
            speaker_offsets=tensor(starts),
            bag_relations=tensor(heard[starts, 1]),
            bag_listeners=tensor(heard[starts, 0]),
            bag_sizes=tensor(sizes),
            n_listeners=n_listeners,
        )


class GraphNetwork:
    """Means within a relation, a learned scale per relation, attention over relations.

    A layer gives listener x the sum over its relations r of alpha(x, r) * d_r * m(x, r), where
    m(x, r) is the mean of the states of its r-neighbors (GraphSAGE; Hamilton et al. 2017), d_r a
    learned vector (the diagonal form of R-GCN; Schlichtkrull et al. 2018), and alpha a softmax
    over the relations of x of b_r + <q, d_r * m(x, r)> (Wang et al. 2019, HAN, equation 7), or
    the share of r among the links of x when the aggregation is "mean". All but the last layer add
    this to the state of every entity; the last gives it for the items.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        *,
        embedding_dim: int,
        n_layers: int,
        with_attention: bool,
        min_links: int,
        device: torch.device,
    ) -> None:
        import torch

        edges = message_edges(graph)
        counted = edges[edges[:, 0] < graph.n_items] if n_layers == 1 else edges
        speaks = speaking_entities(
            counted, n_entities=graph.n_entities, n_items=graph.n_items, min_links=min_links
        )
        self._n_entities = graph.n_entities
        self._speakers: torch.Tensor | None = None
        if n_layers == 1:  # only what items hear matters: the others need no row at all
            counted = counted[speaks[counted[:, 2]]]
            counted[:, 2] = (np.cumsum(speaks) - 1)[counted[:, 2]]
        else:
            self._speakers = torch.from_numpy(np.flatnonzero(speaks)).to(device)
        self._layers = [
            GraphLayer.of(counted, graph.n_entities if n_left else graph.n_items, device)
            for n_left in range(n_layers - 1, -1, -1)
        ]
        self.n_vectors = int(speaks.sum())
        self._with_attention = with_attention
        n_kinds, shape = max(2 * graph.n_relations, 1), (n_layers, embedding_dim)
        self.scales = torch.ones((n_layers, n_kinds, embedding_dim), device=device)
        self.biases = torch.zeros((n_layers, n_kinds), device=device)
        self.queries = torch.zeros(shape, device=device)

    def parameters(self) -> list[torch.Tensor]:
        """What is learned beside the entity vectors."""
        attention = [self.biases, self.queries] if self._with_attention else []
        return [self.scales, *attention]

    def item_part(self, vectors: torch.Tensor) -> torch.Tensor:
        """What the links say about each item, (n_items, dim).

        Args:
            vectors: of the entities that speak, items first, (n_vectors, dim).
        """
        states = vectors
        if self._speakers is not None:
            states = vectors.new_zeros((self._n_entities, vectors.shape[1]))
            states = states.index_copy(0, self._speakers, vectors)
        for depth, layer in enumerate(self._layers):
            heard = self._listen(states, depth, layer)
            states = heard if depth == len(self._layers) - 1 else states + heard
        return states

    def _listen(self, states: torch.Tensor, depth: int, layer: GraphLayer) -> torch.Tensor:
        import torch
        from torch.nn.functional import embedding_bag

        means = embedding_bag(layer.speakers, states, layer.speaker_offsets, mode="mean")
        messages = means * self.scales[depth][layer.bag_relations]  # (n_bags, dim)
        if self._with_attention:
            logits = self.biases[depth][layer.bag_relations] + messages @ self.queries[depth]
            strengths = torch.exp(logits.clamp(-20.0, 20.0))
        else:
            strengths = layer.bag_sizes
        totals = torch.zeros(layer.n_listeners, device=states.device, dtype=states.dtype)
        totals = totals.index_add(0, layer.bag_listeners, strengths)
        shares = strengths / totals[layer.bag_listeners]  # (n_bags,), add up to 1 per listener
        heard = torch.zeros((layer.n_listeners, states.shape[1]), device=states.device)
        return heard.index_add(0, layer.bag_listeners, shares[:, None] * messages)
