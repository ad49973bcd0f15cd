"""What a reader hands to `assembling`: rows by id, before there is any vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.mapping import LinkColumn

__all__ = [
    "InteractionRows",
    "ItemLinkRows",
    "LinkRows",
    "OwnerTable",
    "PairRows",
    "Pieces",
    "TagRows",
    "TripleRows",
]

Lines = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True)
class InteractionRows:
    """Checked interactions of one file.

    Attributes:
        file: name for the report.
        user_ids: n ids, not empty.
        item_ids: n ids, not empty.
        weights: float32 (n,), > 0.
        times: int64 (n,), `NO_TIME` when unknown.
        lines: n line numbers.
        part: PART_* when the file is one part of a given split, else None.
    """

    file: str
    user_ids: list[str]
    item_ids: list[str]
    weights: FloatArray
    times: IndexArray
    lines: Lines
    part: int | None = None


@dataclass(frozen=True)
class PairRows:
    """Directed links user -> friend of one file, n each."""

    file: str
    user_ids: list[str]
    friend_ids: list[str]
    lines: Lines


@dataclass(frozen=True)
class TagRows:
    """Tags of one file, n each; a user id of "" means that nobody is named."""

    file: str
    user_ids: list[str]
    item_ids: list[str]
    tags: list[str]
    times: IndexArray
    lines: Lines


@dataclass(frozen=True)
class LinkRows:
    """One link column of one file: n cells that are not empty, with the id of their owner."""

    owner: str
    link: LinkColumn
    file: str
    owner_ids: list[str]
    values: list[str]
    lines: Lines


@dataclass(frozen=True)
class TripleRows:
    """Uploaded triples of one file, n each."""

    file: str
    head_ids: list[str]
    relation_ids: list[str]
    tail_ids: list[str]
    lines: Lines


@dataclass(frozen=True)
class ItemLinkRows:
    """Which entity of the triples an item is, n rows of one file."""

    file: str
    item_ids: list[str]
    entity_ids: list[str]
    lines: Lines


@dataclass
class OwnerTable:
    """What tables say about items (or users); the order of `labels` is that of the vocabulary.

    Attributes:
        labels: id -> text for people.
        texts: id -> document; ids without one are left out.
        columns: column name -> id -> cell.
    """

    labels: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Pieces:
    """Everything that the files of one data set say.

    Attributes:
        entity_labels: entity id -> text for people.
    """

    items: OwnerTable = field(default_factory=OwnerTable)
    users: OwnerTable = field(default_factory=OwnerTable)
    interactions: list[InteractionRows] = field(default_factory=list)
    social: list[PairRows] = field(default_factory=list)
    tags: list[TagRows] = field(default_factory=list)
    links: list[LinkRows] = field(default_factory=list)
    triples: list[TripleRows] = field(default_factory=list)
    item_links: list[ItemLinkRows] = field(default_factory=list)
    entity_labels: dict[str, str] = field(default_factory=dict)
