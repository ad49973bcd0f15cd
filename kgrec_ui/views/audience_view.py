"""A new item: who would get it, and what it is near to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_ui.views.search_view import option_label
from kgrec_ui.views.words import counted, joined

__all__ = [
    "BATCH",
    "MAX_USERS",
    "asked_users",
    "attribute_types",
    "audience_sentence",
    "audience_table",
    "links_by_item",
    "nearest_items",
]

BATCH = 256
MAX_USERS = 20_000
"""More users are not asked: the page has to stay quick."""

MAX_VALUES = 60
MAX_ATTRIBUTES = 6

AUDIENCE_SCHEMA = {
    "user": pl.String,
    "rank": pl.Int64,
    "score": pl.Float64,
    "history": pl.Int64,
    "id": pl.String,
}
NEAREST_SCHEMA = {
    "item": pl.String,
    "shared links": pl.String,
    "links in common": pl.Float64,
    "text similarity": pl.Float64,
}


def attribute_types(graph: KnowledgeGraph) -> dict[str, list[str]]:
    """Types with few enough values to choose from a list, each with its entity ids by label.

    Types with the fewest values come first; at most `MAX_ATTRIBUTES` of them.
    """
    found: dict[str, list[str]] = {}
    for index in range(graph.n_items, len(graph.entities)):
        found.setdefault(graph.entity_types[index], []).append(graph.entities.id_of(index))
    few = sorted(
        (kind for kind, ids in found.items() if len(ids) <= MAX_VALUES),
        key=lambda kind: (len(found[kind]), kind),
    )

    def label(id_: str) -> str:
        return graph.entity_labels[graph.entities.index_of(id_)]

    return {kind: sorted(found[kind], key=label) for kind in few[:MAX_ATTRIBUTES]}


def asked_users(run: LoadedRun) -> IndexArray:
    """Users with a history, of the first `MAX_USERS`, int64 (n,)."""
    return np.flatnonzero(run.split.fitting().user_counts()[:MAX_USERS]).astype(np.int64)


def audience_table(run: LoadedRun, item_index: int, *, limit: int) -> pl.DataFrame:
    """The `limit` users with a history for whom the item stands highest among unseen items.

    Returns:
        user, rank (from 1, in the whole catalog), score, history (interactions known), id;
        best rank first, larger score first among equals.
    """
    users, counts = asked_users(run), run.split.fitting().user_counts()
    ranks = np.empty(users.size, dtype=np.int64)
    scores = np.empty(users.size, dtype=np.float32)
    for start in range(0, users.size, BATCH):
        evidence = [run.evidence_of(int(user)) for user in users[start : start + BATCH]]
        table = np.array(run.recommender.score(evidence))
        own = table[:, item_index].copy()
        for row, known in enumerate(evidence):
            table[row, known.item_indices] = -np.inf
        scores[start : start + own.size] = own
        ranks[start : start + own.size] = 1 + (table > own[:, None]).sum(axis=1)
    best = np.lexsort((-scores, ranks))[:limit]
    labels, ids = run.dataset.user_labels, run.dataset.users.ids
    return pl.DataFrame(
        {
            "user": [option_label(ids[users[i]], labels[users[i]] or "") for i in best],
            "rank": ranks[best],
            "score": scores[best].astype(np.float64),
            "history": counts[users[best]],
            "id": [ids[users[i]] for i in best],
        },
        schema=AUDIENCE_SCHEMA,
    )


def audience_sentence(table: pl.DataFrame, k: int, n_users: int) -> str:
    """How many of the best users would see the item in a list of `k`."""
    if table.height == 0:
        return "No user has a history, so nobody can be asked."
    inside = table.filter(pl.col("rank") <= k).height
    asked = "" if n_users <= MAX_USERS else f" Asked were the first {counted(MAX_USERS, 'user')}."
    if inside == table.height:
        return f"All {inside} users below would get it among their first {k}.{asked}"
    if inside:
        who = counted(inside, "user")
        return f"{who} would get it among the first {k}; the next best follow.{asked}"
    best = int(table["rank"][0])
    return f"Nobody would get it among the first {k}; its best place is {best}.{asked}"


def nearest_items(
    graph: KnowledgeGraph,
    text_vectors: FloatArray,
    item_index: int,
    *,
    limit: int,
    n_known: int | None = None,
    linked: Mapping[int, set[int]] | None = None,
) -> pl.DataFrame:
    """Known items with links or text in common with one item.

    Args:
        graph: names the links; entity i < n_items is item i.
        text_vectors: unit vectors, float32 (n_items, dim), zeros without text.
        item_index: the item that the others are compared with.
        limit: rows at most.
        n_known: only the first so many items are compared; all when None.
        linked: what `links_by_item` returns, for callers with many items.

    Returns:
        item, shared links in words, share of the links of both that are in common (Jaccard, in
        percent), cosine of the texts; largest sum of both first, items with neither left out.
    """
    linked = links_by_item(graph) if linked is None else linked
    own = linked.get(item_index, set())
    cosine = text_vectors @ text_vectors[item_index]
    rows = []
    for other in range(graph.n_items if n_known is None else n_known):
        theirs = linked.get(other, set())
        shared = own & theirs
        jaccard = len(shared) / len(own | theirs) if shared else 0.0
        nearness = jaccard + max(float(cosine[other]), 0.0)
        if other != item_index and nearness > 0:
            names = joined(sorted(graph.entity_labels[entity] for entity in shared))
            rows.append((nearness, graph.entity_labels[other], names, jaccard, cosine[other]))
    rows.sort(key=lambda row: -row[0])
    return pl.DataFrame(
        {
            "item": [row[1] for row in rows[:limit]],
            "shared links": [row[2] for row in rows[:limit]],
            "links in common": [100 * row[3] for row in rows[:limit]],
            "text similarity": [float(row[4]) for row in rows[:limit]],
        },
        schema=NEAREST_SCHEMA,
    )


def links_by_item(graph: KnowledgeGraph) -> dict[int, set[int]]:
    """Entities that each item is linked to, in either direction."""
    linked: dict[int, set[int]] = {}
    for head, _, tail in graph.triples.tolist():
        if head < graph.n_items:
            linked.setdefault(head, set()).add(tail)
        if tail < graph.n_items:
            linked.setdefault(tail, set()).add(head)
    return linked
