"""The layers of KGAT (Wang et al., "KGAT: Knowledge Graph Attention Network", 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgrec_core.recommender.neural.collaborative_graph import CollaborativeGraph
from kgrec_core.recommender.neural.tensors import Parameters, affine

if TYPE_CHECKING:
    import torch

__all__ = ["aggregated", "attention", "joined_layers", "softmax_by_head"]


def attention(
    parameters: Parameters, graph: CollaborativeGraph, nodes: torch.Tensor
) -> torch.Tensor:
    """Weight of each edge among those of its head, equations 4 and 5 of the paper.

    pi(h, r, t) = (W_r e_t)' tanh(W_r e_h + e_r), softmax over the edges of h. Each pair of
    relation and node is projected once, however many edges it has.

    Args:
        parameters: "relation.weight" (n_relations, dim, relation_dim), "relation.vector"
            (n_relations, relation_dim).
        graph: the edges.
        nodes: vectors before any layer, (n_nodes, dim).

    Returns:
        (n_edges,)
    """
    import torch

    parts = torch.split(nodes[graph.slot_nodes], list(graph.slot_counts))
    slots = torch.cat(
        [part @ parameters["relation.weight"][r] for r, part in enumerate(parts)]
    )  # (n_slots, relation_dim)
    heads = torch.tanh(slots[graph.head_slots] + parameters["relation.vector"][graph.relations])
    plausible = (slots[graph.tail_slots] * heads).sum(dim=1)
    return softmax_by_head(plausible, graph.heads, graph.n_nodes)


def softmax_by_head(logits: torch.Tensor, heads: torch.Tensor, n_nodes: int) -> torch.Tensor:
    """Softmax of the edges of each head, (n_edges,) -> (n_edges,).

    Args:
        logits: (n_edges,).
        heads: int64 (n_edges,), each below `n_nodes`.
        n_nodes: all nodes.
    """
    highest = logits.detach().new_zeros(n_nodes)
    highest = highest.scatter_reduce(0, heads, logits.detach(), "amax", include_self=False)
    raised = (logits - highest[heads]).exp()
    sums = raised.new_zeros(n_nodes).index_add(0, heads, raised)
    return raised / sums[heads]


def aggregated(
    parameters: Parameters, layer: int, own: torch.Tensor, heard: torch.Tensor
) -> torch.Tensor:
    """The vectors after one layer, equations 6 and 8 of the paper.

    Args:
        parameters: "sum.LAYER.*", and "product.LAYER.*" for the bi-interaction aggregator.
        layer: from 0.
        own: (n, dim).
        heard: attention-weighted mean of the neighbors, (n, dim).
    """
    from torch.nn.functional import leaky_relu

    out = leaky_relu(affine(parameters, f"sum.{layer}", own + heard))
    if f"product.{layer}.weight" in parameters:
        out = out + leaky_relu(affine(parameters, f"product.{layer}", own * heard))
    return out


def joined_layers(layers: list[torch.Tensor]) -> torch.Tensor:
    """All layers side by side, each with length 1: (n, dim * n_layers + dim)."""
    import torch
    from torch.nn.functional import normalize

    return torch.cat([normalize(layer, dim=1) for layer in layers], dim=1)
