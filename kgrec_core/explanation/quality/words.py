"""Reads generated sentences back: is everything that they state in the evidence?

EXPLANATION_METRICS.md, section 7. The text is taken apart by the templates alone; each slot must
then be found among the contributions and triples that the sentence is tied to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.reasons import GraphKind, Sentence, graph_kind
from kgrec_core.explanation.wording import MAX_NAMED, capital, plain_templates, whose_templates
from kgrec_core.recommender.contract import Contribution, EvidenceKind, PairExplanation
from kgrec_core.words import ended

__all__ = ["is_supported", "read_list"]

NOTHING = ("Nothing known about this user speaks for or against ", "; only its popularity.")
INTEREST = "; also named as an interest"


@dataclass(frozen=True)
class _GraphFact:
    """What the evidence holds about one relation and entity in the middle."""

    label: str
    kind: GraphKind
    value: float
    told: tuple[tuple[EvidenceKind, str], ...]

    def labels(self, kind: EvidenceKind) -> list[str]:
        """Labels of the evidence of one kind."""
        return [label for other, label in self.told if other == kind]


def is_supported(sentence: Sentence, explanation: PairExplanation, names: Names) -> bool:
    """True when every slot of the sentence is found in the contributions that it is tied to."""
    if not sentence.positions:
        item = names.item(explanation.item_index)
        return not explanation.contributions and sentence.text == item.join(NOTHING)
    terms = [explanation.contributions[position] for position in sentence.positions]
    if _is_plain(sentence.text, terms, names):
        return True
    return any(_states(sentence.text, fact) for fact in _graph_facts(terms, names))


def read_list(text: str, known: Iterable[str]) -> int | None:
    """How many a running list stands for: "A, B, C and 2 more" are 5; None if it is not one.

    Args:
        text: the list.
        known: every label that may be in it; labels may hold commas and "and" themselves.
    """
    return _listed(text, frozenset(known), 0)


def _listed(text: str, known: frozenset[str], n_before: int) -> int | None:
    more = re.fullmatch(r"(\d+) more", text)
    if more and n_before == MAX_NAMED:
        return n_before + int(more.group(1))
    for label in known:
        if text == label:
            return n_before + 1
        for joint in (", ", " and "):
            start = label + joint
            if text.startswith(start):
                total = _listed(text.removeprefix(start), known, n_before + 1)
                if total is not None:
                    return total
    return None


def _is_plain(text: str, terms: list[Contribution], names: Names) -> bool:
    for term in terms:
        if term.modality == "graph":
            continue
        for template in plain_templates(term.modality):
            if term.evidence.kind != template.kind or (term.value > 0) != template.is_for:
                continue
            head, slot, tail = template.text.partition("{label}")
            label = names.evidence_label(term.evidence) if slot else ""
            if text == ended(f"{head}{label}{tail}"):
                return True
    return False


def _graph_facts(terms: list[Contribution], names: Names) -> list[_GraphFact]:
    """One fact per relation, entity and kind of path among the terms."""
    values: dict[tuple[str, str, GraphKind], float] = {}
    told: dict[tuple[str, str, GraphKind], dict[int, tuple[EvidenceKind, str]]] = {}
    for at, term in enumerate(terms):
        for path in term.paths:
            relation = names.hops(path)[-1].relation_id
            key = (relation, names.entity(path.entity_indices[-2]), graph_kind(term, path))
            values[key] = values.get(key, 0.0) + path.value
            unit = (term.evidence.kind, names.evidence_label(term.evidence))
            told.setdefault(key, {})[at] = unit
    return [
        _GraphFact(
            f"{relation_words(relation)} {entity}",
            kind,
            values[relation, entity, kind],
            tuple(units.values()),
        )
        for (relation, entity, kind), units in told.items()
    ]


def _states(text: str, fact: _GraphFact) -> bool:
    checks: dict[GraphKind, Callable[[str, _GraphFact], bool]] = {
        "direct": _states_direct,
        "shared": _states_shared,
        "carried": _states_carried,
    }
    return checks[fact.kind](text, fact)


def _states_direct(text: str, fact: _GraphFact) -> bool:
    return text == ended(f"Linked directly: {fact.label}.")


def _states_shared(text: str, fact: _GraphFact) -> bool:
    head, items = capital(fact.label), fact.labels("item")
    if not items:
        return text == f"{head}, which was named as an interest."
    end = f" from the history{INTEREST if len(items) < len(fact.told) else ''}."
    start = f"{head}, like "
    if not (text.startswith(start) and text.endswith(end)):
        return False
    return read_list(text.removeprefix(start).removesuffix(end), items) == len(items)


def _states_carried(text: str, fact: _GraphFact) -> bool:
    start, end = (
        f"{capital(fact.label)}, which ",
        f" {'often' if fact.value > 0 else 'seldom'} choose.",
    )
    if not (text.startswith(start) and text.endswith(end)):
        return False
    whose = text.removeprefix(start).removesuffix(end)
    for kind, template in whose_templates().items():
        labels = fact.labels(kind)
        head, _, tail = template.partition("{labels}")
        if not labels or not (whose.startswith(head) and whose.endswith(tail)):
            continue
        if "{labels}" not in template:
            return whose == template
        listed = whose[len(head) : len(whose) - len(tail)]
        if read_list(listed, labels) == len(labels):
            return True
    return False
