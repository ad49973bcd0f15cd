"""Graph and text vectors of a data set: taken from the workspace, or built and kept there."""

from __future__ import annotations

import numpy as np

from kgrec_core import __version__
from kgrec_core.contracts import FloatArray, OnProgress, TextEncoder, no_progress
from kgrec_core.data.dataset import Dataset
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.graph_store import keep_graph, open_graph
from kgrec_core.storage.artifacts import read_manifest
from kgrec_core.storage.workspace import Workspace

__all__ = ["NO_TEXT", "ensure_graph", "ensure_text_vectors", "open_text_encoder"]

NO_TEXT = "none"
"""Name of the text model that stands for not using texts."""


def ensure_graph(
    workspace: Workspace, dataset_fingerprint: str, on_progress: OnProgress = no_progress
) -> KnowledgeGraph:
    """The graph of a data set; built and saved when this version has not built it yet."""
    for record in workspace.graphs(dataset_fingerprint):
        manifest = read_manifest(workspace.graph_folder(record.fingerprint), kind="graph")
        if manifest["kgrec"] == __version__:
            return open_graph(workspace, record.fingerprint)
    dataset = workspace.load_dataset(dataset_fingerprint)
    graph = build_graph(dataset, on_progress=on_progress)
    return keep_graph(workspace, graph, dataset_fingerprint)


def ensure_text_vectors(
    workspace: Workspace,
    dataset: Dataset,
    text_model: str,
    on_progress: OnProgress = no_progress,
) -> FloatArray:
    """Unit vectors of the item texts, float32 (n_items, dim), kept by content of the text.

    Items without text have zero rows; with the text model "none" the shape is (n_items, 0).
    """
    encoder = open_text_encoder(text_model)
    if encoder is None:
        return np.zeros((dataset.n_items, 0), dtype=np.float32)
    from kgrec_core.embedding.cache import CachedEncoder

    cached = CachedEncoder(encoder, workspace.root / "vectors")
    return cached.encode(dataset.documents, on_progress=on_progress)


def open_text_encoder(text_model: str) -> TextEncoder | None:
    """The encoder of a text model, weights not yet read; None for "none"."""
    if text_model == NO_TEXT:
        return None
    from kgrec_core.embedding.text_encoder import open_encoder

    return open_encoder(text_model)
