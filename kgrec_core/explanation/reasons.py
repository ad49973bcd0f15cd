"""Reasons: contributions regrouped the way people think, still adding up to the score.

All graph paths through one entity by one relation are one reason ("directed by Varda"), whoever of
the history they start from; behavior and text stay one reason per unit of evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.wording import (
    carried_sentence,
    direct_sentence,
    plain_sentence,
    plain_words,
    shared_sentence,
)
from kgrec_core.recommender.contract import (
    Contribution,
    Modality,
    PairExplanation,
    PathContribution,
)
from kgrec_core.words import shortened_pair

__all__ = [
    "AXIS_LETTERS",
    "GraphKind",
    "Reason",
    "Sentence",
    "graph_kind",
    "main_reasons",
    "reasons",
    "sentences",
    "starts_at_evidence",
]

GraphKind = Literal["direct", "shared", "carried"]
"""How a path reaches the item: in one link from the evidence, through an entity that both share,
or from an entity that behavior, not a link, ties to the evidence."""

AXIS_LETTERS = 34
"""Letters of a label beside the bars of a chart."""
NOTHING_SAID = "nothing speaks for it"
"""In place of a main reason where neither what is known nor popularity speaks for an item."""
NAMED_SHARE = 0.2
"""Part of the largest reason below which another one is not named beside it in a list."""
GLANCE_LETTERS = 60
"""Letters of a link that is named as the main reason in a list."""


@dataclass(frozen=True)
class Reason:
    """One regrouped part of a score.

    Attributes:
        modality: which view speaks.
        label: what people would call it ("directed by Agnès Varda").
        value: sum of its terms; all reasons and the bias add up to the score.
        positions: contributions it draws from, positions in `PairExplanation.contributions`.
        evidence_labels: units of evidence behind it, strongest first.
        text: one sentence about the item, which it calls "it".
        short: the same in a few words, for a list ("chosen with Cleo from 5 to 7").
        parts: what each of `positions` brings to it; they add up to `value`.
        axis: the label cut for the axis of a chart, so that of a link both relation and entity
            can be read; "" where any cut will do.
    """

    modality: Modality
    label: str
    value: float
    positions: tuple[int, ...]
    evidence_labels: tuple[str, ...]
    text: str
    short: str
    parts: tuple[float, ...] = ()
    axis: str = ""


@dataclass(frozen=True)
class Sentence:
    """A template sentence and the contributions that it states."""

    text: str
    positions: tuple[int, ...]


@dataclass(frozen=True)
class _Draft:
    """A reason before it is put into words.

    Attributes:
        modality: which view speaks.
        label: what people would call it.
        value: sum of its parts.
        parts: what each contribution brings, by its position.
        kind: how the paths reach the item; None for behavior and texts.
        link: relation and entity in words; empty for behavior and texts.
    """

    modality: Modality
    label: str
    value: float
    parts: dict[int, float]
    kind: GraphKind | None = None
    link: tuple[str, str] = ("", "")


def reasons(explanation: PairExplanation, names: Names, *, most: int | None = None) -> list[Reason]:
    """The reasons of a pair, strongest first; all values and the bias add up to the score.

    Args:
        explanation: of the pair.
        names: looks up labels.
        most: only the strongest so many are put into words; None for all.
    """
    drafts = _graph_drafts(explanation, names)
    for position, term in enumerate(explanation.contributions):
        if term.modality != "graph":
            label = names.evidence_label(term.evidence)
            drafts.append(_Draft(term.modality, label, term.value, {position: term.value}))
    drafts.sort(key=lambda draft: -abs(draft.value))
    return [_worded(draft, explanation, names) for draft in drafts[:most]]


def sentences(
    explanation: PairExplanation, names: Names, *, max_sentences: int = 3
) -> list[Sentence]:
    """The strongest reasons in words; one sentence says so when there is none."""
    told = reasons(explanation, names, most=max_sentences)
    if not told:
        item = names.item(explanation.item_index)
        text = f"Nothing known about this user speaks for or against {item}; only its popularity."
        return [Sentence(text, ())]
    return [Sentence(reason.text, reason.positions) for reason in told]


def main_reasons(explanations: Sequence[PairExplanation], names: Names) -> list[str]:
    """For each item of one list its largest positive reason, in a few words.

    Where that one speaks for more than a quarter of the list, the largest reason that does not is
    named after it, if it is not far smaller: what speaks for half of the list alike sets none of
    its items apart.
    """
    told = [[r for r in reasons(pair, names) if r.value > 0] for pair in explanations]
    counts = Counter((r.modality, r.label) for found in told for r in found)
    most = max(1, len(told) // 4)
    return [
        _at_a_glance(found, counts, most) or ("popular" if pair.bias else NOTHING_SAID)
        for pair, found in zip(explanations, told, strict=True)
    ]


def _at_a_glance(found: list[Reason], counts: Counter[tuple[Modality, str]], most: int) -> str:
    """The strongest reason, and one that sets the item apart; "" when there is none."""
    if not found:
        return ""
    least = NAMED_SHARE * found[0].value
    rare = [r for r in found if counts[r.modality, r.label] <= most and r.value >= least]
    named = [found[0], *(reason for reason in rare[:1] if reason is not found[0])]
    return "; ".join(reason.short for reason in named)


def _graph_drafts(explanation: PairExplanation, names: Names) -> list[_Draft]:
    """One per (relation, entity in the middle, kind); direct links go by their source."""
    told = [
        (position, term, path)
        for position, term in enumerate(explanation.contributions)
        for path in term.paths
    ]
    relations = names.last_relations([path for _, _, path in told])
    found: dict[tuple[str, int, GraphKind], dict[int, float]] = {}
    for relation, (position, term, path) in zip(relations, told, strict=True):
        key = (relation, path.entity_indices[-2], graph_kind(term, path))
        parts = found.setdefault(key, {})
        parts[position] = parts.get(position, 0.0) + path.value
    return [
        _link_draft((names.relation(relation), names.entity(entity)), parts, kind)
        for (relation, entity, kind), parts in found.items()
    ]


def _link_draft(link: tuple[str, str], parts: dict[int, float], kind: GraphKind) -> _Draft:
    return _Draft("graph", " ".join(link), sum(parts.values()), parts, kind, link)


def _worded(draft: _Draft, explanation: PairExplanation, names: Names) -> Reason:
    positions = tuple(sorted(draft.parts, key=lambda position: -abs(draft.parts[position])))
    terms = [explanation.contributions[position] for position in positions]
    evidence = tuple([names.evidence_label(term.evidence) for term in terms])
    label, axis = draft.label, ""
    if draft.kind is None:
        text, short = plain_sentence(terms[0], label), plain_words(terms[0], label)
    else:
        text = _graph_sentence(draft.kind, terms, names, label, draft.value)
        short = shortened_pair(*draft.link, GLANCE_LETTERS)
        axis = shortened_pair(*draft.link, AXIS_LETTERS)
    parts = tuple([draft.parts[position] for position in positions])
    return Reason(draft.modality, label, draft.value, positions, evidence, text, short, parts, axis)


def graph_kind(term: Contribution, path: PathContribution) -> GraphKind:
    """How a path of a contribution reaches the item."""
    if not starts_at_evidence(term, path):
        return "carried"
    is_direct = len(path.triple_indices) == 1 and term.evidence.kind == "item"
    return "direct" if is_direct else "shared"


def starts_at_evidence(term: Contribution, path: PathContribution) -> bool:
    """False where behavior, not a triple, ties the start of the path to the evidence."""
    unit = term.evidence
    return unit.kind in ("item", "entity") and path.entity_indices[0] == unit.index


def _graph_sentence(
    kind: GraphKind, terms: list[Contribution], names: Names, label: str, value: float
) -> str:
    if kind == "direct":
        return direct_sentence(label)
    told = [(term.evidence.kind, names.evidence_label(term.evidence)) for term in terms]
    if kind == "shared":
        return shared_sentence(label, told)
    return carried_sentence(label, told, is_for=value > 0)
