"""Sentences about two items: what one of them lacks, and what it has beyond the other.

Each sentence states rows of a comparison. That an item has no link is said only where the graph has
none; otherwise the sentence keeps to what the terms say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Sentence
from kgrec_core.explanation.why_not import Difference, WhyNot
from kgrec_core.explanation.wording import capital, listed, whose
from kgrec_core.recommender.contract import EvidenceKind

__all__ = ["difference_label", "lacking_sentences", "leading_sentences"]

MAX_SENTENCES = 3

_BEHAVIOR: dict[EvidenceKind, str] = {
    "item": "the choice of {label}",
    "entity": "the interest in {label}",
    "text": "the words “{label}”",
    "friend": "what {label}, a friend, chose",
    "attribute": "what people with “{label}” choose",
    "profile": "the profile as a whole",
}
_TEXTS: dict[EvidenceKind, str] = {
    "item": "the text of {label}",
    "entity": "the texts of items with {label}",
    "text": "a text like “{label}”",
    "friend": "the texts of what {label}, a friend, chose",
    "attribute": "the texts of what people with “{label}” choose",
    "profile": "the profile as a whole",
}


def difference_label(row: Difference, names: Names) -> str:
    """What a row is about, in a few words: "directed by Varda", "Heat", "starting score"."""
    key = row.key
    if key.modality == "graph":
        return f"{names.relation(key.relation_id)} {names.entity(key.entity_index)}"
    return names.evidence_label(key.evidence) if key.evidence else "starting score"


def lacking_sentences(
    answer: WhyNot, names: Names, *, max_sentences: int = MAX_SENTENCES
) -> list[Sentence]:
    """Why the item falls behind, largest difference first; positions are rows of the answer."""
    pair = _Pair(answer, names, winner=answer.against_index, loser=answer.item_index)
    return pair.sentences(answer.lacking[:max_sentences])


def leading_sentences(
    answer: WhyNot, names: Names, *, max_sentences: int = MAX_SENTENCES
) -> list[Sentence]:
    """What the item has beyond the other one, largest difference first."""
    pair = _Pair(answer, names, winner=answer.item_index, loser=answer.against_index)
    return pair.sentences(answer.leading[:max_sentences])


@dataclass(frozen=True)
class _Pair:
    """Two items while sentences about them are made; the winner has more of each row."""

    answer: WhyNot
    names: Names
    winner: int
    loser: int

    def sentences(self, rows: Sequence[Difference]) -> list[Sentence]:
        """One sentence per row."""
        places = {row.key: place for place, row in enumerate(self.answer.differences)}
        return [Sentence(self._sentence(row), (places[row.key],)) for row in rows]

    def _sentence(self, row: Difference) -> str:
        winner, loser = self.names.item(self.winner), self.names.item(self.loser)
        more, less = row.value_item, row.value_against
        if self.winner != self.answer.item_index:
            more, less = less, more
        if row.key.modality == "bias":
            return f"Before anything is known about the user, {winner} scores above {loser}."
        if less == 0 and row.key.kind in ("shared", "direct"):
            told = self._missing_link(row, winner, loser)
            if told:
                return told
        return f"{capital(self._subject(row))} {_verdict(more, less, winner, loser)}."

    def _subject(self, row: Difference) -> str:
        key, label = row.key, difference_label(row, self.names)
        if key.modality != "graph" and key.evidence is not None:
            templates = _TEXTS if key.modality == "text" else _BEHAVIOR
            return templates[key.evidence.kind].format(label=label)
        if key.kind != "carried":
            return f"“{label}”"
        kind = row.evidence[0].kind
        people = whose(kind, self._labels(row, kind))
        return f"“{label}”, judged by what {people} choose,"

    def _labels(self, row: Difference, kind: EvidenceKind) -> list[str]:
        return [self.names.evidence_label(unit) for unit in row.evidence if unit.kind == kind]

    def _missing_link(self, row: Difference, winner: str, loser: str) -> str:
        """What the loser is not linked to; "" where the graph has such a link."""
        key = row.key
        linked = self._linked(self.loser, key.relation_id)
        if key.entity_index in linked:
            return ""
        relation, entity = self.names.relation(key.relation_id), self.names.entity(key.entity_index)
        if key.kind == "direct":
            return f"{winner} is linked directly to {entity} (“{relation}”); {loser} is not."
        items = self._labels(row, "item")
        with_whom = f"with {listed(items)}" if items else "with what was named as an interest"
        if linked & self._of_user(key.relation_id):
            return f"{winner} shares “{relation} {entity}” {with_whom}; {loser} does not."
        return (
            f"Nothing known about this user has a “{relation}” link in common with {loser}; "
            f"{winner} shares “{entity}” {with_whom}."
        )

    def _linked(self, entity_index: int, relation_id: str) -> set[int]:
        """Entities at the other end of the links of one entity."""
        ends = self._links(relation_id)
        forward, backward = ends[:, 0] == entity_index, ends[:, 1] == entity_index
        return {*ends[forward, 1].tolist(), *ends[backward, 0].tolist()}

    def _of_user(self, relation_id: str) -> set[int]:
        """Entities that the history is linked to, and those that were stated."""
        user, ends = self.answer.user, self._links(relation_id)
        forward = np.isin(ends[:, 0], user.item_indices)
        backward = np.isin(ends[:, 1], user.item_indices)
        stated = user.entity_indices.tolist()
        return {*ends[forward, 1].tolist(), *ends[backward, 0].tolist(), *stated}

    def _links(self, relation_id: str) -> IndexArray:
        """Heads and tails of one relation, int64 (n, 2)."""
        graph = self.names.graph
        rows = graph.triples[:, 1] == graph.relations.index_of(relation_id)
        ends: IndexArray = graph.triples[rows][:, [0, 2]]
        return ends


def _verdict(more: float, less: float, winner: str, loser: str) -> str:
    """What a thing that says `more` about one item than about the other does."""
    if more > 0 and less > 0:
        return f"speaks more for {winner} than for {loser}"
    if more < 0:
        return f"speaks more against {loser} than against {winner}"
    if less < 0:
        if more > 0:
            return f"speaks for {winner} and against {loser}"
        return f"speaks against {loser} and says nothing about {winner}"
    return f"speaks for {winner} and says nothing about {loser}"
