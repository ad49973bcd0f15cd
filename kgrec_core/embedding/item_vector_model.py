"""Parameters and forward pass of learned item vectors; `item_vector_training` fits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.embedding.graph_network import GraphNetwork
from kgrec_core.embedding.item_vectors import ItemVectorSettings
from kgrec_core.errors import ConfigError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

if TYPE_CHECKING:
    import torch

__all__ = ["ItemVectorModel"]

INITIAL_SCALE = 0.1
EPSILON = 1e-12
NEVER = -1e9
"""A logit that no softmax gives a share; finite, so that no gradient is undefined."""


class ItemVectorModel:
    """Parameters and the forward pass."""

    def __init__(
        self,
        train: Interactions,
        graph: KnowledgeGraph | None,
        text_vectors: FloatArray | None,
        settings: ItemVectorSettings,
        rng: np.random.Generator,
    ) -> None:
        import torch

        self.settings, self.n_items = settings, train.n_items
        self.device = pick_device()
        self.generator = torch.Generator(device=self.device)
        self.generator.manual_seed(int(rng.integers(2**62)))
        has_graph = graph is not None and settings.use_graph and graph.n_triples > 0
        has_text = text_vectors is not None and settings.use_text and bool(np.any(text_vectors))
        _require_parts(self.n_items, graph, text_vectors, settings, has_graph or has_text)
        warm = train.item_counts() > 0
        self.warm = torch.from_numpy(warm.astype(np.float32)).to(self.device)[:, None]
        self._cold_penalty = (1.0 - self.warm[:, 0]) * NEVER
        self.network: GraphNetwork | None = None
        n_vectors = self.n_items
        if graph is not None and has_graph:
            self.network = GraphNetwork(
                graph,
                embedding_dim=settings.embedding_dim,
                n_layers=settings.n_layers,
                with_attention=settings.aggregation == "attention",
                min_links=settings.min_links,
                device=self.device,
            )
            n_vectors = self.network.n_vectors
        self.has_content = has_graph or has_text
        self.vectors = self._random(n_vectors)
        self.log_attention = torch.zeros(self.n_items, device=self.device)
        self.target_shift = torch.zeros((self.n_items, settings.embedding_dim), device=self.device)
        self.common_source = torch.zeros(settings.embedding_dim, device=self.device)
        self.texts: torch.Tensor | None = None
        if text_vectors is not None and has_text:
            self.texts = torch.from_numpy(np.ascontiguousarray(text_vectors)).to(self.device)
            self.projection = self._random(self.texts.shape[1])

    def _random(self, n_rows: int) -> torch.Tensor:
        import torch

        shape = (n_rows, self.settings.embedding_dim)
        drawn = torch.randn(shape, generator=self.generator, device=self.device)
        return drawn * INITIAL_SCALE

    def parameters(self) -> list[torch.Tensor]:
        """All that is learned."""
        own = [self.vectors, self.log_attention]
        own += [self.common_source] if self.settings.has_common_source else []
        own += [] if self.settings.is_shared else [self.target_shift]
        own += [] if self.texts is None else [self.projection]
        return own + ([] if self.network is None else self.network.parameters())

    def items(self, *, is_training: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """Source and unit target vectors of all items, (n_items, dim) each."""
        import torch
        from torch.nn.functional import normalize

        total = torch.zeros_like(self.target_shift)
        if self.settings.use_free:
            total = total + self.vectors[: self.n_items] * self._free_mask(is_training)
        if self.network is not None:
            total = total + self.network.item_part(self.vectors)
        if self.texts is not None:
            total = total + self.texts @ self.projection
        targets = total if self.settings.is_shared else total + self.target_shift * self.warm
        return total + self.common_source * self.warm, normalize(targets, eps=EPSILON)

    def _free_mask(self, is_training: bool) -> torch.Tensor:
        import torch

        share = self.settings.free_dropout if self.has_content else 0.0
        if not is_training or share == 0.0:
            return self.warm
        drawn = torch.rand((self.n_items, 1), generator=self.generator, device=self.device)
        return self.warm * (drawn >= share)

    def loss(self, rows: torch.Tensor, items: torch.Tensor, n_rows: int) -> torch.Tensor:
        """Mean cross-entropy of the hidden items of a batch."""
        import torch
        from torch.nn.functional import normalize

        sources, targets = self.items(is_training=True)
        drawn = torch.rand(rows.shape, generator=self.generator, device=self.device)
        shown = drawn < self.settings.keep
        weighted = sources * self.log_attention.exp()[:, None]
        profiles = normalize(_bag_sums(weighted, rows[shown], items[shown], n_rows), eps=EPSILON)
        profiles = profiles / self.settings.temperature
        # Shown items and items that nobody has met are no candidates.
        logits = torch.addmm(self._cold_penalty, profiles, targets.T)  # (n_rows, n_items)
        logits.index_put_((rows[shown], items[shown]), logits.new_tensor(NEVER))
        hidden_rows, hidden_items = rows[~shown], items[~shown]
        n_hidden = torch.bincount(hidden_rows, minlength=n_rows).to(logits.dtype)
        hidden_sums = _bag_sums(targets, hidden_rows, hidden_items, n_rows)
        agreement = (profiles * hidden_sums).sum()  # logits of the hidden items, added up
        total = (n_hidden * torch.logsumexp(logits, dim=1)).sum() - agreement
        return total / n_hidden.sum().clamp(min=1.0)


def _bag_sums(
    table: torch.Tensor, rows: torch.Tensor, items: torch.Tensor, n_rows: int
) -> torch.Tensor:
    """Sum of the table rows `items` by `rows` (ascending), (n_rows, dim)."""
    import torch
    from torch.nn.functional import embedding_bag

    counts = torch.bincount(rows, minlength=n_rows)
    return embedding_bag(items, table, torch.cumsum(counts, 0) - counts, mode="sum")


def _require_parts(
    n_items: int,
    graph: KnowledgeGraph | None,
    text_vectors: FloatArray | None,
    settings: ItemVectorSettings,
    has_content: bool,
) -> None:
    if graph is not None and graph.n_items != n_items:
        raise ConfigError(
            f"'graph' must have {n_items} items in 'fit_item_vectors' (got {graph.n_items}). "
            "Build the graph from the same data set."
        )
    if text_vectors is not None and text_vectors.shape[0] != n_items:
        raise ConfigError(
            f"'text_vectors' must have {n_items} rows in 'fit_item_vectors' "
            f"(got {text_vectors.shape[0]}). Encode the texts of the same data set."
        )
    if not (settings.use_free or has_content):
        raise ConfigError(
            "'use_free' must be true in 'ItemVectorSettings' when items have neither links nor "
            "texts (got false): nothing is left to make vectors of."
        )
