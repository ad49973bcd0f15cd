"""Scores of KGAT for known users and for newcomers, who are nodes that nobody listens to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.neural.collaborative_graph import ITEM_OF_USER, CollaborativeGraph
from kgrec_core.recommender.neural.episodes import padded
from kgrec_core.recommender.neural.kgat_layers import aggregated, joined_layers
from kgrec_core.recommender.neural.tensors import Parameters, masked_softmax

if TYPE_CHECKING:
    import torch

__all__ = ["KgatScorer"]

MOST_SCORES = 4_000_000
"""Users times items in memory at once."""


class KgatScorer:
    """Inner products of propagated vectors, divided by the temperature."""

    def __init__(
        self,
        parameters: Parameters,
        graph: CollaborativeGraph,
        layers: list[torch.Tensor],
        temperature: float,
    ) -> None:
        self._parameters = parameters
        self._n_users = graph.n_users
        self._user_layers = [layer[: graph.n_users] for layer in layers]
        self._item_layers = [layer[graph.items] for layer in layers]
        self._items = joined_layers(self._item_layers)
        self._temperature = temperature

    @property
    def bias(self) -> FloatArray:
        """No part of the score is the same for everybody: zeros, float32 (n_items,)."""
        return np.zeros(self._items.shape[0], dtype=np.float32)

    def scores(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items, float32 (n_users, n_items)."""
        n_items = self._items.shape[0]
        scores = np.empty((len(users), n_items), dtype=np.float32)
        step = max(1, MOST_SCORES // max(n_items, 1))
        for start in range(0, len(users), step):
            vectors = self._vectors(users[start : start + step])
            found = vectors @ self._items.T / self._temperature
            scores[start : start + step] = found.cpu().numpy()
        return scores

    def _vectors(self, users: Sequence[UserEvidence]) -> torch.Tensor:
        """Known users as they were propagated, the others from their history."""
        import torch

        device = self._items.device
        indices = np.array([user.user_index for user in users], dtype=np.int64)
        is_known = (indices >= 0) & (indices < self._n_users)
        vectors = self._newcomers(users)
        rows = torch.tensor(np.flatnonzero(is_known), device=device)
        own = torch.tensor(indices[is_known], device=device)
        vectors[rows] = joined_layers([layer[own] for layer in self._user_layers])
        return vectors

    def _newcomers(self, users: Sequence[UserEvidence]) -> torch.Tensor:
        """Users who start at the mean of the known ones and listen to their items."""
        import torch

        history = padded([user.item_indices for user in users], self._items.device)
        start = self._item_layers[0].new_zeros(self._item_layers[0].shape[1])
        if self._n_users:
            start = self._parameters["user"].mean(dim=0)
        weight = self._parameters["relation.weight"][ITEM_OF_USER]
        asked = torch.tanh(start @ weight + self._parameters["relation.vector"][ITEM_OF_USER])
        plausible = (self._item_layers[0] @ weight @ asked)[history.items]  # (b, width)
        weights = masked_softmax(plausible, history.mask)
        own = [start.expand(len(users), -1)]
        for layer, items in enumerate(self._item_layers[:-1]):
            heard = torch.einsum("bw,bwd->bd", weights, items[history.items])
            own.append(aggregated(self._parameters, layer, own[-1], heard))
        return joined_layers(own)
