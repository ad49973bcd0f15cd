"""A relation-aware network over the knowledge graph, by PyTorch Geometric's message passing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.embedding.tensors import sparse_tensor
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.to_pyg import quiet_pyg

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
    """The edges of one layer: speakers to bags of (listener, relation), bags to listeners.

    Attributes:
        speakers: sparse CSR float32 (n_bags, n_states), 1 for each speaker of a bag.
        bag_relations: int64 (n_bags,).
        listeners: int64 (2, n_bags), edges from each bag to its listener, ascending.
        bag_sizes: float32 (n_bags,), speakers of the bag.
        n_listeners: listeners 0 to n_listeners - 1 get a row.
    """

    speakers: torch.Tensor
    bag_relations: torch.Tensor
    listeners: torch.Tensor
    bag_sizes: torch.Tensor
    n_listeners: int

    @classmethod
    def of(
        cls, edges: IndexArray, n_listeners: int, n_states: int, device: torch.device
    ) -> GraphLayer:
        """The layer of the edges whose listener is below `n_listeners`."""
        import torch

        heard = edges[edges[:, 0] < n_listeners]
        bags, bag_of_edge = np.unique(heard[:, :2], axis=0, return_inverse=True)
        ones = np.ones(heard.shape[0], dtype=np.float32)
        places = (bag_of_edge.ravel(), heard[:, 2])
        speakers = sp.csr_array((ones, places), shape=(bags.shape[0], n_states))
        bag_indices = np.arange(bags.shape[0], dtype=np.int64)
        return cls(
            speakers=sparse_tensor(speakers, device),
            bag_relations=torch.from_numpy(bags[:, 1].copy()).to(device),
            listeners=torch.from_numpy(np.stack([bag_indices, bags[:, 0]])).to(device),
            bag_sizes=torch.from_numpy(speakers.sum(axis=1).astype(np.float32)).to(device),
            n_listeners=n_listeners,
        )


class GraphNetwork:
    """Means within a relation, a learned scale per relation, attention over relations.

    A layer gives listener x the sum over its relations r of alpha(x, r) * d_r * m(x, r), where
    m(x, r) is the mean of the states of its r-neighbors (GraphSAGE; Hamilton et al. 2017), d_r a
    learned vector (the diagonal form of R-GCN; Schlichtkrull et al. 2018), and alpha a softmax
    over the relations of x of b_r + <q, d_r * m(x, r)> (Wang et al. 2019, HAN, equation 7), or
    the share of r among the links of x when the aggregation is "mean". All but the last layer add
    this to the state of every entity; the last gives it for the items. Both sums are message
    passing of PyTorch Geometric, from speakers to bags and from bags to listeners.
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

        with quiet_pyg():
            from torch_geometric.nn import SimpleConv
        edges = message_edges(graph)
        counted = edges[edges[:, 0] < graph.n_items] if n_layers == 1 else edges
        speaks = speaking_entities(
            counted, n_entities=graph.n_entities, n_items=graph.n_items, min_links=min_links
        )
        self.n_vectors = int(speaks.sum())
        self._n_entities = graph.n_entities
        self._speakers: torch.Tensor | None = None
        if n_layers == 1:  # only what items hear matters: the others need no row at all
            counted = counted[speaks[counted[:, 2]]]
            counted[:, 2] = (np.cumsum(speaks) - 1)[counted[:, 2]]
        else:
            self._speakers = torch.from_numpy(np.flatnonzero(speaks)).to(device)
        n_states = self.n_vectors if n_layers == 1 else graph.n_entities
        self._layers = [
            GraphLayer.of(counted, graph.n_entities if n_left else graph.n_items, n_states, device)
            for n_left in range(n_layers - 1, -1, -1)
        ]
        self._mean, self._sum = SimpleConv("mean"), SimpleConv("sum")
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
        means = self._mean((states, None), layer.speakers)
        messages = means * self.scales[depth][layer.bag_relations]  # (n_bags, dim)
        size = (messages.shape[0], layer.n_listeners)
        shares = self._shares(messages, depth, layer)
        heard: torch.Tensor = self._sum((messages, None), layer.listeners, shares, size=size)
        return heard

    def _shares(self, messages: torch.Tensor, depth: int, layer: GraphLayer) -> torch.Tensor:
        """What each bag counts, (n_bags,); they add up to 1 per listener."""
        from torch_geometric.utils import softmax

        if self._with_attention:
            logits = self.biases[depth][layer.bag_relations] + messages @ self.queries[depth]
        else:
            logits = layer.bag_sizes.log()
        shares: torch.Tensor = softmax(logits, layer.listeners[1], num_nodes=layer.n_listeners)
        return shares
