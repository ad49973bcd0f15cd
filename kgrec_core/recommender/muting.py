"""Parts of a score that are switched off while everything else stays as it was fitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from kgrec_core.errors import ConfigError
from kgrec_core.recommender.contract import Modality, Recommender

__all__ = ["CanMute", "Muted", "mute"]


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
