"""Paths between two entities of the graph, shortest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.neighborhood import require_entity

__all__ = ["GraphPath", "find_paths"]

MAX_STEPS = 200_000
"""Hops tried per path length; among hubs a search without bound could take hours."""


@dataclass(frozen=True)
class GraphPath:
    """One way through the graph; triples may be read in either direction.

    Attributes:
        entity_indices: from source to target, n_hops + 1 entries, none twice.
        triple_indices: the triple behind each hop, n_hops entries.
    """

    entity_indices: tuple[int, ...]
    triple_indices: tuple[int, ...]


def find_paths(
    graph: KnowledgeGraph, source: int, target: int, *, max_hops: int = 3, max_paths: int = 50
) -> list[GraphPath]:
    """Paths from `source` to `target`, short ones first and through specific entities first.

    Two triples between the same entities make two paths. The search tries at most 200,000 hops
    per length, so in a dense graph long paths may be missing; the order is always the same.

    Returns:
        At most `max_paths` paths; none when the two are one entity or nothing connects them.

    Raises:
        ConfigError: `max_hops` or `max_paths` is below 1.
        UnknownIdError: there is no entity at `source` or `target`.
    """
    require_entity(graph, source)
    require_entity(graph, target)
    for name, value in (("max_hops", max_hops), ("max_paths", max_paths)):
        if value < 1:
            raise ConfigError(f"'{name}' must be 1 or larger in 'find_paths' (got {value}).")
    if source == target:
        return []
    search = _PathSearch(graph, target, max_hops)
    paths: list[GraphPath] = []
    for n_hops in range(1, max_hops + 1):
        for path in search.paths(source, n_hops):
            paths.append(path)
            if len(paths) == max_paths:
                return paths
    return paths


class _PathSearch:
    """Depth-first search that only enters entities from which the target can still be met."""

    def __init__(self, graph: KnowledgeGraph, target: int, max_hops: int) -> None:
        self._target = target
        self._graph = graph
        self._reaches = _exact_reach(graph, target, max_hops)
        heads, tails = graph.triples[:, 0], graph.triples[:, 2]
        starts = np.concatenate([heads, tails])
        ends = np.concatenate([tails, heads])
        triples = np.tile(np.arange(graph.n_triples), 2)
        # Neighbors with few triples come first: they make the more telling paths.
        order = np.lexsort((triples, ends, graph.degrees[ends], starts))
        self._ends, self._triples = ends[order], triples[order]
        self._first: IndexArray = np.searchsorted(starts[order], np.arange(graph.n_entities + 1))

    def paths(self, source: int, n_hops: int) -> Iterator[GraphPath]:
        """All paths of exactly `n_hops`, in a fixed order."""
        if not self._reaches[n_hops][source]:
            return
        entities, triples = [source], list[int]()
        pending = [self._steps(source, n_hops - 1)]
        for _ in range(MAX_STEPS):
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                if not pending:
                    return
                entities.pop()
                triples.pop()
                continue
            end, triple = step
            if end in entities:
                continue
            if len(entities) == n_hops:
                yield GraphPath((*entities, end), (*triples, triple))
                continue
            entities.append(end)
            triples.append(triple)
            pending.append(self._steps(end, n_hops - len(entities)))

    def _steps(self, entity: int, n_left: int) -> Iterator[tuple[int, int]]:
        """Neighbors from which the target is exactly `n_left` hops away."""
        part = slice(self._first[entity], self._first[entity + 1])
        ends, triples = self._ends[part], self._triples[part]
        useful = self._reaches[n_left][ends]
        return zip(ends[useful].tolist(), triples[useful].tolist(), strict=True)


def _exact_reach(graph: KnowledgeGraph, target: int, max_hops: int) -> list[BoolArray]:
    """Entry h: entities with a walk of exactly h hops to the target, bool (n_entities,)."""
    heads, tails = graph.triples[:, 0], graph.triples[:, 2]
    reach = np.zeros(graph.n_entities, dtype=np.bool_)
    reach[target] = True
    reaches = [reach]
    for _ in range(max_hops):
        following = np.zeros(graph.n_entities, dtype=np.bool_)
        following[heads[reaches[-1][tails]]] = True
        following[tails[reaches[-1][heads]]] = True
        reaches.append(following)
    return reaches
