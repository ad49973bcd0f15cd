"""Finds entities by label or id while someone types: exact, then beginnings, then typos."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["EntitySearch", "folded"]

LAST_CHARACTER = "\U0010ffff"
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
)
WORD = re.compile(r"\w+")
EXACT, PREFIX, WORD_PREFIX, TYPO, SOME_WORDS = range(5)


def folded(text: str) -> str:
    """Lower case, without accents, with single spaces: "  Amélie " gives "amelie"."""
    # Decomposed before and after: a styled letter ("𝐀") folds only once it is a plain one.
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", letters)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(kept.translate(UNDECOMPOSED).split())


def _names_of_ids(ids: Sequence[str], labels: Sequence[str]) -> tuple[list[str], IndexArray]:
    """Ids, whole and after their colon, sorted, with the entity of each; labels left out."""
    names = [
        (name, index)
        for index, id_ in enumerate(ids)
        for name in {folded(id_), folded(id_.partition(":")[2])}
        if name and name != labels[index]
    ]
    names.sort()
    return [name for name, _ in names], np.array([index for _, index in names], dtype=np.int64)


class EntitySearch:
    """Search over labels and ids of one graph; built once, then milliseconds per question."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        labels = [folded(label) for label in graph.entity_labels]
        self._types = np.array(graph.entity_types, dtype=np.str_)
        self._order = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.int64)
        self._labels = [labels[index] for index in self._order]
        self._ids, self._id_owners = _names_of_ids(graph.entities.ids, labels)
        self._lengths = np.array([len(label) for label in labels], dtype=np.int64)
        self._degrees = graph.degrees
        owners: dict[str, list[int]] = {}
        for index, label in enumerate(labels):
            for word in set(WORD.findall(label)):
                owners.setdefault(word, []).append(index)
        self._words = sorted(owners)
        self._owners = [np.array(owners[word], dtype=np.int64) for word in self._words]

    def find(self, text: str, limit: int = 20, entity_type: str | None = None) -> list[int]:
        """Entities whose label fits `text`, best first.

        First labels that equal the text, then those that begin with it, then those with a word
        that begins with each of its words, then with typos (one in words of 4 to 6 letters, two
        in longer ones); when no label has all words, those with more than half of them. At equal
        fit the entity with more triples comes first, then the shorter label. Case and accents
        do not matter. An id, with or without the type before its colon, finds its entity like a
        label, but without typos: in ids every letter counts.

        Args:
            text: what was typed; blank finds nothing.
            limit: most results.
            entity_type: only this type; None for all.
        """
        wanted = folded(text)
        if not wanted or limit < 1:
            return []
        tiers = self._tiers(wanted)
        found = np.flatnonzero(tiers <= SOME_WORDS)
        if entity_type is not None:
            found = found[self._types[found] == entity_type]
        order = np.lexsort((found, self._lengths[found], -self._degrees[found], tiers[found]))
        best: list[int] = found[order[:limit]].tolist()
        return best

    def _tiers(self, wanted: str) -> FloatArray:
        """How well each label fits: a tier, plus less than 1 for typos; inf when not at all."""
        tiers = np.full(self._lengths.size, np.inf, dtype=np.float32)
        words = WORD.findall(wanted)
        if words:
            # (n_words, n_entities): 0 begins with the word, in ]0, 1[ typos, inf not at all
            costs = np.stack([self._costs_of_word(word) for word in words])
            n_fitting = np.isfinite(costs).sum(axis=0)
            typos = np.where(np.isfinite(costs), costs, 0).sum(axis=0) / len(words)
            is_full = n_fitting == len(words)
            tiers[is_full] = np.where(typos > 0, TYPO + typos, WORD_PREFIX)[is_full]
            if not is_full.any():
                is_part = n_fitting * 2 > len(words)
                missing = 1 - n_fitting / len(words)
                # Below 1, so that the tier stays what it is.
                tiers[is_part] = (SOME_WORDS - 0.5 + missing / 2)[is_part]
        for names, owners in ((self._ids, self._id_owners), (self._labels, self._order)):
            low = bisect_left(names, wanted)
            high = bisect_left(names, wanted + LAST_CHARACTER)
            tiers[owners[low:high]] = np.minimum(tiers[owners[low:high]], PREFIX)
            end = bisect_left(names, wanted + "\x00")
            tiers[owners[low:end]] = EXACT
        return tiers

    def _costs_of_word(self, word: str) -> FloatArray:
        """Cost of the best word of each label, float32 (n_entities,)."""
        costs = np.full(self._lengths.size, np.inf, dtype=np.float32)
        n_typos = 0 if len(word) < 4 else 1 if len(word) < 7 else 2
        if n_typos and self._words:
            distances = process.cdist(
                [word], self._words, scorer=OSA.distance, score_cutoff=n_typos, dtype=np.int32
            )[0]
            for typos in range(n_typos, 0, -1):
                costs[self._owners_of(np.flatnonzero(distances == typos))] = typos / (n_typos + 1)
        low = bisect_left(self._words, word)
        high = bisect_left(self._words, word + LAST_CHARACTER)
        costs[self._owners_of(np.arange(low, high))] = 0.0
        return costs

    def _owners_of(self, positions: IndexArray) -> IndexArray:
        """Entities with one of the words."""
        lists = [self._owners[position] for position in positions]
        return np.concatenate(lists) if lists else np.zeros(0, dtype=np.int64)
