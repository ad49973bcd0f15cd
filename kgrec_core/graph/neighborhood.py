"""The part of the graph around one entity, small enough to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["Neighborhood", "neighborhood", "require_entity"]

NOT_REACHED = -1


@dataclass(frozen=True)
class Neighborhood:
    """Entities within some hops of a center, and all triples among them.

    Attributes:
        entity_indices: int64 (n,), the center first, then by hops, then the more specific
            (fewer triples) first.
        triple_indices: int64 (m,), triples with both ends among the entities, ascending.
        n_total: entities within reach, the center included; larger than n when it was capped.
        n_hops: int64 (n,), hops from the center to each entity, 0 for the center.
    """

    entity_indices: IndexArray
    triple_indices: IndexArray
    n_total: int
    n_hops: IndexArray


def neighborhood(
    graph: KnowledgeGraph, entity_index: int, *, n_hops: int = 1, max_entities: int = 150
) -> Neighborhood:
    """Entities within `n_hops` of one entity, along triples in both directions.

    With more than `max_entities` the near ones stay first and, at the same distance, those with
    few triples: they say more about the center than a genre that half the catalog shares. So
    every entity that stays is still connected to the center.

    Raises:
        ConfigError: `n_hops` or `max_entities` is below 1.
        UnknownIdError: there is no entity at `entity_index`.
    """
    require_entity(graph, entity_index)
    for name, value in (("n_hops", n_hops), ("max_entities", max_entities)):
        if value < 1:
            raise ConfigError(f"'{name}' must be 1 or larger in 'neighborhood' (got {value}).")
    heads, tails = graph.triples[:, 0], graph.triples[:, 2]
    hops = np.full(graph.n_entities, NOT_REACHED, dtype=np.int64)
    hops[entity_index] = 0
    for hop in range(1, n_hops + 1):
        border = hops == hop - 1
        near = np.concatenate([tails[border[heads]], heads[border[tails]]])
        hops[near[hops[near] == NOT_REACHED]] = hop
    reached = np.flatnonzero(hops != NOT_REACHED)
    # lexsort keeps the order of the index where hops and triples are equal.
    order = np.lexsort((graph.degrees[reached], hops[reached]))
    chosen = reached[order][:max_entities]
    is_chosen = np.zeros(graph.n_entities, dtype=np.bool_)
    is_chosen[chosen] = True
    return Neighborhood(
        entity_indices=chosen,
        triple_indices=np.flatnonzero(is_chosen[heads] & is_chosen[tails]),
        n_total=int(reached.size),
        n_hops=hops[chosen],
    )


def require_entity(graph: KnowledgeGraph, entity_index: int) -> None:
    """Refuse an index outside of the graph.

    Raises:
        UnknownIdError: there is no entity at `entity_index`.
    """
    if not 0 <= entity_index < graph.n_entities:
        raise UnknownIdError(
            f"There is no entity {entity_index}; the graph has {graph.n_entities} entities."
        )
