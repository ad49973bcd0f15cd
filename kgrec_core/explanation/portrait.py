"""The interest portrait: the entities that carry one user's scores over a list of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import starts_at_evidence
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
)

__all__ = ["Interest", "Portrait", "Source", "interest_portrait"]

Key = TypeVar("Key")
Tie = tuple[str, int | None]
"""Relation and row of the link from the evidence to an entity; see `Source`."""


@dataclass(frozen=True)
class Source:
    """What one unit of evidence says through an entity.

    Attributes:
        evidence: where the paths start.
        value: signed sum of its paths through the entity.
        relation_id: relation by which the evidence is linked to the entity; "" where behavior,
            not a link of the data, ties the two.
        triple_index: row of that link; None where there is none.
    """

    evidence: EvidenceUnit
    value: float
    relation_id: str
    triple_index: int | None


@dataclass(frozen=True)
class Interest:
    """One entity and what travels through it.

    Attributes:
        entity_index: the entity.
        value: signed sum of the path contributions through it, over the whole list.
        relation_ids: relations that lead from it to the items of the list, most said first.
        sources: the evidence behind it, strongest first; the values add up to `value`.
        items: items of the list that it speaks for or against: index and value, strongest first.
    """

    entity_index: int
    value: float
    relation_ids: tuple[str, ...]
    sources: tuple[Source, ...]
    items: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Portrait:
    """All interests, strongest first.

    Attributes:
        interests: a path through two entities counts for both.
        path_total: signed sum of all paths, those without an entity in the middle included.
        absolute_total: sum of the absolute values of all contributions of any modality.
        path_absolute: sum of the absolute values of all paths.
        n_paths: how many paths there are.
        n_items: length of the list.
    """

    interests: tuple[Interest, ...]
    path_total: float
    absolute_total: float
    path_absolute: float
    n_paths: int
    n_items: int


class _Sum:
    """Collects the paths through one entity."""

    def __init__(self) -> None:
        self.value = 0.0
        self.relations: dict[str, float] = defaultdict(float)
        self.items: dict[int, float] = defaultdict(float)
        self.sources: dict[tuple[EvidenceUnit, Tie], float] = defaultdict(float)

    def add(
        self, value: float, item_index: int, relation_id: str, unit: EvidenceUnit, tie: Tie
    ) -> None:
        self.value += value
        self.relations[relation_id] += abs(value)
        self.items[item_index] += value
        self.sources[unit, tie] += value

    def interest(self, entity_index: int) -> Interest:
        return Interest(
            entity_index,
            self.value,
            tuple(_by_size(self.relations)),
            tuple(
                Source(unit, self.sources[unit, tie], *tie) for unit, tie in _by_size(self.sources)
            ),
            tuple((item, self.items[item]) for item in _by_size(self.items)),
        )


def interest_portrait(explanations: Sequence[PairExplanation], names: Names) -> Portrait:
    """Sum the path contributions of a list by the entity that they travel through.

    An entity is on a path when it lies between the evidence and the item; a stated interest is
    itself one. Direct links between two items have no entity in the middle and are only in the
    totals.
    """
    sums: dict[int, _Sum] = defaultdict(_Sum)
    walks = [
        (pair.item_index, term, path)
        for pair in explanations
        for term in pair.contributions
        for path in term.paths
    ]
    for item_index, term, path in walks:
        relation_id, tie = names.hops(path)[-1].relation_id, _tie(term, path, names)
        for entity in _between(term, path):
            sums[entity].add(path.value, item_index, relation_id, term.evidence, tie)
    interests = [found.interest(entity) for entity, found in sums.items() if found.value]
    terms = [term for pair in explanations for term in pair.contributions]
    return Portrait(
        tuple(sorted(interests, key=lambda interest: -abs(interest.value))),
        sum(path.value for _, _, path in walks),
        sum(abs(term.value) for term in terms),
        sum(abs(path.value) for _, _, path in walks),
        len(walks),
        len(explanations),
    )


def _between(term: Contribution, path: PathContribution) -> tuple[int, ...]:
    """Entities of a path that are neither the past choice it starts from nor the item."""
    starts_at_item = starts_at_evidence(term, path) and term.evidence.kind == "item"
    return tuple(dict.fromkeys(path.entity_indices[1 if starts_at_item else 0 : -1]))


def _tie(term: Contribution, path: PathContribution, names: Names) -> Tie:
    """Relation and row of the link from the evidence; none where behavior or words tie them."""
    if not starts_at_evidence(term, path) or term.evidence.kind != "item":
        return "", None
    first = names.hops(path)[0]
    return first.relation_id, first.triple_index


def _by_size(sums: dict[Key, float]) -> list[Key]:
    return sorted(sums, key=lambda key: -abs(sums[key]))
