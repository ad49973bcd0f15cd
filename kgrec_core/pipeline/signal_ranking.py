"""Ranking by shared links alone, with the true links or with links dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.evaluation.ranking import metrics_of_hits
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["ContentRanking", "HeldOut", "LinkFeatures", "dealt_out", "link_features"]

USERS_PER_BATCH = 256
N_STRATA = 10
MIN_STRATUM = 20
MAX_DENSE_ITEMS = 6000
TIE_BREAK = 1e-6
"""Largest random addition to scores scaled to 1: settles ties by chance, not by item order."""


@dataclass(frozen=True)
class LinkFeatures:
    """What the links say about each item.

    Attributes:
        rows: unit rows of idf-weighted links, float64 (n_items, n_features); empty where an item
            shares no link with another item.
        n_links: links of each item, int64 (n_items,), those that it shares with nobody included.
    """

    rows: sp.csr_array
    n_links: IndexArray


@dataclass(frozen=True)
class HeldOut:
    """Users whose unseen items are ranked.

    Attributes:
        histories: 1 where a user has an item in training, float32 (n_users, n_items).
        relevant: 1 where a user has an item in the held-out part, of the same shape.
    """

    histories: sp.csr_array
    relevant: sp.csr_array

    @property
    def n_users(self) -> int:
        """Users, each with at least one relevant item."""
        return int(self.histories.shape[0])


def link_features(graph: KnowledgeGraph, chosen: BoolArray | None = None) -> LinkFeatures:
    """Links of the items; each (relation, other end) is a feature.

    An item that is linked to another item also has itself as a feature, so that the two match.

    Args:
        graph: the links.
        chosen: bool (n_triples,), which of them; None for all.
    """
    triples = graph.triples if chosen is None else graph.triples[chosen]
    heads, kinds, tails = triples.T
    n_items, n_entities = graph.n_items, max(graph.n_entities, 1)
    forward, backward = heads < n_items, tails < n_items
    both = forward & backward
    owners = np.concatenate([heads[forward], tails[backward], heads[both], tails[both]])
    ends = np.concatenate([tails[forward], heads[backward], heads[both], tails[both]])
    of_kind = np.concatenate([kinds[forward], kinds[backward], kinds[both], kinds[both]])
    pairs = np.unique(np.stack([owners, of_kind * n_entities + ends], axis=1), axis=0)
    _, columns = np.unique(pairs[:, 1], return_inverse=True)
    n_links = np.bincount(pairs[:, 0], minlength=n_items).astype(np.int64)
    return LinkFeatures(_unit_rows(pairs[:, 0], columns, n_items), n_links)


def dealt_out(features: LinkFeatures, rng: np.random.Generator) -> IndexArray:
    """Whose set of links each item gets: that of another item with about as many links.

    Popular items tend to have more links, and an item with many links matches more histories.
    Were the sets dealt out freely, that coupling would break, and the true links could look
    better (or worse) only because of it. So items are sorted by their number of links and sets
    are exchanged within strata of a tenth of them, at least 20. Items without links stay so.

    Args:
        features: the true links.
        rng: deals.

    Returns:
        int64 (n_items,), a permutation.
    """
    linked = np.flatnonzero(features.n_links)
    order = linked[np.lexsort((rng.random(linked.size), features.n_links[linked]))]
    size = max(MIN_STRATUM, -(-linked.size // N_STRATA))
    giver = np.arange(features.n_links.size, dtype=np.int64)
    for start in range(0, order.size, size):
        stratum = order[start : start + size]
        giver[stratum] = rng.permutation(stratum)
    return giver


class ContentRanking:
    """Ranks by the links of one relation, file or graph; deals exchange whole items.

    Giving item i the links of item giver[i] makes their similarity S[giver[i], giver[j]], so one
    matrix serves all deals. Small catalogs keep it; large ones go through the links each time.
    """

    def __init__(self, features: LinkFeatures, held_out: HeldOut, k: int) -> None:
        self._features, self._held_out, self._k = features, held_out, k
        rows = features.rows.astype(np.float32)
        self._rows = rows
        is_small = rows.shape[0] <= MAX_DENSE_ITEMS
        self._similarity = (rows @ rows.T).toarray() if is_small else None

    def ndcg(self, rng: np.random.Generator, giver: IndexArray | None = None) -> FloatArray:
        """NDCG@k per user of ranking unseen items by their summed cosine with the history.

        Args:
            rng: settles ties.
            giver: item whose links each item has, int64 (n_items,); None: the true links.

        Returns:
            float32 (n_users,).
        """
        values = []
        for start in range(0, self._held_out.n_users, USERS_PER_BATCH):
            batch = slice(start, min(start + USERS_PER_BATCH, self._held_out.n_users))
            scores = self._scores(self._held_out.histories[batch], giver)
            values.append(_ndcg(scores, self._held_out, batch, self._k, rng))
        return np.concatenate(values)

    def _scores(self, histories: sp.csr_array, giver: IndexArray | None) -> FloatArray:
        if giver is not None:
            moved = giver[histories.indices]
            histories = sp.csr_array(
                (histories.data, moved, histories.indptr), shape=histories.shape
            )
        if self._similarity is not None:
            found = histories @ self._similarity
        else:
            found = (sp.csr_array(histories @ self._rows) @ self._rows.T).toarray()
        scores = np.asarray(found, dtype=np.float32)
        return scores if giver is None else scores[:, giver]


def _ndcg(
    scores: FloatArray, held_out: HeldOut, batch: slice, k: int, rng: np.random.Generator
) -> FloatArray:
    """NDCG@k of a batch of users, float32 (b,), from scores float32 (b, n_items)."""
    cost = scores / -max(float(np.abs(scores).max(initial=0.0)), TIE_BREAK)
    cost += TIE_BREAK * rng.random(cost.shape, dtype=np.float32)
    rows, items = held_out.histories[batch].nonzero()
    cost[rows, items] = np.inf
    kept = min(k, cost.shape[1])
    top = np.argpartition(cost, kept - 1, axis=1)[:, :kept]
    order = np.argsort(np.take_along_axis(cost, top, axis=1), axis=1)
    ranked = np.take_along_axis(top, order, axis=1)
    relevant = held_out.relevant[batch].toarray() > 0
    relevant[rows, items] = False
    hits = np.take_along_axis(relevant, ranked, axis=1)
    n_relevant = np.maximum(relevant.sum(axis=1), 1).astype(np.int64)
    return metrics_of_hits(hits, n_relevant, (k,))[f"ndcg@{k}"]


def _unit_rows(owners: IndexArray, columns: IndexArray, n_items: int) -> sp.csr_array:
    """Weights are log(n_items / items with the feature); features of a single item are dropped."""
    n_features = int(columns.max(initial=-1)) + 1
    n_owners = np.bincount(columns, minlength=n_features)
    shared = n_owners[columns] > 1
    idf = np.log(n_items / np.maximum(n_owners, 1))
    values = idf[columns[shared]]
    shape = (n_items, n_features)
    rows = sp.csr_array((values, (owners[shared], columns[shared])), shape=shape)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sp.csr_array(sp.diags_array(scale) @ rows)
