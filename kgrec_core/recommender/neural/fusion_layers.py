"""Layers of the fusion network: fusing three views of one thing, and comparing user and item."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kgrec_core.recommender.neural.settings import FusionNetworkSettings
from kgrec_core.recommender.neural.tensors import (
    Arrays,
    Parameters,
    affine,
    dropout,
    glorot,
    masked_softmax,
    small_normal,
)

if TYPE_CHECKING:
    import torch

__all__ = [
    "Views",
    "fused",
    "history_attention",
    "initial_fusion",
    "initial_scorer",
    "mlp_scores",
    "transformer_memory",
    "transformer_scores",
]

EPS = 1e-5


class Views(NamedTuple):
    """Three views of users or items: text, own and graph, each (..., dim)."""

    text: torch.Tensor
    own: torch.Tensor
    graph: torch.Tensor


def initial_fusion(rng: np.random.Generator, name: str, settings: FusionNetworkSettings) -> Arrays:
    """Parameters of `fused` under the prefix `name`."""
    dim = settings.embedding_dim
    arrays: Arrays = {
        f"{name}.alpha": np.ones(1, dtype=np.float32),
        f"{name}.beta": np.ones(1, dtype=np.float32),
        f"{name}.text.bias": np.zeros(dim, dtype=np.float32),
    }
    if settings.fusion == "gate":
        arrays[f"{name}.text.weight"] = glorot(rng, dim, dim)
        arrays[f"{name}.learned.weight"] = glorot(rng, dim, dim)
    else:
        arrays[f"{name}.text.weight"] = glorot(rng, 3 * dim, dim)
    return arrays


def fused(parameters: Parameters, name: str, views: Views) -> torch.Tensor:
    """One vector of three views, x = text and e = alpha own + beta graph.

    With a gate z = sigmoid(W1 x + W2 e + b) the result is z x + (1 - z) e; without one it is
    W [x, alpha own, beta graph] + b.

    Returns:
        (..., dim)
    """
    import torch

    own = parameters[f"{name}.alpha"] * views.own
    graph = parameters[f"{name}.beta"] * views.graph
    if f"{name}.learned.weight" not in parameters:
        return affine(parameters, f"{name}.text", torch.cat([views.text, own, graph], dim=-1))
    learned = own + graph
    inner = affine(parameters, f"{name}.text", views.text)
    gate = torch.sigmoid(inner + learned @ parameters[f"{name}.learned.weight"])
    return gate * views.text + (1.0 - gate) * learned


def history_attention(
    parameters: Parameters, vectors: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """Attention over a history, alpha_t = softmax of q . tanh(W h_t + b).

    Args:
        parameters: "history.*" and "question" (dim,).
        vectors: of the items of each history, (b, width, dim).
        mask: False where there is no item, (b, width).

    Returns:
        (b, width), all zeros for an empty history.
    """
    import torch

    inner = torch.tanh(affine(parameters, "history", vectors))
    return masked_softmax(inner @ parameters["question"], mask)


def initial_scorer(rng: np.random.Generator, settings: FusionNetworkSettings) -> Arrays:
    """Parameters of the scorer that the settings name."""
    dim, hidden = settings.embedding_dim, settings.hidden_dim
    arrays: Arrays = {
        "product": np.ones(dim, dtype=np.float32),
        "hidden.bias": np.zeros(hidden, dtype=np.float32),
        "out": small_normal(rng, hidden),
    }
    if settings.scorer == "mlp":
        for part in ("hidden", "hidden.item", "hidden.product"):
            arrays[f"{part}.weight"] = glorot(rng, dim, hidden)
        return arrays
    arrays["hidden.weight"] = glorot(rng, dim, hidden)
    for block in ("self", "cross"):
        for part in ("query", "key", "value", "mix"):
            arrays[f"{block}.{part}.weight"] = glorot(rng, dim, dim)
            arrays[f"{block}.{part}.bias"] = np.zeros(dim, dtype=np.float32)
    return arrays


def mlp_scores(
    parameters: Parameters,
    users: torch.Tensor,
    items: torch.Tensor,
    rate: float = 0.0,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """A hidden layer over [h_u, h_i, h_u h_i] beside a weighted inner product.

    The two paths add up as in NeuMF (He et al., "Neural collaborative filtering", 2017).

    Args:
        parameters: "hidden.*", "out" (hidden,), "product" (dim,).
        users: (b, dim).
        items: (n, dim), or (b, n, dim) when each user has items of their own.
        rate: dropout of the hidden layer.
        generator: source of chance; None when scoring.

    Returns:
        (b, n)
    """
    import torch

    pairs = users[:, None] * items  # (b, n, dim)
    inner = affine(parameters, "hidden", users)[:, None] + items @ parameters["hidden.item.weight"]
    hidden = torch.relu(inner + pairs @ parameters["hidden.product.weight"])
    deep = dropout(hidden, rate, generator) @ parameters["out"]
    return deep + pairs @ parameters["product"]


def transformer_memory(
    parameters: Parameters, history: torch.Tensor, mask: torch.Tensor, n_heads: int
) -> torch.Tensor:
    """The history after one layer of self-attention (Vaswani et al. 2017), (b, width, dim)."""
    normal = _normalized(history)
    return history + _attended(parameters, "self", normal, normal, mask, n_heads)


def transformer_scores(
    parameters: Parameters,
    users: torch.Tensor,
    items: torch.Tensor,
    memory: torch.Tensor,
    mask: torch.Tensor,
    n_heads: int,
) -> torch.Tensor:
    """Each candidate looks at the history, then a feed-forward layer and an inner product.

    Args:
        parameters: "cross.*", "hidden.*", "out" (hidden,), "product" (dim,).
        users: (b, dim).
        items: (n, dim), or (b, n, dim) when each user has items of their own.
        memory: from `transformer_memory`, (b, width, dim).
        mask: (b, width).
        n_heads: heads of the attention.

    Returns:
        (b, n)
    """
    import torch

    candidates = items.expand(users.shape[0], -1, -1)
    question = _normalized(candidates)
    seen = _attended(parameters, "cross", question, _normalized(memory), mask, n_heads)
    hidden = torch.relu(affine(parameters, "hidden", _normalized(candidates + seen)))
    product = (users[:, None] + seen) * candidates
    return hidden @ parameters["out"] + product @ parameters["product"]


def _normalized(vectors: torch.Tensor) -> torch.Tensor:
    """Mean 0 and variance 1 over the last axis."""
    from torch.nn.functional import layer_norm

    return layer_norm(vectors, vectors.shape[-1:], eps=EPS)


def _attended(
    parameters: Parameters,
    block: str,
    asking: torch.Tensor,
    asked: torch.Tensor,
    mask: torch.Tensor,
    n_heads: int,
) -> torch.Tensor:
    """Multi-head attention, (b, n, dim) over (b, width, dim); zeros over an empty history."""

    def heads(part: str, vectors: torch.Tensor) -> torch.Tensor:
        parts = affine(parameters, f"{block}.{part}", vectors)
        return parts.reshape(*parts.shape[:2], n_heads, -1).transpose(1, 2)

    query, key, value = heads("query", asking), heads("key", asked), heads("value", asked)
    logits = query @ key.transpose(2, 3) / float(query.shape[-1]) ** 0.5
    weights = masked_softmax(logits, mask[:, None, None, :])
    mixed = (weights @ value).transpose(1, 2).flatten(2)
    return affine(parameters, f"{block}.mix", mixed)
