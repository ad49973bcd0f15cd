"""Walking through a graph: a neighborhood that grows where it is expanded, and shrinks again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.links import Links, Strengths
from kgrec_core.graph.neighborhood import neighborhood

__all__ = ["MAX_SHOWN", "Expansion", "Exploration", "Explored", "Step", "explore"]

MAX_SHOWN = 2000
"""More entities would be neither readable nor quick to draw."""
EXPANSION_SIZE = 25
"""Neighbors that one expansion adds at most; expanding again adds as many again."""


@dataclass(frozen=True)
class Step:
    """One entity was expanded (`is_open`) or collapsed."""

    entity_index: int
    is_open: bool = True


@dataclass(frozen=True)
class Exploration:
    """What was asked for: a start and the steps since.

    Attributes:
        center: entity index where it starts.
        n_hops: reach of the start.
        max_entities: most entities of the start.
        relations: only along these relations; None for all.
        steps: expansions and collapses, the oldest first.
    """

    center: int
    n_hops: int = 1
    max_entities: int = 60
    relations: tuple[int, ...] | None = None
    steps: tuple[Step, ...] = ()

    def after(self, step: Step) -> Exploration:
        """The same with one more step."""
        return replace(self, steps=(*self.steps, step))

    def opened(self) -> Counter[int]:
        """How often each entity is expanded, oldest first; collapsing undoes all of it."""
        counts: Counter[int] = Counter()
        for step in self.steps:
            if step.is_open:
                counts[step.entity_index] += 1
            else:
                counts.pop(step.entity_index, None)
        return counts


@dataclass(frozen=True)
class Expansion:
    """What an expanded entity shows.

    Attributes:
        entity_index: which entity.
        n_shown: its neighbors that are shown, whoever brought them.
        n_total: all its neighbors along the chosen relations.
    """

    entity_index: int
    n_shown: int
    n_total: int


@dataclass(frozen=True)
class Explored:
    """The entities and triples of an exploration.

    Attributes:
        entity_indices: int64 (n,), the center first, then as they came.
        n_hops: int64 (n,), hops from the center along the way they came.
        strengths: float64 (n,), strength of that way (see `Links`).
        brought_by: int64 (n,), the center, or the expanded entity that brought it.
        triple_indices: int64 (m,), triples with both ends among the entities, ascending.
        n_total: entities within reach of the start, without the expansions.
        n_start: how many of them are shown.
        expansions: one per expanded entity that is shown.
        is_full: expansions were cut because `MAX_SHOWN` entities are shown.
    """

    entity_indices: IndexArray
    n_hops: IndexArray
    strengths: Strengths
    brought_by: IndexArray
    triple_indices: IndexArray
    n_total: int
    n_start: int
    expansions: tuple[Expansion, ...]
    is_full: bool


@dataclass
class _Shown:
    """Collects entities in the order in which they come."""

    hops: dict[int, int] = field(default_factory=dict)
    strengths: dict[int, float] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    is_full: bool = False

    def add(self, entity: int, owner: int, hops: int, strength: float) -> None:
        if entity in self.hops:
            return
        if len(self.hops) >= MAX_SHOWN:
            self.is_full = True
            return
        self.hops[entity], self.strengths[entity], self.owners[entity] = hops, strength, owner


def explore(links: Links, asked: Exploration) -> Explored:
    """What an exploration shows.

    Raises:
        ConfigError: hops or entities of the start are below 1.
        UnknownIdError: the center or an expanded entity is not in the graph.
    """
    start = neighborhood(
        links,
        asked.center,
        n_hops=asked.n_hops,
        max_entities=min(asked.max_entities, MAX_SHOWN),
        relations=asked.relations,
    )
    shown = _Shown()
    found = zip(start.entity_indices, start.n_hops, start.strengths, strict=True)
    for entity, hops, strength in found:
        shown.add(int(entity), asked.center, int(hops), float(strength))
    opened = asked.opened()
    for entity in opened:
        links.of(entity)
    totals: dict[int, int] = {}
    while ready := [e for e in opened if e in shown.hops and e not in totals]:
        for entity in ready:  # what it brings may be expanded too
            limit = opened[entity] * EXPANSION_SIZE
            totals[entity] = _expand(links, entity, limit, asked.relations, shown)
    entities = np.array(list(shown.hops), dtype=np.int64)
    return Explored(
        entity_indices=entities,
        n_hops=np.array(list(shown.hops.values()), dtype=np.int64),
        strengths=np.array(list(shown.strengths.values()), dtype=np.float64),
        brought_by=np.array(list(shown.owners.values()), dtype=np.int64),
        triple_indices=_triples_among(links, entities, asked.relations),
        n_total=start.n_total,
        n_start=int(start.entity_indices.size),
        expansions=tuple(
            Expansion(e, _neighbors_in(links, e, asked.relations, shown), n)
            for e, n in totals.items()
        ),
        is_full=shown.is_full,
    )


def _expand(
    links: Links, entity: int, limit: int, relations: Collection[int] | None, shown: _Shown
) -> int:
    """Add the strongest neighbors that are not there yet; returns how many neighbors there are."""
    around = neighborhood(links, entity, max_entities=links.n_entities, relations=relations)
    hops, strength = shown.hops[entity] + 1, shown.strengths[entity]
    found = zip(around.entity_indices[1:].tolist(), around.strengths[1:].tolist(), strict=True)
    fresh = [(other, own) for other, own in found if other not in shown.hops]
    for other, own in fresh[:limit]:
        shown.add(other, entity, hops, strength * own)
    return around.n_total - 1


def _neighbors_in(
    links: Links, entity: int, relations: Collection[int] | None, shown: _Shown
) -> int:
    around = neighborhood(links, entity, max_entities=links.n_entities, relations=relations)
    return sum(other in shown.hops for other in around.entity_indices[1:].tolist())


def _triples_among(
    links: Links, entities: IndexArray, relations: Collection[int] | None
) -> IndexArray:
    is_shown = np.zeros(links.n_entities, dtype=np.bool_)
    is_shown[entities] = True
    own = links.of_all(entities)
    kept = own[is_shown[links.ends[own]]]
    if relations is not None:
        kept = kept[np.isin(links.relations[kept], sorted(relations))]
    return np.unique(links.triples[kept])
