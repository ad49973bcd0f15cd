"""Graphs as artifacts of the workspace: fingerprint, folder, list."""

from __future__ import annotations

import time

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.saving import GRAPH_VERSION, load_graph, save_graph
from kgrec_core.storage.artifacts import read_manifest, write_folder
from kgrec_core.storage.fingerprint import fingerprint_of, table_parts
from kgrec_core.storage.workspace import Workspace

__all__ = ["graph_counts", "graph_fingerprint", "keep_graph", "open_graph"]


def graph_fingerprint(graph: KnowledgeGraph, dataset_fingerprint: str) -> str:
    """Hash of all entities, relations and triples, and of the data set they come from."""
    parts = ["graph", GRAPH_VERSION, dataset_fingerprint, graph.n_items, graph.triples]
    parts += [graph.entities.ids, graph.entity_labels, graph.entity_types, graph.relations.ids]
    return fingerprint_of(parts + table_parts(graph.provenance))


def graph_counts(graph: KnowledgeGraph) -> dict[str, int]:
    """The numbers that lists show."""
    return {
        "entities": graph.n_entities,
        "relations": graph.n_relations,
        "triples": graph.n_triples,
    }


def keep_graph(
    workspace: Workspace, graph: KnowledgeGraph, dataset_fingerprint: str
) -> KnowledgeGraph:
    """Save a graph; returns it with its fingerprint. The same graph again changes nothing."""
    finished = graph.with_fingerprint(graph_fingerprint(graph, dataset_fingerprint))
    folder = workspace.graph_folder(finished.fingerprint)
    counts, now = graph_counts(finished), time.time()
    manifest = {
        "dataset_fingerprint": dataset_fingerprint,
        "counts": counts,
        "created_at": now,
    }
    write_folder(folder, lambda aside: save_graph(finished, aside), kind="graph", manifest=manifest)
    workspace.record_graph(finished.fingerprint, dataset_fingerprint, counts, now)
    return finished


def open_graph(workspace: Workspace, fingerprint: str) -> KnowledgeGraph:
    """The graph with this fingerprint.

    Raises:
        ArtifactError: its folder is missing or damaged.
    """
    folder = workspace.graph_folder(fingerprint)
    read_manifest(folder, kind="graph")
    return load_graph(folder)
