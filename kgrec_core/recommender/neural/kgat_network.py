"""KGAT as a network to be trained: parameters, loss and propagation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.neural.collaborative_graph import CollaborativeGraph
from kgrec_core.recommender.neural.kgat_layers import aggregated, attention, joined_layers
from kgrec_core.recommender.neural.kgat_scorer import KgatScorer
from kgrec_core.recommender.neural.settings import KgatSettings
from kgrec_core.recommender.neural.tensors import (
    Arrays,
    Parameters,
    dropout,
    glorot,
    small_normal,
)
from kgrec_core.recommender.neural.training import user_batches

if TYPE_CHECKING:
    import torch

__all__ = ["KgatNetwork"]

MOST_SCORES = 4_000_000


class KgatNetwork:
    """Propagation over the collaborative graph, trained by softmax over all items."""

    def __init__(
        self, settings: KgatSettings, graph: CollaborativeGraph, known: Interactions
    ) -> None:
        self.settings = settings
        self.graph = graph
        self.known = known

    def initial(self, rng: np.random.Generator) -> Arrays:
        """Small vectors of nodes and relations, one or two matrices per layer."""
        settings, graph = self.settings, self.graph
        dim, n_entities = settings.embedding_dim, graph.n_nodes - graph.n_users
        projections = [glorot(rng, dim, settings.relation_dim) for _ in range(graph.n_relations)]
        arrays: Arrays = {
            "user": small_normal(rng, graph.n_users, dim),
            "item": small_normal(rng, graph.n_items, dim),
            "entity": small_normal(rng, n_entities - graph.n_items, dim),
            "relation.weight": np.stack(projections),
            "relation.vector": small_normal(rng, graph.n_relations, settings.relation_dim),
        }
        kinds = ("sum", "product") if settings.aggregator == "bi-interaction" else ("sum",)
        for layer in range(settings.n_layers):
            for kind in kinds:
                arrays[f"{kind}.{layer}.weight"] = glorot(rng, dim, dim)
                arrays[f"{kind}.{layer}.bias"] = np.zeros(dim, dtype=np.float32)
        return arrays

    def losses(
        self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
    ) -> Iterator[torch.Tensor]:
        """One pass over the graph per batch of users; mean over their items of -log softmax.

        Where the users need more batches than an epoch has steps, the rest waits for the next.
        """
        import torch

        matrix = self.known.matrix()
        matrix.data[:] = 1.0
        users = np.flatnonzero(self.known.user_counts()).astype(np.int64)
        most_users = max(1, MOST_SCORES // max(self.graph.n_items, 1))
        device = parameters["user"].device
        batches = user_batches(users, min(self.settings.batch_users, most_users), rng)
        for batch in batches[: self.settings.steps_per_epoch]:
            wanted: FloatArray = matrix[batch].toarray().astype(np.float32)
            goal = torch.tensor(wanted, device=device)  # (b, n_items)
            nodes = joined_layers(self.layers(parameters, generator))
            items = nodes[self.graph.items]
            logits = nodes[torch.tensor(batch, device=device)] @ items.T / self.settings.temperature
            yield -(torch.log_softmax(logits, dim=1) * goal).sum() / goal.sum()

    def layers(
        self, parameters: Parameters, generator: torch.Generator | None = None
    ) -> list[torch.Tensor]:
        """Vectors of all nodes before and after each layer, n_layers + 1 times (n_nodes, dim)."""
        import torch
        from torch.nn.functional import embedding_bag

        settings, graph = self.settings, self.graph
        nodes = torch.cat([parameters["user"], parameters["item"], parameters["entity"]])
        weights = attention(parameters, graph, nodes)
        weights = dropout(weights, settings.edge_dropout, generator)
        layers = [nodes]
        for layer in range(settings.n_layers):
            heard = embedding_bag(
                graph.tails, layers[-1], graph.starts, mode="sum", per_sample_weights=weights
            )
            out = aggregated(parameters, layer, layers[-1], heard)
            layers.append(dropout(out, settings.message_dropout, generator))
        return layers

    def scorer(self, parameters: Parameters) -> KgatScorer:
        """Vectors of all users and items, propagated once."""
        layers = self.layers(parameters)
        return KgatScorer(parameters, self.graph, layers, self.settings.temperature)

    def extended(self, arrays: Arrays) -> Arrays:
        """New items start at the mean of the others and are told apart by their links."""
        extra = self.graph.n_items - arrays["item"].shape[0]
        n_items, dim = arrays["item"].shape
        mean = arrays["item"].mean(axis=0) if n_items else np.zeros(dim, dtype=np.float32)
        return {**arrays, "item": np.concatenate([arrays["item"], np.tile(mean, (extra, 1))])}
