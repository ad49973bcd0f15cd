"""A graph to and from a folder: Parquet tables and a JSON manifest, no code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["GRAPH_VERSION", "load_graph", "save_graph"]

GRAPH_VERSION = 1
MANIFEST = "graph.json"
ENTITIES, RELATIONS, TRIPLES = "entities.parquet", "relations.parquet", "triples.parquet"
KIND = "kgrec knowledge graph"
PROVENANCE = ("file", "row", "column", "n_sources")


def save_graph(graph: KnowledgeGraph, folder: Path) -> None:
    """Write the graph into an existing, empty folder; the caller makes it appear in one step."""
    entities = {
        "id": graph.entities.ids,
        "label": graph.entity_labels,
        "type": graph.entity_types,
    }
    schema = dict.fromkeys(entities, pl.String)
    pl.DataFrame(entities, schema=schema).write_parquet(folder / ENTITIES)
    relations = pl.DataFrame({"id": graph.relations.ids}, schema={"id": pl.String})
    relations.write_parquet(folder / RELATIONS)
    ends = {name: graph.triples[:, i] for i, name in enumerate(("head", "relation", "tail"))}
    triples = pl.DataFrame(ends).hstack(graph.provenance.select(PROVENANCE))
    triples.write_parquet(folder / TRIPLES)
    manifest = {
        "kind": KIND,
        "version": GRAPH_VERSION,
        "fingerprint": graph.fingerprint,
        "n_items": graph.n_items,
        "n_entities": graph.n_entities,
        "n_relations": graph.n_relations,
        "n_triples": graph.n_triples,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def load_graph(folder: Path) -> KnowledgeGraph:
    """The graph that `save_graph` wrote.

    Raises:
        ArtifactError: the folder holds no graph, one of another version, or a damaged one.
    """
    manifest = _read_manifest(folder)
    try:
        entities = pl.read_parquet(folder / ENTITIES)
        relations = pl.read_parquet(folder / RELATIONS)
        triples = pl.read_parquet(folder / TRIPLES)
        graph = KnowledgeGraph(
            entities=Vocabulary(entities["id"].to_list(), name="entity"),
            entity_labels=tuple(entities["label"].to_list()),
            entity_types=tuple(entities["type"].to_list()),
            n_items=int(manifest["n_items"]),
            relations=Vocabulary(relations["id"].to_list(), name="relation"),
            triples=np.column_stack(
                [triples[name].to_numpy() for name in ("head", "relation", "tail")]
            ).astype(np.int64),
            provenance=triples.select(PROVENANCE),
            fingerprint=str(manifest["fingerprint"]),
        )
        counts = (graph.n_entities, graph.n_relations, graph.n_triples)
        expected = tuple(manifest[key] for key in ("n_entities", "n_relations", "n_triples"))
    except (OSError, pl.exceptions.PolarsError, LookupError, TypeError, ValueError, DataError) as e:
        raise _damaged(folder, str(e).splitlines()[0] if str(e) else type(e).__name__) from e
    if counts != expected:
        raise _damaged(folder, f"it should hold {expected} entities, relations and triples")
    return graph


def _read_manifest(folder: Path) -> dict[str, str | int]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, f"{MANIFEST} is missing or unreadable") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise _damaged(folder, f"{MANIFEST} describes something else")
    if manifest.get("version") != GRAPH_VERSION:
        raise ArtifactError(
            f"The graph in '{folder}' has version {manifest.get('version')}, but this program "
            f"reads version {GRAPH_VERSION}. Build the graph again from its data set."
        )
    return manifest


def _damaged(folder: Path, what: str) -> ArtifactError:
    return ArtifactError(
        f"The folder '{folder}' holds no usable graph: {what}. "
        "Build the graph again from its data set."
    )
