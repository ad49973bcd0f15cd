"""All links of each entity side by side, read in both directions, with the strength of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.errors import UnknownIdError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["Links", "Strengths", "links_of"]

Strengths = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Links:
    """The triples of a graph by entity; each stands twice, once per end, loops not at all.

    The strength of a link is 1 / sqrt(triples of its one end * triples of its other end), the
    entry of the symmetrically normalized adjacency matrix (Kipf and Welling 2017, equation 2,
    without loops). It is 1 for two entities that know only each other, and small at hubs. Along a
    path strengths multiply, so a path is never stronger than its beginning.

    Attributes:
        first: int64 (n_entities + 1,); the links of entity e are first[e] to first[e + 1].
        ends: the other end, int64 (2 * n_triples,) without loops.
        triples: row of `KnowledgeGraph.triples`, same length.
        relations: relation of that triple, same length.
        strengths: float64, same length, in ]0, 1].
    """

    first: IndexArray
    ends: IndexArray
    triples: IndexArray
    relations: IndexArray
    strengths: Strengths

    @property
    def n_entities(self) -> int:
        """Entities, those without a link included."""
        return int(self.first.size - 1)

    def of(self, entity_index: int) -> slice:
        """Where the links of an entity stand.

        Raises:
            UnknownIdError: there is no entity at `entity_index`.
        """
        if not 0 <= entity_index < self.n_entities:
            raise UnknownIdError(
                f"There is no entity {entity_index}; the graph has {self.n_entities} entities."
            )
        return slice(int(self.first[entity_index]), int(self.first[entity_index + 1]))

    def of_all(self, entities: IndexArray) -> IndexArray:
        """Positions of all links of some entities, int64 (n,), entity by entity."""
        counts = self.first[entities + 1] - self.first[entities]
        skipped = np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(self.first[entities], counts) + np.arange(counts.sum()) - skipped
        return np.asarray(places, dtype=np.int64)

    def allowed(self, relations: Collection[int] | None) -> BoolArray:
        """Which links have one of these relations, bool; all of them for None."""
        if relations is None:
            return np.ones(self.ends.size, dtype=np.bool_)
        return np.isin(self.relations, np.array(sorted(relations), dtype=np.int64))


def links_of(graph: KnowledgeGraph) -> Links:
    """Sort the triples of a graph by both ends; takes about a second per million triples."""
    heads, tails = graph.triples[:, 0], graph.triples[:, 2]
    rows = np.flatnonzero(heads != tails)
    starts = np.concatenate([heads[rows], tails[rows]])
    ends = np.concatenate([tails[rows], heads[rows]])
    triples = np.concatenate([rows, rows])
    order = np.lexsort((triples, ends, starts))
    starts, ends, triples = starts[order], ends[order], triples[order]
    degrees = graph.degrees.astype(np.float64)
    return Links(
        first=np.searchsorted(starts, np.arange(graph.n_entities + 1)).astype(np.int64),
        ends=ends,
        triples=triples,
        relations=graph.triples[triples, 1],
        strengths=1.0 / np.sqrt(degrees[starts] * degrees[ends]),
    )
