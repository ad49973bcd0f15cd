"""The fusion network: text, learned and graph vectors of users and items, scored by a network.

An item is the fusion of M(text), a learned vector and the mean vector of its linked entities. A
user is the fusion of the same views of the history, weighed by attention, with a learned vector
for known users. Everything is learned together by binary cross-entropy against items drawn by
chance. Newcomers have no learned vector; it is hidden in half of the training, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.neural.episodes import Padded, draw_episodes, padded
from kgrec_core.recommender.neural.fusion_layers import (
    Views,
    fused,
    history_attention,
    initial_fusion,
    initial_scorer,
    mlp_scores,
    transformer_memory,
    transformer_scores,
)
from kgrec_core.recommender.neural.item_content import ItemContent
from kgrec_core.recommender.neural.settings import FusionNetworkSettings
from kgrec_core.recommender.neural.tensors import (
    Arrays,
    Parameters,
    affine,
    dropout,
    glorot,
    small_normal,
    with_new_items,
)
from kgrec_core.recommender.neural.training import user_batches
from kgrec_core.recommender.neural.validation import all_evidence

if TYPE_CHECKING:
    import torch

__all__ = ["FusionNetwork", "FusionScorer", "Readers"]

FEW_SHOT_SHARE = 0.2
MOST_WANTED = 32
"""Chosen items per user and step."""
MOST_VALUES = 20_000_000
"""Users times items times width in memory at once."""


@dataclass(frozen=True)
class Readers:
    """Users of one batch, ready to be compared with items.

    Attributes:
        vectors: h_u, (b, dim).
        memory: the history for the transformer, (b, width, dim); None for the other scorer.
        mask: False where there is no history, (b, width).
    """

    vectors: torch.Tensor
    memory: torch.Tensor | None
    mask: torch.Tensor


class FusionNetwork:
    """Representations, loss and scores."""

    def __init__(
        self, settings: FusionNetworkSettings, content: ItemContent, known: Interactions
    ) -> None:
        self.settings = settings
        self.content = content
        self.known = known

    @cached_property
    def histories(self) -> list[IndexArray]:
        """Items of each user, n_users arrays int64."""
        return [user.item_indices for user in all_evidence(self.known)]

    def initial(self, rng: np.random.Generator) -> Arrays:
        """Small vectors; the bias of an item starts at its log popularity."""
        settings, content = self.settings, self.content
        dim = settings.embedding_dim
        counts = self.known.item_counts().astype(np.float32)
        return {
            "item": small_normal(rng, content.n_items, dim),
            "user": small_normal(rng, self.known.n_users, dim),
            "entity": small_normal(rng, content.n_rows, dim),
            "item_bias": np.log((counts + 1.0) / (counts.mean() + 1.0)).astype(np.float32),
            "encoder.weight": glorot(rng, content.texts.shape[1], dim),
            "encoder.bias": np.zeros(dim, dtype=np.float32),
            "history.weight": glorot(rng, dim, dim),
            "history.bias": np.zeros(dim, dtype=np.float32),
            "question": small_normal(rng, dim),
            **initial_fusion(rng, "fuse_item", settings),
            **initial_fusion(rng, "fuse_user", settings),
            **initial_scorer(rng, settings),
        }

    def losses(
        self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
    ) -> Iterator[torch.Tensor]:
        """Binary cross-entropy of hidden items of the history against items drawn by chance."""
        users = np.flatnonzero(self.known.user_counts()).astype(np.int64)
        device = self.content.texts.device
        for batch in user_batches(users, self.settings.batch_users, rng):
            own = [self.histories[user] for user in batch]
            episodes = draw_episodes(
                own,
                few_shot_share=FEW_SHOT_SHARE,
                most_known=self.settings.max_history,
                most_wanted=MOST_WANTED,
                rng=rng,
                device=device,
            )
            against = self._against(own, episodes.query.items.shape[1], rng)
            yield self._loss(
                parameters, batch, (episodes.support, episodes.query, against), generator
            )

    def _against(
        self, histories: Sequence[IndexArray], n_wanted: int, rng: np.random.Generator
    ) -> Padded:
        """Items drawn by chance; those of the user's own history do not count."""
        import torch

        n_drawn = n_wanted * self.settings.n_negatives
        drawn = rng.integers(0, self.content.n_items, (len(histories), n_drawn))
        mask = np.stack([~np.isin(row, own) for row, own in zip(drawn, histories, strict=True)])
        device = self.content.texts.device
        return Padded(torch.tensor(drawn, device=device), torch.tensor(mask, device=device))

    def _loss(
        self,
        parameters: Parameters,
        batch: IndexArray,
        parts: tuple[Padded, Padded, Padded],
        generator: torch.Generator,
    ) -> torch.Tensor:
        import torch
        from torch.nn.functional import softplus

        support, query, against = parts
        asked = torch.cat([query.items, against.items], dim=1)  # (b, n)
        union, places = torch.unique(torch.cat([support.items, asked], dim=1), return_inverse=True)
        views, vectors = self.items(parameters, union, generator)
        width = support.items.shape[1]
        users = torch.tensor(batch, device=union.device)
        history = Padded(places[:, :width], support.mask)
        readers = self.readers(parameters, users, history, views, vectors, generator)
        chosen = places[:, width:]
        bias = parameters["item_bias"][asked]
        logits = self.logits(parameters, readers, vectors[chosen], generator) + bias
        n_query = query.items.shape[1]
        positive = softplus(-logits[:, :n_query]) * query.mask
        negative = softplus(logits[:, n_query:]) * against.mask
        return (positive.sum() + negative.sum()) / (query.mask.sum() + against.mask.sum())

    def items(
        self, parameters: Parameters, items: torch.Tensor, generator: torch.Generator | None = None
    ) -> tuple[Views, torch.Tensor]:
        """Views and fused vectors h_i of some items, int64 (m,) -> (m, dim)."""
        import torch

        texts = self.content.texts[items].to(parameters["item"].dtype)
        own = dropout(parameters["item"][items], self.settings.item_dropout, generator, rows=True)
        views = Views(
            torch.tanh(affine(parameters, "encoder", texts)),
            own,
            self.content.graph_vectors(parameters["entity"], items),
        )
        vectors = fused(parameters, "fuse_item", views)
        return views, dropout(vectors, self.settings.dropout, generator)

    def readers(
        self,
        parameters: Parameters,
        users: torch.Tensor,
        history: Padded,
        views: Views,
        vectors: torch.Tensor,
        generator: torch.Generator | None = None,
    ) -> Readers:
        """Users from their history and, where known, their learned vector.

        Args:
            parameters: of the network.
            users: indices, -1 for newcomers, int64 (b,).
            history: rows of `views` and `vectors`, (b, width).
            views: of items, each (m, dim).
            vectors: h_i, (m, dim).
            generator: source of chance; None when scoring.
        """
        import torch

        read = vectors[history.items]  # (b, width, dim)
        weights = history_attention(parameters, read, history.mask)
        summary = torch.einsum("bw,bwd->bd", weights, read)
        graph = torch.einsum("bw,bwd->bd", weights, views.graph[history.items])
        is_known = (users >= 0)[:, None]
        own = torch.zeros_like(summary)
        if parameters["user"].shape[0]:
            own = parameters["user"][users.clamp(min=0)] * is_known
        own = dropout(own, self.settings.user_dropout, generator, rows=True)
        h_users = fused(parameters, "fuse_user", Views(summary, own, graph))
        memory = None
        if self.settings.scorer == "transformer":
            memory = transformer_memory(parameters, read, history.mask, self.settings.n_heads)
        return Readers(h_users, memory, history.mask)

    def logits(
        self,
        parameters: Parameters,
        readers: Readers,
        items: torch.Tensor,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Scores without bias, (b, n), of items (n, dim) or (b, n, dim)."""
        if readers.memory is None:
            rate = self.settings.dropout
            return mlp_scores(parameters, readers.vectors, items, rate, generator)
        n_heads, mask = self.settings.n_heads, readers.mask
        return transformer_scores(parameters, readers.vectors, items, readers.memory, mask, n_heads)

    def scorer(self, parameters: Parameters) -> FusionScorer:
        """Item vectors made once."""
        return FusionScorer(self, parameters)

    def extended(self, arrays: Arrays) -> Arrays:
        """New items have no vector of their own and the mean bias."""
        return with_new_items(arrays, self.content.n_items)


class FusionScorer:
    """Scores all items, a block of users and items at a time."""

    def __init__(self, network: FusionNetwork, parameters: Parameters) -> None:
        import torch

        self._network = network
        self._parameters = parameters
        device = parameters["item"].device
        everything = torch.arange(network.content.n_items, device=device)
        self._views, self._vectors = network.items(parameters, everything)

    @property
    def bias(self) -> FloatArray:
        """Item biases, float32 (n_items,)."""
        return self._parameters["item_bias"].cpu().numpy().astype(np.float32)

    def scores(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Logits, float32 (n_users, n_items)."""
        settings, n_items = self._network.settings, self._vectors.shape[0]
        scores = np.empty((len(users), n_items), dtype=np.float32)
        n_batch = settings.batch_users
        width = settings.hidden_dim
        if settings.scorer == "transformer":
            width += settings.n_heads * settings.max_history
        step = max(1, MOST_VALUES // (n_batch * width))
        for start in range(0, len(users), n_batch):
            readers = self._readers(users[start : start + n_batch])
            for first in range(0, n_items, step):
                part = slice(first, first + step)
                found = self._network.logits(self._parameters, readers, self._vectors[part])
                found = found + self._parameters["item_bias"][part]
                scores[start : start + n_batch, part] = found.cpu().numpy()
        return scores

    def _readers(self, users: Sequence[UserEvidence]) -> Readers:
        import torch

        device, most = self._vectors.device, self._network.settings.max_history
        latest = [
            user.item_indices[np.argsort(user.item_times, kind="stable")][-most:] for user in users
        ]
        n_known = self._parameters["user"].shape[0]
        indices = [user.user_index if user.user_index < n_known else -1 for user in users]
        return self._network.readers(
            self._parameters,
            torch.tensor(indices, device=device),
            padded(latest, device),
            self._views,
            self._vectors,
        )
