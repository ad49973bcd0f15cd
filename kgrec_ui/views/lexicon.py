"""Names for people: what an index of a run is called on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.graph.knowledge_graph import ITEM_TYPE, KnowledgeGraph
from kgrec_core.recommender.contract import EvidenceUnit

__all__ = ["Lexicon"]


@dataclass(frozen=True)
class Lexicon:
    """Ids and labels of one run's items, and the graph that names everything else.

    Attributes:
        item_ids: ids of the items, in index order.
        item_labels: text for people, in index order.
        graph: names entities and relations; entity i < n_items is item i.
    """

    item_ids: Sequence[str]
    item_labels: Sequence[str]
    graph: KnowledgeGraph

    def item(self, item_index: int) -> str:
        """Label of an item."""
        return self.item_labels[item_index] or self.item_ids[item_index]

    def entity(self, entity_index: int) -> str:
        """Label of an entity; items keep the label of the item table."""
        if entity_index < self.graph.n_items:
            return self.item(entity_index)
        return self.graph.entity_labels[entity_index]

    def entity_type(self, entity_index: int) -> str:
        """Type of an entity in words ("person")."""
        return self.graph.entity_types[entity_index].replace("_", " ")

    def is_item(self, entity_index: int) -> bool:
        """True when the entity is one of the items."""
        return self.graph.entity_types[entity_index] == ITEM_TYPE

    def relation(self, relation_index: int) -> str:
        """A relation in words ("directed by")."""
        return self.graph.relations.id_of(relation_index).replace("_", " ")

    def evidence(self, unit: EvidenceUnit) -> str:
        """What one unit of evidence is called."""
        if unit.kind == "item":
            return self.item(unit.index)
        if unit.kind == "entity":
            return self.entity(unit.index)
        return f"“{unit.text}”"

    def evidence_id(self, unit: EvidenceUnit) -> str:
        """The id of one unit of evidence; the words themselves for a text."""
        if unit.kind == "item":
            return self.item_ids[unit.index]
        return self.graph.entities.id_of(unit.index) if unit.kind == "entity" else unit.text

    def provenance(self, triple_index: int) -> str:
        """Where a triple is stated: "file:row", and how many other rows say the same."""
        row = self.graph.provenance.row(triple_index, named=True)
        place = f"{row['file']}:{row['row']}" if row["row"] else str(row["file"])
        others = int(row["n_sources"]) - 1
        return f"{place} (+{others} more)" if others > 0 else place
