"""How good a network is on the validation part, while it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.evaluation.ranking import metrics_of_hits, top_k
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.neural.network import Scorer

__all__ = ["Bench", "all_evidence", "shortened", "validation_bench"]

MAX_SCORES = 800_000
"""Scores ranked after each epoch: bounds the users drawn; more only cost time."""
MIN_USERS = 50


@dataclass(frozen=True)
class Bench:
    """Users with a validation part.

    Attributes:
        users: what is known of them from the training part.
        seen: their items in the training part, which are not ranked.
        relevant: their items in the validation part.
        k: length of the lists.
    """

    users: tuple[UserEvidence, ...]
    seen: tuple[IndexArray, ...]
    relevant: tuple[IndexArray, ...]
    k: int

    def ndcg(self, scorer: Scorer) -> float:
        """Mean NDCG@k."""
        ranked = top_k(scorer.scores(self.users), self.seen, self.k)
        hits = np.stack(
            [np.isin(row, items) for row, items in zip(ranked, self.relevant, strict=True)]
        )
        n_relevant = np.array([items.size for items in self.relevant], dtype=np.int64)
        return float(metrics_of_hits(hits, n_relevant, (self.k,))[f"ndcg@{self.k}"].mean())


def validation_bench(data: TrainingData, k: int, rng: np.random.Generator) -> Bench | None:
    """A draw of the users that have validation items; None when nobody has."""
    users = np.flatnonzero(data.validation.user_counts())
    limit = max(MIN_USERS, MAX_SCORES // max(data.train.n_items, 1))
    if users.size > limit:
        users = np.sort(rng.choice(users, limit, replace=False))
    if not users.size:
        return None
    evidence, held = all_evidence(data.train), data.validation.positions_by_user()
    known = tuple(evidence[user] for user in users)
    relevant = tuple(data.validation.item_indices[held[user]] for user in users)
    return Bench(known, tuple(user.item_indices for user in known), relevant, k)


def all_evidence(interactions: Interactions) -> list[UserEvidence]:
    """The history of every user as evidence, the oldest item first where times are known."""
    found = []
    for user, positions in enumerate(interactions.positions_by_user()):
        order = positions[np.argsort(interactions.times[positions], kind="stable")]
        own = interactions.select(order)
        found.append(UserEvidence(own.item_indices, own.weights, own.times, user_index=user))
    return found


def shortened(
    users: Sequence[UserEvidence], most: int, rng: np.random.Generator
) -> tuple[UserEvidence, ...]:
    """The same users as newcomers of whom only 1 to `most` items are known."""
    short = []
    for user in users:
        n_kept = min(int(rng.integers(1, most + 1)), user.item_indices.size)
        kept = np.sort(rng.choice(user.item_indices.size, n_kept, replace=False))
        short.append(
            replace(
                UserEvidence(),
                item_indices=user.item_indices[kept],
                item_weights=user.item_weights[kept],
                item_times=user.item_times[kept],
            )
        )
    return tuple(short)
