"""What is known of items beside their interactions: texts, and the entities they are linked to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import TrainingData

if TYPE_CHECKING:
    import torch

__all__ = ["ItemContent", "item_content", "linked_entities"]

PADDING = 0
"""Row of the entity table that stands for "no entity"; entity e of the graph that is no item has
row e - n_items + 1, so that rows stay when items are added."""


@dataclass(frozen=True)
class ItemContent:
    """Content of the items as tensors on a device.

    Attributes:
        texts: (n_items, text_dim), zero rows without text.
        neighbors: rows of the entity table, int64 (n_items, width), filled up with `PADDING`.
        n_rows: rows of the entity table, the padding included.
    """

    texts: torch.Tensor
    neighbors: torch.Tensor
    n_rows: int

    @property
    def n_items(self) -> int:
        """All items."""
        return int(self.texts.shape[0])

    def graph_vectors(self, entities: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
        """Mean of the vectors of linked entities (one layer of GraphSAGE, Hamilton et al. 2017).

        Args:
            entities: the entity table, (n_rows, dim).
            items: int64 (m,).

        Returns:
            (m, dim), zeros for an item without links.
        """
        import torch

        return torch.nn.functional.embedding_bag(
            self.neighbors[items], entities, mode="mean", padding_idx=PADDING
        )


def item_content(data: TrainingData, n_neighbors: int, device: torch.device) -> ItemContent:
    """Texts and linked entities of the items of `data`."""
    import torch

    rows = linked_entities(data.graph, n_neighbors)
    texts: FloatArray = np.ascontiguousarray(data.text_vectors, dtype=np.float32)
    return ItemContent(
        torch.tensor(texts, device=device),
        torch.tensor(rows, device=device),
        data.graph.n_entities - data.graph.n_items + 1,
    )


def linked_entities(graph: KnowledgeGraph, n_most: int) -> IndexArray:
    """Rows of the entity table of the entities that each item is linked to, widest known first.

    Entities with many links are kept when there are too many: what only one item is linked to
    says nothing about others. Links between items are left out.

    Args:
        graph: the knowledge graph.
        n_most: most entities per item.

    Returns:
        int64 (n_items, max(1, most links of an item, at most n_most)), filled up with `PADDING`.
    """
    heads, _, tails = graph.triples.T
    pairs = np.concatenate([np.stack([heads, tails], axis=1), np.stack([tails, heads], axis=1)])
    pairs = pairs[(pairs[:, 0] < graph.n_items) & (pairs[:, 1] >= graph.n_items)]
    pairs = np.unique(pairs, axis=0)
    order = np.lexsort((pairs[:, 1], -graph.degrees[pairs[:, 1]], pairs[:, 0]))
    items, entities = pairs[order].T
    counts = np.bincount(items, minlength=graph.n_items)
    place = np.arange(items.size) - np.repeat(np.cumsum(counts) - counts, counts)
    width = max(1, min(n_most, int(counts.max(initial=0))))
    rows = np.full((graph.n_items, width), PADDING, dtype=np.int64)
    kept = place < min(n_most, width)
    rows[items[kept], place[kept]] = entities[kept] - graph.n_items + 1
    return rows
