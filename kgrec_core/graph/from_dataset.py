"""Builds the knowledge graph of a data set: items, table columns, tags and uploaded triples."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.dataset import Dataset, EntityColumn
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.graph.knowledge_graph import ITEM_TYPE, KnowledgeGraph
from kgrec_core.graph.naming import (
    TAG_TYPE,
    TAGGED,
    bin_names,
    item_entity_id,
    tag_entity_id,
    uploaded_name,
)

__all__ = ["build_graph"]

STATEMENT = pl.Schema(
    {
        "head": pl.String,
        "relation": pl.String,
        "tail": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "column": pl.String,
    }
)
ENTITY = {"id": pl.String, "label": pl.String, "type": pl.String}

Part = tuple[pl.DataFrame, pl.DataFrame]
"""Statements and the entities they bring along."""


def build_graph(dataset: Dataset, *, on_progress: OnProgress = no_progress) -> KnowledgeGraph:
    """All that the data set says about its items, as one graph.

    Entities come in this order: items, entities of mapped columns, tags, uploaded ones. Two
    columns with one entity type share their entities. Uploaded ids that an item is linked to
    (or, when no links were uploaded, that are item ids) become the item itself. The same triple
    from several rows is kept once, with its first row as provenance and the number of rows.
    A cell that is no number makes no link when its column is mapped with a bin width. Columns
    that describe users are left out.

    Args:
        dataset: the data; not changed.
        on_progress: hears about each source of triples.

    Returns:
        The graph, fingerprint "".
    """
    item_ids = pl.Series("head", [item_entity_id(id_) for id_ in dataset.items.ids], pl.String)
    sources: list[Callable[[], Part]] = [
        partial(_column_part, column, item_ids)
        for column in dataset.columns
        if column.owner == "item"
    ]
    sources += [partial(_tag_part, dataset, item_ids), partial(_uploaded_part, dataset)]
    parts = []
    for done, source in enumerate(sources, start=1):
        parts.append(source())
        on_progress(Progress("Building the graph", done, len(sources), {}))
    items = pl.DataFrame(
        {"id": item_ids, "label": dataset.item_labels, "type": [ITEM_TYPE] * dataset.n_items},
        schema=ENTITY,
    )
    return _assemble(items, parts)


def _assemble(items: pl.DataFrame, parts: list[Part]) -> KnowledgeGraph:
    """Number the entities and relations and merge equal triples."""
    entities = pl.concat([items, *(entities for _, entities in parts)]).unique(
        "id", keep="first", maintain_order=True
    )
    statements = pl.concat([statements for statements, _ in parts])
    relations = statements["relation"].unique(maintain_order=True)
    numbered = statements.select(
        _positions(statements["head"], entities["id"]).alias("head"),
        _positions(statements["relation"], relations).alias("relation"),
        _positions(statements["tail"], entities["id"]).alias("tail"),
        "file",
        "row",
        "column",
    )
    merged = numbered.group_by("head", "relation", "tail", maintain_order=True).agg(
        pl.first("file", "row", "column"), pl.len().cast(pl.Int64).alias("n_sources")
    )
    return KnowledgeGraph(
        entities=Vocabulary(entities["id"].to_list(), name="entity"),
        entity_labels=tuple(entities["label"].to_list()),
        entity_types=tuple(entities["type"].to_list()),
        n_items=items.height,
        relations=Vocabulary(relations.to_list(), name="relation"),
        triples=_triples_of(merged),
        provenance=merged.select("file", "row", "column", "n_sources"),
    )


def _triples_of(merged: pl.DataFrame) -> IndexArray:
    columns = [merged[name].to_numpy() for name in ("head", "relation", "tail")]
    return np.column_stack(columns).astype(np.int64).reshape(-1, 3)


def _positions(values: pl.Series, ids: pl.Series) -> pl.Series:
    """Position of each value in `ids`, which holds them all."""
    table = pl.DataFrame({"id": ids}).with_row_index("position")
    wanted = pl.DataFrame({"id": values})
    found = wanted.join(table, on="id", how="left", maintain_order="left")
    return found["position"].cast(pl.Int64)


def _column_part(column: EntityColumn, item_ids: pl.Series) -> Part:
    """Links of one mapped column: item -> "<entity type>:<cell>"."""
    link = column.link
    cells = pl.DataFrame(
        {
            "head": item_ids.gather(column.owner_indices),
            "row": column.rows,
            "value": pl.Series(column.values, dtype=pl.String),
        }
    )
    if link.separator:
        cells = cells.with_columns(pl.col("value").str.split(link.separator))
        cells = cells.explode("value", empty_as_null=True, keep_nulls=True)
    cells = cells.with_columns(pl.col("value").str.strip_chars())
    cells = cells.filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
    names = _cell_names(cells["value"].unique(maintain_order=True), column)
    cells = cells.join(names, on="value", how="inner", maintain_order="left")
    statements = cells.select(
        "head",
        pl.lit(link.relation).alias("relation"),
        pl.col("id").alias("tail"),
        pl.lit(column.file).alias("file"),
        "row",
        pl.lit(link.column).alias("column"),
    )
    entities = cells.select("id", "label", pl.lit(link.entity_type).alias("type"))
    return statements.cast(STATEMENT), entities.unique("id", keep="first", maintain_order=True)


def _cell_names(values: pl.Series, column: EntityColumn) -> pl.DataFrame:
    """Entity id and label of each different cell; cells without a number drop out of bins."""
    link = column.link
    if link.bin is None:
        ids = f"{link.entity_type}:" + values
        return pl.DataFrame({"value": values, "id": ids, "label": values})
    rows = []
    numbers = values.cast(pl.Float64, strict=False).to_list()
    for value, number in zip(values.to_list(), numbers, strict=True):
        names = None if number is None else bin_names(number, link)
        if names:
            rows.append((value, f"{link.entity_type}:{names[0]}", names[1]))
    schema = {"value": pl.String, "id": pl.String, "label": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _tag_part(dataset: Dataset, item_ids: pl.Series) -> Part:
    """Links item -> tag; one row per assignment, so that n_sources counts the people."""
    tags = dataset.tags.filter(pl.col("tag").str.strip_chars() != "")
    unique = tags["tag"].unique(maintain_order=True).to_list()
    names = pl.DataFrame(
        {
            "tag": pl.Series(unique, dtype=pl.String),
            "tail": pl.Series([tag_entity_id(tag) for tag in unique], dtype=pl.String),
            "label": pl.Series([tag.strip() for tag in unique], dtype=pl.String),
        }
    )
    named = tags.join(names, on="tag", how="left", maintain_order="left")
    statements = named.select(
        item_ids.gather(named["item_index"]).alias("head"),
        pl.lit(TAGGED).alias("relation"),
        "tail",
        (pl.col("file") if "file" in named.columns else pl.lit("")).alias("file"),
        (pl.col("row") if "row" in named.columns else pl.lit(0)).alias("row"),
        pl.lit("tag").alias("column"),
    )
    entities = names.select(pl.col("tail").alias("id"), "label", pl.lit(TAG_TYPE).alias("type"))
    return statements.cast(STATEMENT), entities.unique("id", keep="first", maintain_order=True)


def _uploaded_part(dataset: Dataset) -> Part:
    """Uploaded triples, with the ids that stand for items replaced by the items."""
    triples = dataset.triples
    stands_for = _item_aliases(dataset)
    for column in ("head_id", "tail_id"):
        # Two items linked to one entity both get its triples: the join multiplies the rows.
        triples = triples.join(
            stands_for, left_on=column, right_on="alias", how="left", maintain_order="left_right"
        )
        triples = triples.with_columns(pl.coalesce("item", column).alias(column)).drop("item")
    statements = triples.select(
        pl.col("head_id").alias("head"),
        pl.col("relation_id").alias("relation"),
        pl.col("tail_id").alias("tail"),
        "file",
        "row",
        pl.lit("").alias("column"),
    )
    ids = pl.concat([triples["head_id"], triples["tail_id"]]).unique(maintain_order=True).to_list()
    named = [(id_, *uploaded_name(id_)) for id_ in ids]
    given = dataset.entity_labels
    rows = [(id_, given.get(id_) or label, kind) for id_, label, kind in named]
    entities = pl.DataFrame(rows, schema=ENTITY, orient="row")
    return statements.cast(STATEMENT), entities


def _item_aliases(dataset: Dataset) -> pl.DataFrame:
    """Uploaded ids that mean an item: alias -> item entity id, several items per alias allowed."""
    if dataset.item_entities:
        pairs = [
            (alias, item_entity_id(dataset.items.id_of(index)))
            for index, alias in sorted(dataset.item_entities.items())
        ]
    else:
        pairs = [(id_, item_entity_id(id_)) for id_ in dataset.items.ids]
    schema = {"alias": pl.String, "item": pl.String}
    return pl.DataFrame(pairs, schema=schema, orient="row").unique(maintain_order=True)
