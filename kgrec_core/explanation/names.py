"""Names for people of everything that a contribution points at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.contract import EvidenceUnit, PathContribution
from kgrec_core.words import shortened

__all__ = ["BRIEF_LETTERS", "BriefNames", "Hop", "Names", "relation_words"]

PROFILE_LABEL = "the whole profile"
BRIEF_LETTERS = 60
"""Letters of a name in a sentence; titles of films, books and songs are rarely longer."""


@dataclass(frozen=True)
class Hop:
    """One edge of a path as it is walked.

    Attributes:
        relation_id: relation of the triple.
        forward: True when the walk goes from head to tail.
        triple_index: row of the triples.
    """

    relation_id: str
    forward: bool
    triple_index: int


@dataclass(frozen=True)
class Names:
    """Looks up ids and labels; items are entities 0 to n_items - 1 of the graph.

    Attributes:
        graph: the graph that the model was fitted on.
        item_ids: ids of the items in the analyst's files.
        user_ids: ids of the users there; may be empty when no friend is ever named.
        side: names the attributes of users; None when there are none.
        user_labels: names of the users, "" where the data has none; may be empty.
    """

    graph: KnowledgeGraph
    item_ids: tuple[str, ...]
    user_ids: tuple[str, ...] = ()
    side: UserSide | None = None
    user_labels: tuple[str, ...] = ()

    def item(self, item_index: int) -> str:
        """Label of an item."""
        return self.graph.entity_labels[item_index]

    def entity(self, entity_index: int) -> str:
        """Label of an entity."""
        return self.graph.entity_labels[entity_index]

    def user(self, user_index: int) -> str:
        """Label of a user; the id where the data has no label."""
        label = self.user_labels[user_index] if self.user_labels else ""
        return label or self.user_ids[user_index]

    def relation(self, relation_id: str) -> str:
        """A relation in words."""
        return relation_words(relation_id)

    def brief(self, length: int = BRIEF_LETTERS) -> BriefNames:
        """The same names cut to `length` letters, for sentences; ids stay whole."""
        return BriefNames(
            self.graph, self.item_ids, self.user_ids, self.side, self.user_labels, length
        )

    def evidence_label(self, unit: EvidenceUnit) -> str:
        """Label of a unit of evidence; words stand for themselves."""
        if unit.kind in ("item", "entity"):
            return self.entity(unit.index)
        return self.user(unit.index) if unit.kind == "friend" else self._other_unit(unit)

    def evidence_id(self, unit: EvidenceUnit) -> str:
        """Id of a unit of evidence in the analyst's files; words stand for themselves."""
        if unit.kind == "item":
            return self.item_ids[unit.index]
        if unit.kind == "entity":
            return self.graph.entities.id_of(unit.index)
        return self._other_unit(unit)

    def _other_unit(self, unit: EvidenceUnit) -> str:
        if unit.kind == "friend":
            return self.user_ids[unit.index]
        if unit.kind == "attribute" and self.side is not None:
            return self.side.attribute_labels[unit.index]
        return unit.text if unit.kind == "text" else PROFILE_LABEL

    def hops(self, path: PathContribution) -> tuple[Hop, ...]:
        """The edges of a path, in walking order."""
        return tuple(
            self._hop(start, triple)
            for start, triple in zip(path.entity_indices, path.triple_indices, strict=False)
        )

    def last_relations(self, paths: Sequence[PathContribution]) -> list[str]:
        """Relation of the last hop of each path; quick for many paths."""
        last = np.array([path.triple_indices[-1] for path in paths], dtype=np.int64)
        ids = self.graph.relations
        return [ids.id_of(relation) for relation in self.graph.triples[last, 1].tolist()]

    def provenance(self, triple_index: int) -> str:
        """Where a triple was stated: "file, row n", or the file when the row is unknown."""
        source = self.graph.provenance.row(triple_index, named=True)
        row = int(source["row"])
        return f"{source['file']}, row {row}" if row else str(source["file"])

    def _hop(self, start: int, triple_index: int) -> Hop:
        head, relation, _ = self.graph.triples[triple_index].tolist()
        return Hop(self.graph.relations.id_of(relation), head == start, triple_index)


@dataclass(frozen=True)
class BriefNames(Names):
    """Names for sentences: long ones end in "…", so that a list of them can still be read.

    They are for the eye only: two things may get the same brief name, so nothing is looked up or
    grouped by it.

    Attributes:
        length: letters of a name at most.
    """

    length: int = BRIEF_LETTERS

    def item(self, item_index: int) -> str:
        """Brief label of an item."""
        return shortened(super().item(item_index), self.length)

    def entity(self, entity_index: int) -> str:
        """Brief label of an entity."""
        return shortened(super().entity(entity_index), self.length)

    def user(self, user_index: int) -> str:
        """Brief label of a user."""
        return shortened(super().user(user_index), self.length)

    def relation(self, relation_id: str) -> str:
        """A relation in few words."""
        return shortened(super().relation(relation_id), self.length)

    def evidence_label(self, unit: EvidenceUnit) -> str:
        """Brief label of a unit of evidence."""
        return shortened(super().evidence_label(unit), self.length)


def relation_words(relation_id: str) -> str:
    """A relation id as words: "directed_by" reads "directed by", "has_genre" reads "genre"."""
    last = relation_id.rsplit("/", maxsplit=1)[-1]
    return last.replace("_", " ").replace(".", " ").strip().removeprefix("has ")
