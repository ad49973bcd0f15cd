"""Explanations as plain JSON values: the contract of `kgrec explain --json`."""

from __future__ import annotations

from typing import Any

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import graph_kind
from kgrec_core.recommender.contract import Contribution, PairExplanation

__all__ = ["explanation_to_json"]


def explanation_to_json(
    explanation: PairExplanation, names: Names, *, user_id: str | None
) -> dict[str, Any]:
    """Score, bias, contributions and residual; values plus bias add up to the score.

    The "kind" of a path is "direct" (one link from the evidence), "shared" (through an entity that
    both are linked to, or that was stated) or "carried": then behavior, not a link, ties the
    evidence to the entity at which the path starts.
    """
    return {
        "user": user_id,
        "item": names.item_ids[explanation.item_index],
        "label": names.item(explanation.item_index),
        "score": explanation.score,
        "bias": explanation.bias,
        "contributions": [_contribution(term, names) for term in explanation.contributions],
        "residual": explanation.residual,
    }


def _contribution(term: Contribution, names: Names) -> dict[str, Any]:
    return {
        "modality": term.modality,
        "evidence": {
            "kind": term.evidence.kind,
            "id": names.evidence_id(term.evidence),
            "label": names.evidence_label(term.evidence),
        },
        "value": term.value,
        "attention": term.attention,
        "gate": term.gate,
        "kernel": term.kernel,
        "paths": [
            {
                "entities": [names.entity(index) for index in path.entity_indices],
                "relations": [hop.relation_id for hop in names.hops(path)],
                "value": path.value,
                "kind": graph_kind(term, path),
            }
            for path in term.paths
        ],
    }
