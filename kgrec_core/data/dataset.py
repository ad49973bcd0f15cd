"""The immutable `Dataset`: everything that was read, joined by ids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import DataError

__all__ = ["PART_TEST", "PART_TRAIN", "PART_VALIDATION", "Dataset", "EntityColumn"]

PART_TRAIN, PART_VALIDATION, PART_TEST = 0, 1, 2

TAG_COLUMNS = {"user_index": pl.Int64, "item_index": pl.Int64, "tag": pl.String, "time": pl.Int64}
TRIPLE_COLUMNS = {
    "head_id": pl.String,
    "relation_id": pl.String,
    "tail_id": pl.String,
    "file": pl.String,
    "row": pl.Int64,
}


@dataclass(frozen=True)
class EntityColumn:
    """One column of a table that becomes links of the graph.

    Attributes:
        owner: whose attribute it is; "user" columns describe people and stay out of item paths.
        link: relation, entity type and separator, as mapped.
        file: file name, for provenance.
        owner_indices: int64 (n,), one per cell that is not empty.
        rows: int64 (n,), line in the file, counted from 1 with the header as line 1.
        values: n cells as text.
    """

    owner: str
    link: LinkColumn
    file: str
    owner_indices: IndexArray
    rows: IndexArray
    values: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """All that is known, before any graph is built or anything is held out.

    Attributes:
        name: given by the analyst.
        users: ids of all users, with and without interactions.
        items: ids of all items, with and without interactions.
        interactions: one per (user, item) pair.
        user_table: n_users rows in index order: user_id, user_label, then the file's columns.
        item_table: n_items rows in index order: item_id, item_label, text ("" when there is
            none), then the file's columns (all String or numeric).
        social: int64 (n_links, 2), user indices, direction as given.
        tags: user_index (-1 when unknown), item_index, tag, time (NO_TIME when unknown), and
            for provenance file and row where they are known.
        columns: mapped link columns of items and users, for the graph.
        triples: uploaded triples: head_id, relation_id, tail_id, file, row.
        entity_labels: names of uploaded entities: entity_id -> label.
        item_entities: uploaded linking, item_index -> entity_id of the triples.
        given_parts: uint8 (n_interactions,) of PART_*; None when the data came without a split.
        fingerprint: content hash; "" until `storage` has computed it.
    """

    name: str
    users: Vocabulary
    items: Vocabulary
    interactions: Interactions
    user_table: pl.DataFrame
    item_table: pl.DataFrame
    social: IndexArray
    tags: pl.DataFrame
    columns: tuple[EntityColumn, ...]
    triples: pl.DataFrame
    entity_labels: dict[str, str]
    item_entities: dict[int, str]
    given_parts: np.ndarray[tuple[int], np.dtype[np.uint8]] | None = None
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if self.user_table.height != len(self.users) or self.item_table.height != len(self.items):
            raise DataError("'user_table' and 'item_table' must have one row per id in 'Dataset'.")
        if self.given_parts is not None and self.given_parts.size != len(self.interactions):
            raise DataError("'given_parts' must have one entry per interaction in 'Dataset'.")

    @property
    def n_users(self) -> int:
        """All users, cold ones included."""
        return len(self.users)

    @property
    def n_items(self) -> int:
        """All items, cold ones included."""
        return len(self.items)

    @property
    def item_labels(self) -> list[str]:
        """Text for people, one per item, in index order."""
        return self.item_table["item_label"].to_list()

    @property
    def user_labels(self) -> list[str]:
        """Text for people, one per user, in index order."""
        return self.user_table["user_label"].to_list()

    @property
    def documents(self) -> list[str]:
        """The text of each item, "" when there is none, in index order."""
        return self.item_table["text"].to_list()

    def with_fingerprint(self, fingerprint: str) -> Dataset:
        """The same data under its content hash."""
        return replace(self, fingerprint=fingerprint)

    def counts(self) -> dict[str, int]:
        """The numbers that import reports and the data page shows."""
        return {
            "users": self.n_users,
            "items": self.n_items,
            "interactions": len(self.interactions),
            "documents": sum(1 for text in self.documents if text),
            "tags": self.tags.height,
            "social": int(self.social.shape[0]),
            "uploaded_triples": self.triples.height,
        }
