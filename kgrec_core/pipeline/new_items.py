"""Appends items that have no interactions yet to everything a fitted model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import ConfigError
from kgrec_core.graph.knowledge_graph import ITEM_TYPE, KnowledgeGraph
from kgrec_core.graph.naming import item_entity_id

__all__ = ["NewItemForm", "append_items", "append_to_graph", "append_to_split"]

STATED = "stated by the analyst"
"""Stands as the file of links that no file states."""


@dataclass(frozen=True)
class NewItemForm:
    """A new item as an analyst describes it.

    Attributes:
        label: its name; also makes its id.
        text: what it is about; may be empty.
        entity_ids: entities it is linked to (people, genres, tags); may be empty.
    """

    label: str
    text: str = ""
    entity_ids: tuple[str, ...] = ()


def append_items(dataset: Dataset, forms: Sequence[NewItemForm]) -> Dataset:
    """The data with the new items at the end; their ids are "new:LABEL".

    Raises:
        ConfigError: a label is empty.
        DataError: two new items bear the same label.
    """
    if any(not form.label.strip() for form in forms):
        raise ConfigError("'label' must not be empty in 'NewItemForm'.")
    ids = [f"new:{form.label.strip()}" for form in forms]
    rows = pl.DataFrame(
        {
            "item_id": ids,
            "item_label": [form.label.strip() for form in forms],
            "text": [form.text.strip() for form in forms],
        }
    )
    items = Vocabulary([*dataset.items.ids, *ids], name=dataset.items.name)
    return replace(
        dataset,
        items=items,
        item_table=pl.concat([dataset.item_table, rows], how="diagonal_relaxed"),
        interactions=replace(dataset.interactions, n_items=len(items)),
        fingerprint="",
    )


def append_to_split(split: Split, n_items: int) -> Split:
    """The same parts over a longer item vocabulary."""

    def longer(part: Interactions) -> Interactions:
        return replace(part, n_items=n_items)

    parts = (split.train, split.validation, split.test)
    return Split(split.name, *(longer(part) for part in parts))


def append_to_graph(
    graph: KnowledgeGraph, dataset: Dataset, forms: Sequence[NewItemForm]
) -> KnowledgeGraph:
    """The graph with the new items after the known ones; other entities move up by as many.

    A link takes the relation by which most known items are linked to that entity.

    Args:
        graph: without the new items.
        dataset: with the new items at its end.
        forms: the new items.

    Raises:
        UnknownIdError: an entity is not in the graph.
    """
    n_new, n_old = len(forms), graph.n_items
    new_ids = dataset.items.ids[n_old:]
    links = []
    for position, form in enumerate(forms):
        for entity_id in dict.fromkeys(form.entity_ids):
            entity = graph.entities.index_of(entity_id)
            link = _link_like_others(graph, entity, n_old + position, n_new)
            if link is not None:
                links.append(link)
    moved = graph.triples.copy()
    for column in (0, 2):
        moved[:, column] += n_new * (moved[:, column] >= n_old)
    stated = np.array(links, dtype=np.int64).reshape(-1, 3)
    return KnowledgeGraph(
        entities=Vocabulary(
            [
                *graph.entities.ids[:n_old],
                *(item_entity_id(id_) for id_ in new_ids),
                *graph.entities.ids[n_old:],
            ],
            name=graph.entities.name,
        ),
        entity_labels=(
            *graph.entity_labels[:n_old],
            *dataset.item_labels[n_old:],
            *graph.entity_labels[n_old:],
        ),
        entity_types=(
            *graph.entity_types[:n_old],
            *([ITEM_TYPE] * n_new),
            *graph.entity_types[n_old:],
        ),
        n_items=n_old + n_new,
        relations=graph.relations,
        triples=np.concatenate([moved, stated]),
        provenance=pl.concat([graph.provenance, _provenance(len(links))], how="diagonal_relaxed"),
    )


def _link_like_others(
    graph: KnowledgeGraph, entity: int, item: int, n_new: int
) -> tuple[int, int, int] | None:
    """Head, relation, tail of the new link; None for an entity that nothing is linked to."""
    heads, relations, tails = graph.triples.T
    own = _counts(relations[(tails == entity) & (heads < graph.n_items)], graph.n_relations)
    inverse = _counts(relations[(heads == entity) & (tails < graph.n_items)], graph.n_relations)
    moved = entity + n_new * (entity >= graph.n_items)
    if not own.any() and not inverse.any():
        any_relation = _counts(relations[(heads == entity) | (tails == entity)], graph.n_relations)
        return (item, int(any_relation.argmax()), moved) if any_relation.any() else None
    if own.max() >= inverse.max():
        return item, int(own.argmax()), moved
    return moved, int(inverse.argmax()), item


def _counts(relations: IndexArray, n_relations: int) -> IndexArray:
    return np.bincount(relations, minlength=max(n_relations, 1)).astype(np.int64)


def _provenance(n_links: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "file": [STATED] * n_links,
            "row": [0] * n_links,
            "column": [""] * n_links,
            "n_sources": [1] * n_links,
        },
        schema={"file": pl.String, "row": pl.Int64, "column": pl.String, "n_sources": pl.Int64},
    )
