"""Template sentences about one reason: what speaks for or against an item, in plain words.

Sentences call the recommended item "it".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.recommender.contract import Contribution, EvidenceKind, Modality
from kgrec_core.words import ended

__all__ = [
    "MAX_NAMED",
    "PlainTemplate",
    "capital",
    "carried_sentence",
    "direct_sentence",
    "listed",
    "plain_sentence",
    "plain_templates",
    "plain_words",
    "shared_sentence",
    "whose",
    "whose_templates",
]

MAX_NAMED = 3

_CHOICES: dict[EvidenceKind, tuple[str, str]] = {
    "item": (
        "People who chose {label} also tend to choose it.",
        "People who chose {label} choose it less than its content alone would suggest.",
    ),
    "entity": (
        "People with an interest in {label} tend to choose it.",
        "People with an interest in {label} tend to choose other things.",
    ),
    "text": (
        "People who choose what the words “{label}” describe tend to choose it.",
        "People who choose what the words “{label}” describe tend to choose other things.",
    ),
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
"""Sentences for and against an item from what people chose, by kind of evidence."""

_TEXTS: dict[EvidenceKind, tuple[str, str]] = {
    "item": ("Its text is close to that of {label}.", "Its text is close to that of {label}."),
    "entity": (
        "Its text is close to those of items with {label}.",
        "Its text is far from those of items with {label}.",
    ),
    "text": (
        "Its text is close to the words “{label}”.",
        "Its text is far from the words “{label}”.",
    ),
    "friend": (
        "Its text is close to what {label}, a friend, chose.",
        "Its text is far from what {label}, a friend, chose.",
    ),
    "attribute": (
        "Its text is close to what people with “{label}” choose.",
        "Its text is far from what people with “{label}” choose.",
    ),
    "profile": _CHOICES["profile"],
}
"""The same for the text modality."""

_LINKS: dict[EvidenceKind, tuple[str, str]] = {
    **_CHOICES,
    "item": ("Its links resemble those of {label}.", "Its links differ from those of {label}."),
}
"""The same for vectors that were learned from links."""

_SENTENCES: dict[Modality, dict[EvidenceKind, tuple[str, str]]] = {
    "text": _TEXTS,
    "embedding": _LINKS,
}
"""Views with sentences of their own; all others but the graph tell what people chose."""

_SHORT: dict[EvidenceKind, str] = {
    "item": "chosen with {label}",
    "entity": "goes with {label}",
    "text": "goes with “{label}”",
    "friend": "chosen by {label}",
    "attribute": "liked by {label}",
    "profile": "fits the whole profile",
}
_SHORT_TEXT: dict[EvidenceKind, str] = {
    "friend": "text like choices of {label}",
    "attribute": "text liked by {label}",
    "profile": "fits the whole profile",
}

_WHOSE: dict[EvidenceKind, str] = {
    "item": "people who chose {labels}",
    "entity": "people with an interest in {labels}",
    "text": "people who like what the words “{labels}” describe",
    "friend": "{labels} among the friends",
    "attribute": "people with “{labels}”",
    "profile": "people with a profile like this",
}


def plain_sentence(term: Contribution, label: str) -> str:
    """The sentence of one contribution that is not of the graph."""
    for_it, against_it = _SENTENCES.get(term.modality, _CHOICES)[term.evidence.kind]
    return ended((for_it if term.value > 0 else against_it).format(label=label))


def plain_words(term: Contribution, label: str) -> str:
    """The same in a few words, for a list: "chosen with Heat", "text like Heat"."""
    if term.modality == "text":
        return _SHORT_TEXT.get(term.evidence.kind, "text like {label}").format(label=label)
    if term.modality == "embedding":
        return f"links like {label}"
    return _SHORT[term.evidence.kind].format(label=label)


def direct_sentence(label: str) -> str:
    """One link leads from an item of the history to the recommended one."""
    return ended(f"Linked directly: {label}.")


def shared_sentence(label: str, told: Sequence[tuple[EvidenceKind, str]]) -> str:
    """Evidence and item share an entity; `told` are kind and label of the evidence."""
    items = [name for kind, name in told if kind == "item"]
    if not items:
        return f"{capital(label)}, which was named as an interest."
    stated = "; also named as an interest" if len(items) < len(told) else ""
    return f"{capital(label)}, like {listed(items)} from the history{stated}."


def carried_sentence(label: str, told: Sequence[tuple[EvidenceKind, str]], *, is_for: bool) -> str:
    """The item has a link to an entity that goes with the evidence by behavior alone.

    The strongest kind of evidence is named, with up to three labels.
    """
    kind = told[0][0]
    people = whose(kind, [name for other, name in told if other == kind])
    return f"{capital(label)}, which {people} {'often' if is_for else 'seldom'} choose."


def whose(kind: EvidenceKind, labels: list[str]) -> str:
    """The people that behavior ties to evidence of one kind: "people who chose Heat and Ran"."""
    return _WHOSE[kind].format(labels=listed(labels))


def capital(label: str) -> str:
    """The label as the start of a sentence."""
    return label[:1].upper() + label[1:]


def listed(labels: list[str]) -> str:
    """Labels as running text: A; A and B; A, B, C and 2 more."""
    if len(labels) == 1:
        return labels[0]
    if len(labels) <= MAX_NAMED:
        return f"{', '.join(labels[:-1])} and {labels[-1]}"
    return f"{', '.join(labels[:MAX_NAMED])} and {len(labels) - MAX_NAMED} more"


@dataclass(frozen=True)
class PlainTemplate:
    """One of the sentences of `plain_sentence`, for who reads a sentence back.

    Attributes:
        kind: of the evidence that it names.
        is_for: it speaks for the item.
        text: with the slot {label}, or without any.
    """

    kind: EvidenceKind
    is_for: bool
    text: str


def plain_templates(modality: Modality) -> tuple[PlainTemplate, ...]:
    """All sentences that `plain_sentence` can make about contributions of one modality."""
    return tuple(
        PlainTemplate(kind, is_for, text)
        for kind, pair in _SENTENCES.get(modality, _CHOICES).items()
        for is_for, text in zip((True, False), pair, strict=True)
    )


def whose_templates() -> dict[EvidenceKind, str]:
    """How `carried_sentence` names people by a kind of evidence, with the slot {labels}."""
    return dict(_WHOSE)
