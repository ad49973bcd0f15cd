"""The part of the graph around one entity, small enough to draw: the strongest entities first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.graph.links import Links, Strengths

__all__ = ["Neighborhood", "neighborhood"]

NOT_REACHED = -1


@dataclass(frozen=True)
class Neighborhood:
    """Entities within some hops of a center.

    Attributes:
        entity_indices: int64 (n,), the center first, then the strongest first.
        n_hops: int64 (n,), fewest hops from the center, 0 for the center.
        strengths: float64 (n,), of the strongest path from the center (see `Links`), 1 for the
            center itself.
        n_total: entities within reach, the center included; larger than n when it was capped.
    """

    entity_indices: IndexArray
    n_hops: IndexArray
    strengths: Strengths
    n_total: int


def neighborhood(
    links: Links,
    center: int,
    *,
    n_hops: int = 1,
    max_entities: int = 150,
    relations: Collection[int] | None = None,
) -> Neighborhood:
    """Entities within `n_hops` of one entity, along triples in both directions.

    With more than `max_entities` the strongest stay. A path is never stronger than its beginning,
    so whatever stays is still connected to the center.

    Args:
        links: of the graph.
        center: where it starts.
        n_hops: how far it may reach.
        max_entities: most entities, the center included.
        relations: only along these; None for all. Strengths stay those of the whole graph.

    Raises:
        ConfigError: `n_hops` or `max_entities` is below 1.
        UnknownIdError: there is no entity at `center`.
    """
    for name, value in (("n_hops", n_hops), ("max_entities", max_entities)):
        if value < 1:
            raise ConfigError(f"'{name}' must be 1 or larger in 'neighborhood' (got {value}).")
    links.of(center)
    hops, strengths = _reach(links, center, n_hops, relations)
    reached = np.flatnonzero(hops != NOT_REACHED)
    order = np.lexsort((reached, hops[reached], -strengths[reached], hops[reached] > 0))
    chosen = reached[order][:max_entities]
    return Neighborhood(chosen, hops[chosen], strengths[chosen], int(reached.size))


def _reach(
    links: Links, center: int, n_hops: int, relations: Collection[int] | None
) -> tuple[IndexArray, Strengths]:
    """Hops and strength of each entity, (n_entities,) each."""
    hops = np.full(links.n_entities, NOT_REACHED, dtype=np.int64)
    strengths = np.zeros(links.n_entities, dtype=np.float64)
    hops[center], strengths[center] = 0, 1.0
    allowed = links.allowed(relations)
    border = np.array([center], dtype=np.int64)
    for hop in range(1, n_hops + 1):
        own = links.of_all(border)
        starts = np.repeat(border, links.first[border + 1] - links.first[border])
        starts, own = starts[allowed[own]], own[allowed[own]]
        ends, before = links.ends[own], strengths.copy()
        np.maximum.at(strengths, ends, before[starts] * links.strengths[own])
        hops[ends[hops[ends] == NOT_REACHED]] = hop
        # An entity that became stronger passes that on, also when it had been met before.
        border = np.flatnonzero(strengths > before)
    return hops, strengths
