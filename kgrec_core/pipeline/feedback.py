"""Feedback put to use: in the split and the graph of a training, and in one user's list at once.

The test part is never touched. What was held out of training stays held out, whatever people say
about it, and the same items are measured with and without feedback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrec_core.config import CountedFeedback
from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.split import Split
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import UNKNOWN_USER, UserEvidence

__all__ = [
    "LIKE_PERCENTILE",
    "FeedbackUse",
    "blocked_rows",
    "counted_split",
    "disliked_items",
    "graph_without",
    "is_held_out",
    "like_weight_of",
    "with_likes",
]

LIKE_PERCENTILE = 75


@dataclass(frozen=True)
class FeedbackUse:
    """What became of the feedback that a training was given.

    Attributes:
        n_added: likes that became interactions.
        n_known: likes of what the user had chosen in training or validation already.
        n_removed: disliked interactions that were left out of training or validation.
        n_forbidden: dislikes of what the user had not chosen: only the list leaves them out.
        n_held_out: likes and dislikes of what is held out for the test; they change nothing.
        n_unknown: likes and dislikes of users or items that are not in the data.
        n_blocked: links that were left out of the graph.
    """

    n_added: int = 0
    n_known: int = 0
    n_removed: int = 0
    n_forbidden: int = 0
    n_held_out: int = 0
    n_unknown: int = 0
    n_blocked: int = 0


def counted_split(
    split: Split, dataset: Dataset, feedback: CountedFeedback
) -> tuple[Split, FeedbackUse]:
    """The split with likes in training and without disliked interactions; the test stays.

    A like weighs what the upper quarter of the known weights starts with, and has the time of the
    newest interaction of its user (of the data where the user has none), so that it is recent by
    the clock of the data. What is said about something held out is left out, since it would give
    away the test; in a cold split that is everything about a held-out user or item.

    Args:
        split: as made from the data alone.
        dataset: its vocabularies are those of the split.
        feedback: what was said.

    Returns:
        The split to fit on, and what became of each like and dislike.
    """
    likes, n_unknown_likes = _pairs(feedback.likes, dataset)
    dislikes, n_unknown_dislikes = _pairs(feedback.dislikes, dataset)
    fitting = split.fitting()
    free_likes = likes[~_is_held_out(likes, split)]
    free_dislikes = dislikes[~_is_held_out(dislikes, split)]
    is_new = ~np.isin(_keys(free_likes, dataset.n_items), _keys_of(fitting))
    gone = _keys(free_dislikes, dataset.n_items)
    n_removed = int(np.isin(gone, _keys_of(fitting)).sum())
    use = FeedbackUse(
        n_added=int(is_new.sum()),
        n_known=int((~is_new).sum()),
        n_removed=n_removed,
        n_forbidden=int(gone.size) - n_removed,
        n_held_out=len(likes) + len(dislikes) - len(free_likes) - len(free_dislikes),
        n_unknown=n_unknown_likes + n_unknown_dislikes,
    )
    kept_train = split.train.select(~np.isin(_keys_of(split.train), gone))
    kept_validation = split.validation.select(~np.isin(_keys_of(split.validation), gone))
    train = kept_train.joined(_as_interactions(free_likes[is_new], fitting))
    return replace(split, train=train, validation=kept_validation), use


def is_held_out(split: Split, user_index: int, item_index: int) -> bool:
    """True where training must not learn what this user says about this item."""
    return bool(_is_held_out(np.array([[user_index, item_index]], dtype=np.int64), split)[0])


def disliked_items(feedback: CountedFeedback, dataset: Dataset) -> dict[int, IndexArray]:
    """Items that each user disliked: user index -> int64 (n,)."""
    pairs, _ = _pairs(feedback.dislikes, dataset)
    return {int(user): pairs[pairs[:, 0] == user, 1] for user in np.unique(pairs[:, 0])}


def graph_without(
    graph: KnowledgeGraph, blocked: Sequence[tuple[str, str, str]]
) -> tuple[KnowledgeGraph, int]:
    """The graph without some links, and how many of them it had; entities and relations stay."""
    rows = sorted(blocked_rows(graph, blocked))
    if not rows:
        return graph, 0
    kept = np.ones(graph.n_triples, dtype=np.bool_)
    kept[rows] = False
    provenance = graph.provenance.filter(kept)
    changed = replace(graph, triples=graph.triples[kept], provenance=provenance, fingerprint="")
    return changed, len(rows)


def blocked_rows(graph: KnowledgeGraph, blocked: Sequence[tuple[str, str, str]]) -> frozenset[int]:
    """Rows of the triples that are blocked; a link that the graph does not have has none."""
    wanted = {
        (
            graph.entities.index_of(head),
            graph.relations.index_of(relation),
            graph.entities.index_of(tail),
        )
        for head, relation, tail in blocked
        if head in graph.entities and relation in graph.relations and tail in graph.entities
    }
    rows = np.flatnonzero(np.isin(graph.triples[:, 0], [head for head, _, _ in wanted]))
    return frozenset(int(row) for row in rows if tuple(graph.triples[row].tolist()) in wanted)


def with_likes(user: UserEvidence, item_indices: Sequence[int], weight: float) -> UserEvidence:
    """The same user as if these items were the newest choices; known ones change nothing.

    The result is no longer a known user, so a model with parameters per user folds it in.
    """
    known = set(user.item_indices.tolist())
    added = [index for index in dict.fromkeys(item_indices) if index not in known]
    if not added:
        return user
    newest = int(user.item_times.max()) if user.item_times.size else NO_TIME
    return replace(
        user,
        item_indices=np.concatenate([user.item_indices, np.array(added, dtype=np.int64)]),
        item_weights=np.concatenate([user.item_weights, _same(len(added), weight)]),
        item_times=np.concatenate([user.item_times, np.full(len(added), newest, dtype=np.int64)]),
        user_index=UNKNOWN_USER,
    )


def like_weight_of(interactions: Interactions) -> float:
    """Weight of a stated like: what the upper quarter of the known weights starts with."""
    weights = interactions.weights
    return float(np.percentile(weights, LIKE_PERCENTILE)) if weights.size else 1.0


def _as_interactions(likes: IndexArray, known: Interactions) -> Interactions:
    """Likes (n, 2) as interactions over the vocabularies of `known`."""
    newest = np.full(known.n_users, NO_TIME, dtype=np.int64)
    np.maximum.at(newest, known.user_indices, known.times)
    if known.times.size:
        newest[newest == NO_TIME] = known.times.max()
    return Interactions(
        likes[:, 0],
        likes[:, 1],
        _same(likes.shape[0], like_weight_of(known)),
        newest[likes[:, 0]],
        known.n_users,
        known.n_items,
    )


def _pairs(said: Sequence[tuple[str, str]], dataset: Dataset) -> tuple[IndexArray, int]:
    """Known pairs as indices, int64 (n, 2), and how many are not in the data."""
    found = [
        (dataset.users.index_of(user), dataset.items.index_of(item))
        for user, item in said
        if user in dataset.users and item in dataset.items
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2), len(said) - len(found)


def _is_held_out(pairs: IndexArray, split: Split) -> BoolArray:
    """Which pairs (n, 2) training must not know; in a cold split the whole user or item."""
    test = split.test
    if split.name == "cold-users":
        return np.isin(pairs[:, 0], test.user_indices)
    if split.name == "cold-items":
        return np.isin(pairs[:, 1], test.item_indices)
    return np.isin(_keys(pairs, test.n_items), _keys_of(test))


def _keys(pairs: IndexArray, n_items: int) -> IndexArray:
    """One number per pair, int64 (n,)."""
    return pairs[:, 0] * n_items + pairs[:, 1]


def _keys_of(found: Interactions) -> IndexArray:
    return found.user_indices * found.n_items + found.item_indices


def _same(n: int, value: float) -> FloatArray:
    return np.full(n, value, dtype=np.float32)
