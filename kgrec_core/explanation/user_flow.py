"""What the scores of one user's list carry through the graph: per entity, per triple, in total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kgrec_core.contracts import IndexArray
from kgrec_core.recommender.contract import PairExplanation, PathContribution

__all__ = ["Carried", "UserFlow", "on_graph", "user_flow"]


@dataclass(frozen=True)
class Carried:
    """What paths through one entity or triple carry.

    Attributes:
        value: sum of the paths, signed parts of the scores.
        strength: sum of their sizes; larger than |value| where paths speak against each other.
        n_paths: how many paths.
        item_indices: recommended items that they speak about, ascending.
    """

    value: float
    strength: float
    n_paths: int
    item_indices: tuple[int, ...]


@dataclass(frozen=True)
class UserFlow:
    """The graph part of all scores of one list.

    The scores of the list, the biases and the parts of all modalities are sums over the items:
    `score` = `bias` + sum of `by_modality`. Each path belongs to exactly one item, so the paths add
    up to `by_modality["graph"]`; an entity or a triple counts all paths that go through it.

    Attributes:
        item_indices: the list, best first.
        score: sum of the scores of the list.
        bias: sum of the biases.
        by_modality: sum of the contributions of each modality.
        entities: what each entity carries, by entity index; both ends of paths included.
        triples: what each triple carries, by row of `KnowledgeGraph.triples`.
        starts: entities that paths begin at.
        path_total: sum of all paths.
        paths: (item, path) of all paths, the strongest first.
    """

    item_indices: tuple[int, ...]
    score: float
    bias: float
    by_modality: dict[str, float]
    entities: dict[int, Carried]
    triples: dict[int, Carried]
    starts: frozenset[int]
    path_total: float
    paths: tuple[tuple[int, PathContribution], ...]


class _Sum:
    """Collects the paths through one entity or triple."""

    def __init__(self) -> None:
        self.value = self.strength = 0.0
        self.n_paths = 0
        self.items: set[int] = set()

    def add(self, value: float, item_index: int) -> None:
        self.value += value
        self.strength += abs(value)
        self.n_paths += 1
        self.items.add(item_index)

    def carried(self) -> Carried:
        return Carried(self.value, self.strength, self.n_paths, tuple(sorted(self.items)))


def user_flow(explanations: Sequence[PairExplanation]) -> UserFlow:
    """Add up the explanations of one user's list, best item first."""
    entities: dict[int, _Sum] = defaultdict(_Sum)
    triples: dict[int, _Sum] = defaultdict(_Sum)
    by_modality: dict[str, float] = defaultdict(float)
    paths: list[tuple[int, PathContribution]] = []
    for pair in explanations:
        for term in pair.contributions:
            by_modality[term.modality] += term.value
            paths += [(pair.item_index, path) for path in term.paths]
    for item, path in paths:
        for index in set(path.entity_indices):
            entities[index].add(path.value, item)
        for triple in set(path.triple_indices):
            triples[triple].add(path.value, item)
    return UserFlow(
        item_indices=tuple(pair.item_index for pair in explanations),
        score=sum(pair.score for pair in explanations),
        bias=sum(pair.bias for pair in explanations),
        by_modality=dict(by_modality),
        entities={index: found.carried() for index, found in entities.items()},
        triples={index: found.carried() for index, found in triples.items()},
        starts=frozenset(path.entity_indices[0] for _, path in paths),
        path_total=sum(path.value for _, path in paths),
        paths=tuple(sorted(paths, key=lambda found: -abs(found[1].value))),
    )


def on_graph(flow: UserFlow, rows: IndexArray) -> UserFlow:
    """The same flow with the triples of another graph over the same entities.

    Args:
        flow: with triples of the graph that the model was given.
        rows: row of each of these triples in the other graph, int64 (n_triples,).
    """
    return replace(
        flow,
        triples={int(rows[triple]): carried for triple, carried in flow.triples.items()},
        paths=tuple(
            (item, replace(path, triple_indices=tuple(int(rows[t]) for t in path.triple_indices)))
            for item, path in flow.paths
        ),
    )
