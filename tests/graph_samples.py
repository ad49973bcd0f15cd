"""Data sets and graphs of a few lines, written down in the tests that use them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from kgrec_core.data.dataset import TAG_COLUMNS, TRIPLE_COLUMNS, Dataset, EntityColumn
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.graph.knowledge_graph import KnowledgeGraph


def interactions_of(pairs: Sequence[tuple[int, int]], n_users: int, n_items: int) -> Interactions:
    """Interactions of weight 1 without times."""
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    n = table.shape[0]
    times = np.full(n, NO_TIME, dtype=np.int64)
    weights = np.ones(n, dtype=np.float32)
    return Interactions(table[:, 0], table[:, 1], weights, times, n_users, n_items)


def link_column(
    cells: dict[int, str], *, owner: str = "item", file: str = "items.csv", **link: object
) -> EntityColumn:
    """A mapped column with the cells of some items; item i stands in line i + 2."""
    settings = {"column": "kind", "relation": "has_kind", "entity_type": "kind", **link}
    indices = np.array(list(cells), dtype=np.int64)
    return EntityColumn(
        owner=owner,
        link=LinkColumn.model_validate(settings),
        file=file,
        owner_indices=indices,
        rows=indices + 2,
        values=tuple(cells.values()),
    )


def dataset_of(
    item_ids: Sequence[str] = ("a", "b", "c"),
    *,
    labels: Sequence[str] | None = None,
    columns: Sequence[EntityColumn] = (),
    tags: Sequence[tuple[int, int, str]] = (),
    triples: Sequence[tuple[str, str, str]] = (),
    entity_labels: dict[str, str] | None = None,
    item_entities: dict[int, str] | None = None,
    n_users: int = 3,
) -> Dataset:
    """A data set with these parts and nothing else; triples stand in kg.tsv from line 2."""
    users = [f"u{i}" for i in range(n_users)]
    n_items = len(item_ids)
    rows = [(*triple, "kg.tsv", line) for line, triple in enumerate(triples, start=2)]
    return Dataset(
        name="small",
        users=Vocabulary(users, name="user"),
        items=Vocabulary(item_ids, name="item"),
        interactions=interactions_of([], n_users, n_items),
        user_table=pl.DataFrame({"user_id": users, "user_label": users}),
        item_table=pl.DataFrame(
            {
                "item_id": list(item_ids),
                "item_label": list(labels or [id_.upper() for id_ in item_ids]),
                "text": [""] * n_items,
            },
            schema={"item_id": pl.String, "item_label": pl.String, "text": pl.String},
        ),
        social=np.zeros((0, 2), dtype=np.int64),
        tags=pl.DataFrame(
            [(user, item, tag, NO_TIME) for user, item, tag in tags],
            schema=TAG_COLUMNS,
            orient="row",
        ),
        columns=tuple(columns),
        triples=pl.DataFrame(rows, schema=TRIPLE_COLUMNS, orient="row"),
        entity_labels=entity_labels or {},
        item_entities=item_entities or {},
    )


def graph_of(
    triples: Sequence[tuple[str, str, str]],
    *,
    n_items: int = 0,
    labels: dict[str, str] | None = None,
    more: Sequence[str] = (),
) -> KnowledgeGraph:
    """A graph from triples of ids; items are "item:0", "item:1", ...; types stand before ":"."""
    items = [f"item:{i}" for i in range(n_items)]
    ends = [end for head, _, tail in triples for end in (head, tail)]
    ids = list(dict.fromkeys([*items, *ends, *more]))
    entities = Vocabulary(ids, name="entity")
    relations = Vocabulary(dict.fromkeys(r for _, r, _ in triples), name="relation")
    numbers = [
        (entities.index_of(h), relations.index_of(r), entities.index_of(t)) for h, r, t in triples
    ]
    n = len(numbers)
    return KnowledgeGraph(
        entities=entities,
        entity_labels=tuple((labels or {}).get(id_, id_.split(":")[-1]) for id_ in ids),
        entity_types=tuple(id_.split(":")[0] if ":" in id_ else "entity" for id_ in ids),
        n_items=n_items,
        relations=relations,
        triples=np.array(numbers, dtype=np.int64).reshape(-1, 3),
        provenance=pl.DataFrame(
            {
                "file": ["kg.tsv"] * n,
                "row": list(range(2, n + 2)),
                "column": [""] * n,
                "n_sources": [1] * n,
            },
            schema={
                "file": pl.String,
                "row": pl.Int64,
                "column": pl.String,
                "n_sources": pl.Int64,
            },
        ),
    )


def readable(graph: KnowledgeGraph) -> list[tuple[str, str, str]]:
    """The triples as ids, in order."""
    return [
        (graph.entities.id_of(h), graph.relations.id_of(r), graph.entities.id_of(t))
        for h, r, t in graph.triples.tolist()
    ]
