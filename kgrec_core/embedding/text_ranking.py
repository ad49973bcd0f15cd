"""How well texts alone rank items that nobody has met: the judge of whatever moves the texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.evaluation.ranking import metrics_of_hits, top_k

__all__ = ["HiddenItems", "hidden_item_folds", "is_clear_gain", "ndcg_of_texts", "text_scores"]

K = 20
MAX_ITEMS, MAX_USERS = 1000, 2000
"""Hidden items and users of one fold at most; more would only cost time."""
N_NEIGHBORS = 100
SHARPNESS = 2.0
BLOCK = 256
N_STANDARD_ERRORS = 2.0


@dataclass(frozen=True)
class HiddenItems:
    """Items that are taken out of all histories, and the users who are asked for them.

    Attributes:
        items: the hidden items, int64 (n_hidden,).
        known: all interactions with other items.
        histories: what the asked users know, float32 (m, n_items), ones.
        relevant: whom a hidden item belongs to, bool (m, n_hidden); each row has one.
    """

    items: IndexArray
    known: Interactions
    histories: sp.csr_array
    relevant: BoolArray

    def among(self, items: IndexArray) -> HiddenItems:
        """The same question about some of the hidden items, to users who have one of these."""
        relevant = self.relevant[:, np.isin(self.items, items)]
        asked = np.flatnonzero(relevant.any(axis=1))
        return HiddenItems(
            self.items[np.isin(self.items, items)],
            self.known,
            sp.csr_array(self.histories[asked]),
            relevant[asked],
        )


def hidden_item_folds(
    interactions: Interactions,
    usable: BoolArray,
    *,
    share: float,
    n_folds: int,
    rng: np.random.Generator,
) -> Iterator[HiddenItems]:
    """Disjoint random parts of the items, each hidden in turn.

    Args:
        interactions: histories, training part only.
        usable: items with a text, bool (n_items,); only those that someone met are hidden.
        share: of the items that are hidden in a fold.
        n_folds: folds at most; those in which nobody can be asked are left out.
        rng: draws items and users.
    """
    candidates = rng.permutation(np.flatnonzero(usable & (interactions.item_counts() > 0)))
    size = min(max(int(candidates.size * share), 1), MAX_ITEMS)
    for fold in range(min(n_folds, candidates.size // size)):
        items = np.sort(candidates[fold * size : (fold + 1) * size])
        hidden = _hide(interactions, items, usable, rng)
        if hidden.relevant.size:
            yield hidden


def _hide(
    interactions: Interactions, items: IndexArray, usable: BoolArray, rng: np.random.Generator
) -> HiddenItems:
    is_hidden = np.isin(interactions.item_indices, items)
    known = interactions.select(~is_hidden)
    ones = [part.matrix() for part in (known, interactions.select(is_hidden))]
    for matrix in ones:
        matrix.data = np.ones_like(matrix.data)
    n_known = np.asarray(ones[0] @ usable.astype(np.float32))
    users = np.flatnonzero((n_known > 0) & (np.diff(ones[1].indptr) > 0))
    if users.size > MAX_USERS:
        users = np.sort(rng.choice(users, MAX_USERS, replace=False))
    relevant = ones[1][users][:, items].toarray() > 0
    return HiddenItems(items, known, sp.csr_array(ones[0][users]), relevant)


def text_scores(vectors: FloatArray, targets: IndexArray, histories: sp.csr_array) -> FloatArray:
    """Sum over a history of the similarity of texts, as the text kernel of the models has it.

    A target listens to its `N_NEIGHBORS` nearest texts with the cosine to the power `SHARPNESS`;
    what it hears is scaled to sum to 1. Target and source are never the same item.

    Args:
        vectors: unit vectors or zero rows, float32 (n_items, dim).
        targets: int64 (n_targets,).
        histories: float32 (m, n_items).

    Returns:
        float32 (m, n_targets).
    """
    scores = np.empty((histories.shape[0], targets.size), dtype=np.float32)
    n_items = vectors.shape[0]
    for first in range(0, targets.size, BLOCK):
        block = targets[first : first + BLOCK]
        cosine = vectors[block] @ vectors.T  # (b, n_items)
        cosine[np.arange(block.size), block] = 0.0
        weights = np.maximum(cosine, 0.0) ** SHARPNESS
        if n_items > N_NEIGHBORS:
            least = np.partition(weights, n_items - N_NEIGHBORS, axis=1)[:, n_items - N_NEIGHBORS]
            weights[weights < least[:, None]] = 0.0
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        scores[:, first : first + BLOCK] = histories @ weights.T
    return scores


def ndcg_of_texts(vectors: FloatArray, hidden: HiddenItems) -> FloatArray:
    """NDCG@20 of each asked user, hidden items ranked among themselves, float32 (m,)."""
    scores = text_scores(vectors, hidden.items, hidden.histories)
    nothing = np.zeros(0, dtype=np.int64)
    ranked = top_k(scores, [nothing] * scores.shape[0], K)
    found = np.take_along_axis(hidden.relevant, np.maximum(ranked, 0), axis=1) & (ranked >= 0)
    counts = hidden.relevant.sum(axis=1).astype(np.int64)
    return metrics_of_hits(found, counts, (K,))[f"ndcg@{K}"]


def is_clear_gain(before: FloatArray, after: FloatArray) -> bool:
    """Whether the mean gain over the users is above two of its standard errors."""
    if before.size == 0:
        return False
    gains = after.astype(np.float64) - before
    return bool(gains.mean() > N_STANDARD_ERRORS * gains.std() / np.sqrt(gains.size))
