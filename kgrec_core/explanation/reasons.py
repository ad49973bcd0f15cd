"""Reasons: contributions regrouped the way people think, still adding up to the score.

All graph paths through one entity by one relation are one reason ("directed by Varda"), whoever of
the history they start from; behavior and text stay one reason per unit of evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.recommender.contract import Contribution, Modality, PairExplanation

__all__ = ["Reason", "Sentence", "main_reasons", "reasons", "sentences"]

MAX_NAMED = 3
_SHORT: dict[Modality, str] = {
    "collaborative": "chosen with {label}",
    "text": "text like {label}",
    "social": "chosen by {label}",
    "attributes": "liked by {label}",
}
"""Reasons of a list, in a few words; those of the graph speak for themselves."""


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
    """

    modality: Modality
    label: str
    value: float
    positions: tuple[int, ...]
    evidence_labels: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Sentence:
    """A template sentence and the contributions that it states."""

    text: str
    positions: tuple[int, ...]


def reasons(explanation: PairExplanation, names: Names) -> list[Reason]:
    """All reasons of a pair, strongest first; their values and the bias add up to the score."""
    found = _graph_reasons(explanation, names)
    for position, term in enumerate(explanation.contributions):
        if term.modality != "graph":
            label = names.evidence_label(term.evidence)
            text = _plain_sentence(term, label)
            found.append(Reason(term.modality, label, term.value, (position,), (label,), text))
    return sorted(found, key=lambda reason: -abs(reason.value))


def sentences(
    explanation: PairExplanation, names: Names, *, max_sentences: int = 3
) -> list[Sentence]:
    """The strongest reasons in words; one sentence says so when there is none."""
    told = reasons(explanation, names)[:max_sentences]
    if not told:
        item = names.item(explanation.item_index)
        text = f"Nothing known about this user speaks for or against {item}; only its popularity."
        return [Sentence(text, ())]
    return [Sentence(reason.text, reason.positions) for reason in told]


def main_reasons(explanations: Sequence[PairExplanation], names: Names) -> list[str]:
    """For each item of one list the reason that sets it apart, in a few words.

    That is the largest positive reason among those that speak for at most a quarter of the list:
    what speaks for half of the list alike explains none of its items. An item without such a
    reason gets its largest one.
    """
    told = [[r for r in reasons(pair, names) if r.value > 0] for pair in explanations]
    counts = Counter((r.modality, r.label) for found in told for r in found)
    most = max(1, len(told) // 4)
    return [_standing_out(found, counts, most) for found in told]


def _standing_out(found: list[Reason], counts: Counter[tuple[Modality, str]], most: int) -> str:
    if not found:
        return "popular"
    rare = [reason for reason in found if counts[reason.modality, reason.label] <= most]
    best = (rare or found)[0]
    if best.modality == "graph":
        return best.label
    return _SHORT[best.modality].format(label=best.label)


def _graph_reasons(explanation: PairExplanation, names: Names) -> list[Reason]:
    """One reason per (relation, entity in the middle); direct links go by their source."""
    values: dict[tuple[str, str, bool], float] = defaultdict(float)
    shares: dict[tuple[str, str, bool], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for position, term in enumerate(explanation.contributions):
        for path in term.paths:
            hops = names.hops(path)
            direct = len(hops) == 1 and term.evidence.kind == "item"
            middle = path.entity_indices[-2]
            key = (hops[-1].relation_id, names.entity(middle), direct)
            values[key] += path.value
            shares[key][position] += path.value
    found = []
    for key, value in values.items():
        relation_id, entity, direct = key
        positions = sorted(shares[key], key=lambda position: -abs(shares[key][position]))
        terms = [explanation.contributions[position] for position in positions]
        label = f"{relation_words(relation_id)} {entity}"
        text = _graph_sentence(terms, names, label, direct=direct)
        evidence = tuple(names.evidence_label(term.evidence) for term in terms)
        found.append(Reason("graph", label, value, tuple(positions), evidence, text))
    return found


def _graph_sentence(terms: list[Contribution], names: Names, label: str, *, direct: bool) -> str:
    if direct:
        return f"Linked directly: {label}."
    items = [names.evidence_label(t.evidence) for t in terms if t.evidence.kind == "item"]
    if not items:
        return f"{_capital(label)}, which was named as an interest."
    known = _listed(items)
    stated = " and was named as an interest" if len(items) < len(terms) else ""
    return f"{_capital(label)}, like {known} from the history{stated}."


def _plain_sentence(term: Contribution, label: str) -> str:
    if term.modality == "text" and term.evidence.kind == "text":
        return f"Its text is close to the words “{label}”."
    for_it, against_it = _TEMPLATES[term.evidence.kind if term.modality != "text" else "text"]
    return (for_it if term.value > 0 else against_it).format(label=label)


_TEMPLATES = {
    "item": (
        "People who chose {label} also tend to choose it.",
        "People who chose {label} choose it less than its content alone would suggest.",
    ),
    "text": ("Its text is close to that of {label}.", "Its text is close to that of {label}."),
    "friend": ("{label}, a friend, chose it.", "{label}, a friend, chose other things."),
    "attribute": (
        "People with “{label}” choose it more often than others.",
        "People with “{label}” choose it less often than others.",
    ),
    "profile": (
        "What the model learned about this user as a whole speaks for it.",
        "What the model learned about this user as a whole speaks against it.",
    ),
}
"""Sentences for and against an item, by kind of evidence."""


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _listed(labels: list[str]) -> str:
    """Labels as running text: A; A and B; A, B, C and 2 more."""
    if len(labels) == 1:
        return labels[0]
    if len(labels) <= MAX_NAMED:
        return f"{', '.join(labels[:-1])} and {labels[-1]}"
    return f"{', '.join(labels[:MAX_NAMED])} and {len(labels) - MAX_NAMED} more"
