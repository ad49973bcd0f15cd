"""Parts of a score that are switched off while everything else stays as it was fitted.

Muting takes away exactly the terms that bear the name of the muted part: all terms of a modality,
all graph paths along a relation or a triple. Every other term keeps its value, and so does the
bias, to which a channel's prior belongs; nothing is fitted or normalized again. This holds for
items that nobody touched as well: what is carried over to them is what the model says with all its
parts about other items, and only the carried terms of a muted modality or link go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from kgrec_core.contracts import FloatArray, OnProgress, no_progress
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.contract import (
    Modality,
    PairExplanation,
    Recommender,
    RecommenderState,
    TrainingData,
    UserEvidence,
)

__all__ = ["NOT_SAVED", "CanMute", "CollaborativeOnly", "Muted", "SilentRecommender", "mute"]

NOT_SAVED = (
    "A model with muted parts is not saved and takes no new items: it would come back whole. Save "
    "or extend the whole model and mute parts of it afterwards."
)


@dataclass(frozen=True)
class Muted:
    """What is switched off.

    Attributes:
        modalities: whole views.
        relations: ids of relations; no path travels along them.
        triples: rows of `KnowledgeGraph.triples`; no path travels along them.
    """

    modalities: frozenset[Modality] = field(default_factory=frozenset)
    relations: frozenset[str] = field(default_factory=frozenset)
    triples: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        """True when nothing is switched off."""
        return not (self.modalities or self.relations or self.triples)

    def joined(self, other: Muted) -> Muted:
        """What either of the two switches off."""
        return Muted(
            self.modalities | other.modalities,
            self.relations | other.relations,
            self.triples | other.triples,
        )


@runtime_checkable
class CanMute(Protocol):
    """A model whose parts can be switched off exactly."""

    def muted(self, muted: Muted) -> Recommender:
        """The same fitted model without these parts; every other term keeps its value."""
        ...


def mute(recommender: Recommender, muted: Muted) -> Recommender:
    """A model without some parts of its scores.

    Raises:
        ConfigError: the model cannot switch them off.
    """
    if muted.is_empty:
        return recommender
    if not isinstance(recommender, CanMute):
        raise ConfigError(
            f"The model {recommender.name} does not know which part of a score comes from which "
            "view or link, so none can be switched off. The fusion model can."
        )
    return recommender.muted(muted)


class CollaborativeOnly:
    """A model whose every term is collaborative and that has no bias: all of it, or nothing."""

    def muted(self: _Silenceable, muted: Muted) -> Recommender:
        """Zeros for everybody when behavior is muted; all else is no part of this model."""
        return SilentRecommender(self) if "collaborative" in muted.modalities else self


class _Silenceable(Recommender, CanMute, Protocol):
    pass


class SilentRecommender:
    """What is left of a model whose only view is muted: score(u, i) = 0."""

    def __init__(self, whole: Recommender) -> None:
        self.name = whole.name
        self.n_items = whole.n_items

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Refused.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(f"A muted model cannot be fitted; fit the whole '{self.name}'.")

    def muted(self, muted: Muted) -> SilentRecommender:
        """Nothing is left to be muted."""
        return self

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Zeros, float32 (n_users, n_items)."""
        return np.zeros((len(users), self.n_items), dtype=np.float32)

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """A score of zero, without terms."""
        return PairExplanation(item_index, 0.0, 0.0, ())

    def state(self) -> RecommenderState:
        """Refused.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(NOT_SAVED)
