"""The immutable `KnowledgeGraph`: typed entities, relations, and triples with provenance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import DataError

__all__ = ["ITEM_TYPE", "KnowledgeGraph"]

ITEM_TYPE = "item"
"""Entity type of the items themselves; entity i < n_items *is* item i."""


@dataclass(frozen=True)
class KnowledgeGraph:
    """Entities, relations and triples. Entity index i < n_items is item i, by construction.

    Attributes:
        entities: ids, "type:name" for entities of tables, the file's id for uploaded ones,
            "item:ID" for items.
        entity_labels: text for people, n_entities.
        entity_types: type of each entity, n_entities ("item", "person", "genre", "tag", ...;
            "entity" for uploaded ones without a type).
        n_items: the first n_items entities are the items, in the data set's order.
        relations: relation ids ("directed_by").
        triples: int64 (n_triples, 3) of head, relation, tail; no duplicates.
        provenance: n_triples rows: file, row (line in the file counted from 1, 0 if unknown),
            column ("" for uploaded triples), n_sources (rows that state the same triple).
        fingerprint: content hash; "" until `storage` has computed it.

    Raises:
        DataError: shapes differ or an index is out of range.
    """

    entities: Vocabulary
    entity_labels: tuple[str, ...]
    entity_types: tuple[str, ...]
    n_items: int
    relations: Vocabulary
    triples: IndexArray
    provenance: pl.DataFrame
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if self.triples.ndim != 2 or self.triples.shape[1] != 3:
            raise DataError(f"'triples' must have shape (n, 3) (got {self.triples.shape}).")
        if not len(self.entities) == len(self.entity_labels) == len(self.entity_types):
            raise DataError("Each entity needs one id, one label and one type.")
        if self.provenance.height != self.n_triples:
            raise DataError("'provenance' must have one row per triple in 'KnowledgeGraph'.")
        if self.n_triples:
            top = self.triples.max(axis=0)
            limit = np.array([self.n_entities, self.n_relations, self.n_entities])
            if self.triples.min() < 0 or (top >= limit).any():
                raise DataError("'triples' hold an index outside of the vocabularies.")

    @property
    def n_entities(self) -> int:
        """All entities, items included."""
        return len(self.entities)

    @property
    def n_relations(self) -> int:
        """All relations, without inverses."""
        return len(self.relations)

    @property
    def n_triples(self) -> int:
        """All triples, each counted once."""
        return int(self.triples.shape[0])

    @cached_property
    def degrees(self) -> IndexArray:
        """Triples that touch each entity, int64 (n_entities,)."""
        ends = np.concatenate([self.triples[:, 0], self.triples[:, 2]])
        return np.bincount(ends, minlength=self.n_entities).astype(np.int64)

    def with_fingerprint(self, fingerprint: str) -> KnowledgeGraph:
        """The same graph under its content hash."""
        return replace(self, fingerprint=fingerprint)
