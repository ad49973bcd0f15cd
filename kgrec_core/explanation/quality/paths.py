"""Paths that explanations show: which one a list would show, and whether it is really there.

EXPLANATION_METRICS.md, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import GraphKind, graph_kind
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import (
    EvidenceUnit,
    PairExplanation,
    PathContribution,
    UserEvidence,
)

__all__ = ["ShownPath", "all_paths", "path_fault", "shown_path"]


@dataclass(frozen=True)
class ShownPath:
    """One path of one explained pair.

    Attributes:
        item_index: the recommended item.
        evidence: unit that it speaks for.
        path: entities, triples and value.
        kind: "direct" (one link), "shared" (an entity in the middle) or "carried": behavior, not
            a triple, ties its start to the evidence, as for items that nobody touched.
        type: relations in walking order with their directions; what diversity counts.
    """

    item_index: int
    evidence: EvidenceUnit
    path: PathContribution
    kind: GraphKind
    type: str

    @property
    def shared_entity(self) -> int | None:
        """The entity that evidence and item share; None for a direct link."""
        return None if self.kind == "direct" else self.path.entity_indices[-2]

    @property
    def linking_item(self) -> int | None:
        """The item of the history that the path starts from; None for other evidence."""
        starts_there = self.kind != "carried" and self.evidence.kind == "item"
        return self.evidence.index if starts_there else None


def all_paths(explanation: PairExplanation, names: Names) -> Iterator[ShownPath]:
    """Every path of an explanation."""
    for term in explanation.contributions:
        for path in term.paths:
            kind = graph_kind(term, path)
            steps = [f"{'' if hop.forward else '^'}{hop.relation_id}" for hop in names.hops(path)]
            type_ = "/".join([*(["behavior"] if kind == "carried" else []), *steps])
            yield ShownPath(explanation.item_index, term.evidence, path, kind, type_)


def shown_path(explanation: PairExplanation, names: Names) -> ShownPath | None:
    """The path that speaks most for the item; None when no path speaks for it."""
    speaking = [shown for shown in all_paths(explanation, names) if shown.path.value > 0]
    return max(speaking, key=lambda shown: shown.path.value, default=None)


def path_fault(
    shown: ShownPath, graph: KnowledgeGraph, user: UserEvidence, held_out: frozenset[int]
) -> str | None:
    """What is wrong with a path; None when every hop is a triple and nothing held out is used.

    Args:
        shown: the path.
        graph: the training graph: without what only held-out interactions state.
        user: the evidence that the model was given.
        held_out: items of the user's test part.
    """
    return _fault_of_hops(shown, graph) or _fault_of_start(shown, graph, user, held_out)


def _fault_of_hops(shown: ShownPath, graph: KnowledgeGraph) -> str | None:
    entities, triples = shown.path.entity_indices, shown.path.triple_indices
    if not triples or len(entities) != len(triples) + 1:
        return "the path has no triple for one of its hops"
    if entities[-1] != shown.item_index:
        return "the path does not end at the item"
    for start, stop, triple in zip(entities, entities[1:], triples, strict=False):
        if not 0 <= triple < graph.n_triples:
            return "a triple is not in the training graph"
        head, _, tail = graph.triples[triple].tolist()
        if {head, tail} != {start, stop}:
            return "a triple links other entities than the path says"
    return None


def _fault_of_start(
    shown: ShownPath, graph: KnowledgeGraph, user: UserEvidence, held_out: frozenset[int]
) -> str | None:
    unit, start = shown.evidence, shown.path.entity_indices[0]
    known = {
        "item": user.item_indices,
        "entity": user.entity_indices,
        "friend": user.friend_indices,
        "attribute": user.attribute_indices,
    }.get(unit.kind)
    if known is not None and unit.index not in known:
        return "the evidence is not known about the user"
    if unit.kind == "item" and unit.index in held_out:
        return "the evidence is a held-out interaction"
    if shown.kind == "carried" and start < graph.n_items:
        return "a carried path starts at an item"
    return None
