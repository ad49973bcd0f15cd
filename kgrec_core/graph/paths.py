"""Paths between two entities of the graph: the shortest or the strongest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.graph.links import Links, Strengths

__all__ = ["FoundPaths", "GraphPath", "find_paths", "hops_between"]

MAX_STEPS = 100_000
"""Beginnings of paths looked at; in a dense graph a search without bound could take hours."""
MAX_LINKS = 20_000_000
"""Links looked at while they are continued: a second or two at most, also between hubs."""


@dataclass(frozen=True)
class GraphPath:
    """One way through the graph; triples may be read in either direction.

    Attributes:
        entity_indices: from source to target, n_hops + 1 entries, none twice.
        triple_indices: the triple behind each hop, n_hops entries.
        strength: product of the strengths of its links (see `Links`), in ]0, 1].
    """

    entity_indices: tuple[int, ...]
    triple_indices: tuple[int, ...]
    strength: float


@dataclass(frozen=True)
class FoundPaths:
    """What a search found.

    Attributes:
        paths: in the order that was asked for.
        n_hops_tried: most hops that a path could have had.
        is_all: there are no other paths within these hops.
        is_cut: the search looked at as much as it may and gave up; what it found is still the
            beginning of the whole list.
    """

    paths: tuple[GraphPath, ...]
    n_hops_tried: int
    is_all: bool
    is_cut: bool


def find_paths(
    links: Links,
    source: int,
    target: int,
    *,
    max_hops: int = 3,
    max_paths: int = 20,
    shortest_first: bool = True,
) -> FoundPaths:
    """The best paths from `source` to `target`.

    A best-first search with an exact bound: what the strongest walk from each entity to the target
    can still bring (A*, Hart, Nilsson and Raphael 1968). So paths come out in their final order
    and the search ends with the last one wanted. Two triples between the same entities make two
    paths. The order is always the same.

    Args:
        links: of the graph.
        source: where paths begin.
        target: where they end.
        max_hops: most hops of a path.
        max_paths: most paths.
        shortest_first: by hops, then by strength; else by strength alone.

    Raises:
        ConfigError: `max_hops` or `max_paths` is below 1.
        UnknownIdError: there is no entity at `source` or `target`.
    """
    links.of(source), links.of(target)
    for name, value in (("max_hops", max_hops), ("max_paths", max_paths)):
        if value < 1:
            raise ConfigError(f"'{name}' must be 1 or larger in 'find_paths' (got {value}).")
    if source == target:
        return FoundPaths((), max_hops, is_all=True, is_cut=False)
    search = _Search(links, target, _bounds(links, target, max_hops))
    lengths = range(1, max_hops + 1)
    rounds = [[length] for length in lengths] if shortest_first else [list(lengths)]
    found: list[GraphPath] = []
    for together in rounds:
        for path in search.paths(source, together):
            if len(found) == max_paths:
                return FoundPaths(tuple(found), max_hops, is_all=False, is_cut=False)
            found.append(path)
    return FoundPaths(tuple(found), max_hops, is_all=not search.is_cut, is_cut=search.is_cut)


def hops_between(links: Links, source: int, target: int) -> int | None:
    """Fewest hops between two entities; None when nothing connects them.

    Raises:
        UnknownIdError: there is no entity at `source` or `target`.
    """
    links.of(source), links.of(target)
    is_met = np.zeros(links.n_entities, dtype=np.bool_)
    is_met[source] = True
    border, n_hops = np.array([source], dtype=np.int64), 0
    while border.size:
        if is_met[target]:
            return n_hops
        near = np.unique(links.ends[links.of_all(border)])
        border = near[~is_met[near]]
        is_met[border] = True
        n_hops += 1
    return None


@dataclass(frozen=True)
class _Branch:
    """The beginning of a path and all ways to go on, the most promising first."""

    entities: tuple[int, ...]
    triples: tuple[int, ...]
    ends: IndexArray
    next_triples: IndexArray
    strengths: Strengths
    promises: Strengths
    n_left: int


class _Search:
    """Best-first search; the sum of all calls of `paths` is bounded."""

    def __init__(self, links: Links, target: int, bounds: list[Strengths]) -> None:
        self._links, self._target, self._bounds = links, target, bounds
        self._n_steps = self._n_links = 0
        self._n_branches = 0
        self.is_cut = False

    def paths(self, source: int, lengths: list[int]) -> Iterator[GraphPath]:
        """All paths with one of these numbers of hops, the strongest first."""
        heap: list[tuple[float, int, int, _Branch]] = []
        for length in lengths:
            self._push(heap, self._branch((source,), (), 1.0, length - 1), 0)
        while heap and not self.is_cut:
            _, _, place, branch = heapq.heappop(heap)
            self._push(heap, branch, place + 1)
            end, triple = int(branch.ends[place]), int(branch.next_triples[place])
            entities, triples = (*branch.entities, end), (*branch.triples, triple)
            strength = float(branch.strengths[place])
            if branch.n_left == 0:
                yield GraphPath(entities, triples, strength)
            elif end != self._target:
                following = self._branch(entities, triples, strength, branch.n_left - 1)
                self._push(heap, following, 0)
            self._n_steps += 1
            self.is_cut = self._n_steps >= MAX_STEPS or self._n_links >= MAX_LINKS

    def _push(
        self, heap: list[tuple[float, int, int, _Branch]], branch: _Branch, place: int
    ) -> None:
        if place < branch.ends.size:
            self._n_branches += 1  # at equal strength the older beginning goes first
            heapq.heappush(heap, (-float(branch.promises[place]), self._n_branches, place, branch))

    def _branch(
        self, entities: tuple[int, ...], triples: tuple[int, ...], strength: float, n_left: int
    ) -> _Branch:
        own = self._links.of(entities[-1])
        self._n_links += own.stop - own.start
        ends, next_triples = self._links.ends[own], self._links.triples[own]
        reached = strength * self._links.strengths[own]
        promises = reached * self._bounds[n_left][ends]
        useful = np.flatnonzero((promises > 0) & ~np.isin(ends, entities))
        order = useful[np.lexsort((next_triples[useful], -promises[useful]))]
        return _Branch(
            entities,
            triples,
            ends[order],
            next_triples[order],
            reached[order],
            promises[order],
            n_left,
        )


def _bounds(links: Links, target: int, max_hops: int) -> list[Strengths]:
    """Entry h: strength of the strongest walk of exactly h hops to the target, (n_entities,)."""
    bound = np.zeros(links.n_entities, dtype=np.float64)
    bound[target] = 1.0
    bounds = [bound]
    linked = np.flatnonzero(np.diff(links.first))
    for _ in range(max_hops - 1):
        following = np.zeros(links.n_entities, dtype=np.float64)
        if linked.size:
            values = links.strengths * bounds[-1][links.ends]
            following[linked] = np.maximum.reduceat(values, links.first[linked])
        bounds.append(following)
    return bounds
