"""What goes into a recommender and what comes out; every model keeps to `Recommender`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, no_progress
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.user_side import UserSide

__all__ = [
    "UNKNOWN_USER",
    "Contribution",
    "EvidenceKind",
    "EvidenceUnit",
    "Modality",
    "PairExplanation",
    "PathContribution",
    "Recommender",
    "RecommenderState",
    "TrainingData",
    "UserEvidence",
]

Modality = Literal["collaborative", "graph", "embedding", "text", "social", "attributes"]
EvidenceKind = Literal["item", "entity", "text", "friend", "attribute", "profile"]
UNKNOWN_USER = -1
"""Stands for a user who is not in the data."""


def _no_indices() -> IndexArray:
    return np.zeros(0, dtype=np.int64)


def _no_floats() -> FloatArray:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True)
class UserEvidence:
    """All that a model may know about one user; a newcomer only has other evidence.

    Attributes:
        item_indices: items interacted with or stated as liked, int64 (n,), no duplicates.
        item_weights: float32 (n,), > 0, in the unit of the data set's weights.
        item_times: int64 (n,), seconds; `NO_TIME` when unknown.
        entity_indices: stated interests (people, genres, tags), int64 (m,).
        text_vectors: unit vectors of stated words, float32 (t, dim).
        texts: the words themselves, t strings.
        friend_indices: known users that this one is linked to, int64 (f,).
        attribute_indices: what is stated about the user (columns of `UserSide.attributes`),
            int64 (a,).
        user_index: which known user this is, with the whole history that was fitted on;
            `UNKNOWN_USER` for everybody else, also for a known user whose evidence was edited.
            Only models that learn parameters per user read it.
    """

    item_indices: IndexArray = field(default_factory=_no_indices)
    item_weights: FloatArray = field(default_factory=_no_floats)
    item_times: IndexArray = field(default_factory=_no_indices)
    entity_indices: IndexArray = field(default_factory=_no_indices)
    text_vectors: FloatArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    texts: tuple[str, ...] = ()
    friend_indices: IndexArray = field(default_factory=_no_indices)
    attribute_indices: IndexArray = field(default_factory=_no_indices)
    user_index: int = UNKNOWN_USER

    @classmethod
    def of_user(
        cls, interactions: Interactions, user_index: int, side: UserSide | None = None
    ) -> UserEvidence:
        """The history of one known user, with friends and attributes when `side` has them."""
        own = interactions.of_user(user_index)
        known = cls(own.item_indices, own.weights, own.times, user_index=user_index)
        return known if side is None else known.with_side(side)

    @classmethod
    def of_likes(cls, item_indices: IndexArray, weight: float = 1.0) -> UserEvidence:
        """Stated likes of a newcomer, each with the same weight."""
        n = item_indices.size
        times = np.full(n, NO_TIME, dtype=np.int64)
        return cls(item_indices, np.full(n, weight, dtype=np.float32), times)

    def with_side(self, side: UserSide) -> UserEvidence:
        """The same evidence with the friends and attributes of the known user it is about."""
        return replace(
            self,
            friend_indices=side.friends_of(self.user_index),
            attribute_indices=side.attributes_of(self.user_index),
        )

    @property
    def is_empty(self) -> bool:
        """True when nothing at all is known."""
        parts = (
            self.item_indices,
            self.entity_indices,
            self.friend_indices,
            self.attribute_indices,
        )
        return not (any(part.size for part in parts) or self.texts)


@dataclass(frozen=True)
class EvidenceUnit:
    """One unit of evidence.

    Attributes:
        kind: "item" (by item index), "entity" (by entity index), "text" (by position), "friend"
            (by user index), "attribute" (by column of `UserSide.attributes`), or "profile": a
            vector that a model learned for the user as a whole and cannot take apart.
        index: see `kind`; 0 for a profile.
        text: the words of a text.
    """

    kind: EvidenceKind
    index: int
    text: str = ""


@dataclass(frozen=True)
class PathContribution:
    """The part of a contribution that travels along one path of the knowledge graph.

    Attributes:
        entity_indices: from the evidence to the recommended item, n_hops + 1 entries.
        triple_indices: the triple behind each hop (row of `KnowledgeGraph.triples`), n_hops
            entries; read backwards where the hop goes from tail to head.
        value: signed part of the score; the paths of one cell add up to it.
    """

    entity_indices: tuple[int, ...]
    triple_indices: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Contribution:
    """One cell of the sum: what one unit of evidence says in one modality.

    Attributes:
        modality: which view speaks.
        evidence: which unit of evidence.
        value: attention * gate * kernel, the signed part of the score.
        attention: weight of this evidence among the user's evidence; sums to 1 per modality.
        gate: weight of the modality for this user and item.
        kernel: what the evidence says about the item, before both weights.
        paths: for the graph modality, parts that add up to value; else empty.
    """

    modality: Modality
    evidence: EvidenceUnit
    value: float
    attention: float
    gate: float
    kernel: float
    paths: tuple[PathContribution, ...] = ()


@dataclass(frozen=True)
class PairExplanation:
    """A score taken apart: bias + sum of contribution values = score, up to `residual`."""

    item_index: int
    score: float
    bias: float
    contributions: tuple[Contribution, ...]

    @property
    def residual(self) -> float:
        """|score - (bias + sum)| / max(1, |score|); must stay below 1e-5."""
        total = self.bias + sum(contribution.value for contribution in self.contributions)
        return abs(self.score - total) / max(1.0, abs(self.score))


@dataclass(frozen=True)
class TrainingData:
    """What a model may be fitted on; the test part is not here, so it cannot leak.

    Attributes:
        train: interactions to fit on.
        validation: interactions to choose settings on (may be empty: then defaults are used);
            the final fit uses both.
        graph: the knowledge graph, without any interaction in it.
        text_vectors: unit vectors of item texts, float32 (n_items, dim); zero rows for items
            without text; (n_items, 0) when texts are not used.
        side: friends and attributes of users; None when there are none.
    """

    train: Interactions
    validation: Interactions
    graph: KnowledgeGraph
    text_vectors: FloatArray
    side: UserSide | None = None

    def known(self) -> Interactions:
        """Train and validation together: what the final fit uses."""
        return self.train.joined(self.validation)


@dataclass(frozen=True)
class RecommenderState:
    """Everything needed to bring a fitted model back: data, never code."""

    settings: dict[str, Any]
    arrays: dict[str, np.ndarray[Any, Any]]


class Recommender(Protocol):
    """The contract of all models; `fit` stores, everything else only reads."""

    @property
    def name(self) -> str:
        """Name in the registry, such as "fusion"."""
        ...

    @property
    def n_items(self) -> int:
        """Items that can be scored (after `fit`)."""
        ...

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Fit on train + validation after choosing on validation; returns validation metrics."""
        ...

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items for each user, float32 (n_users, n_items); seen ones included."""
        ...

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """The same score as `score`, as named contributions."""
        ...

    def state(self) -> RecommenderState:
        """Settings and arrays to be saved."""
        ...
