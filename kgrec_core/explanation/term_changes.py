"""Terms of a score that went away or came, in values that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kgrec_core.recommender.contract import Contribution, EvidenceUnit, Modality

__all__ = ["Term", "lost_terms", "merged_terms", "placeless", "terms_of"]

NOISE = 1e-9
"""Paths that stay are added up anew: differences of this share of the largest term are none."""


@dataclass(frozen=True)
class Term:
    """What one unit of evidence brings to a score in one modality."""

    modality: Modality
    evidence: EvidenceUnit
    value: float


def placeless(unit: EvidenceUnit) -> EvidenceUnit:
    """The unit, words by themselves: their place changes when others are taken out."""
    return replace(unit, index=0) if unit.kind == "text" else unit


def terms_of(terms: Sequence[Contribution], units: set[EvidenceUnit]) -> list[Term]:
    """Terms whose evidence is among some units, given without places."""
    return [
        Term(term.modality, term.evidence, term.value)
        for term in terms
        if placeless(term.evidence) in units
    ]


def lost_terms(whole: Sequence[Contribution], muted: Sequence[Contribution]) -> list[Term]:
    """What terms of the whole model lost by muting; nothing where they kept their value."""
    left = {(term.modality, term.evidence): term.value for term in muted}
    lost = [
        Term(t.modality, t.evidence, t.value - left.get((t.modality, t.evidence), 0.0))
        for t in whole
    ]
    largest = max((abs(term.value) for term in whole), default=0.0)
    return [term for term in lost if abs(term.value) > NOISE * largest]


def merged_terms(terms: Sequence[Term]) -> tuple[Term, ...]:
    """One term per modality and evidence, largest first."""
    totals: dict[tuple[Modality, EvidenceUnit], float] = {}
    for term in terms:
        key = (term.modality, term.evidence)
        totals[key] = totals.get(key, 0.0) + term.value
    found = [Term(modality, unit, value) for (modality, unit), value in totals.items()]
    return tuple(sorted(found, key=lambda term: -abs(term.value)))
