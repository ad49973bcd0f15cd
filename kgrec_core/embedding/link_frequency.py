"""The answer to beat in link prediction: what stands most often at this end of this relation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray

__all__ = ["LinkFrequency", "count_links"]


@dataclass(frozen=True)
class LinkFrequency:
    """How often each entity is head and tail of each relation; looks at nothing else.

    Attributes:
        heads: float32 (n_relations, n_entities).
        tails: float32 (n_relations, n_entities).
    """

    heads: FloatArray
    tails: FloatArray

    def tail_scores(self, heads: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the tail, whatever the head, float32 (b, n_entities)."""
        return self.tails[relations]

    def head_scores(self, tails: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the head, whatever the tail, float32 (b, n_entities)."""
        return self.heads[relations]

    def scores(self, triples: IndexArray) -> FloatArray:
        """Product of how often head and tail occur at their ends, float32 (n,)."""
        heads, relations, tails = triples.T
        return np.asarray(self.heads[relations, heads] * self.tails[relations, tails])


def count_links(triples: IndexArray, n_entities: int, n_relations: int) -> LinkFrequency:
    """Counts in triples int64 (n, 3)."""
    heads, tails = np.zeros((2, n_relations, n_entities), dtype=np.float32)
    np.add.at(heads, (triples[:, 1], triples[:, 0]), 1.0)
    np.add.at(tails, (triples[:, 1], triples[:, 2]), 1.0)
    return LinkFrequency(heads, tails)
