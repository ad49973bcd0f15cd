"""Keeps held-out knowledge out of the graph that a model is fitted on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import Interactions
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.naming import TAGGED, tag_entity_id

__all__ = ["training_graph"]


def training_graph(
    graph: KnowledgeGraph, dataset: Dataset, held_out: Interactions
) -> KnowledgeGraph:
    """The graph without tags that only held-out (user, item) pairs state.

    A user who tags an item has met it, so a tag of a held-out pair would tell the model about
    the test part. A tag that another user or another file states stays, counted less often.

    Args:
        graph: built from `dataset`.
        dataset: supplies who gave which tag.
        held_out: validation or test interactions, over the same vocabularies.

    Returns:
        A graph over the same entities and relations, fingerprint "" when anything was dropped;
        else `graph` itself.
    """
    lost = _held_out_taggings(graph, dataset, held_out)
    if lost.height == 0:
        return graph
    table = pl.DataFrame(graph.triples, schema=["head", "relation", "tail"], orient="row")
    table = table.join(lost, on=["head", "relation", "tail"], how="left", maintain_order="left")
    n_lost = table["n_lost"].fill_null(0)
    n_sources = graph.provenance["n_sources"] - n_lost
    kept = (n_sources > 0).to_numpy()
    return replace(
        graph,
        triples=graph.triples[kept],
        provenance=graph.provenance.with_columns(n_sources.alias("n_sources")).filter(kept),
        fingerprint="",
    )


def _held_out_taggings(
    graph: KnowledgeGraph, dataset: Dataset, held_out: Interactions
) -> pl.DataFrame:
    """How many assignments of each tag triple come from held-out pairs: columns head ... n_lost."""
    schema = {"head": pl.Int64, "relation": pl.Int64, "tail": pl.Int64, "n_lost": pl.Int64}
    tags = dataset.tags.filter(pl.col("tag").str.strip_chars() != "")
    if tags.height == 0 or TAGGED not in graph.relations:
        return pl.DataFrame(schema=schema)
    n_items = held_out.n_items
    pairs = held_out.user_indices * n_items + held_out.item_indices
    # Tags without a known user cannot belong to a held-out pair; -1 is no user.
    users = tags["user_index"].fill_null(-1).to_numpy()
    is_lost = (users >= 0) & np.isin(users * n_items + tags["item_index"].to_numpy(), pairs)
    lost = tags.filter(is_lost)
    ids = [tag_entity_id(tag) for tag in lost["tag"].to_list()]
    rows = pl.DataFrame(
        {
            "head": lost["item_index"],
            "relation": np.full(lost.height, graph.relations.index_of(TAGGED), dtype=np.int64),
            "tail": graph.entities.indices_of(ids, missing="error"),
        }
    )
    return rows.group_by("head", "relation", "tail").agg(pl.len().cast(pl.Int64).alias("n_lost"))
