"""Entity vectors of a data set's graph: learned, measured, and kept in the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kgrec_core.contracts import OnProgress, no_progress
from kgrec_core.embedding.kg_embedding import KgEmbedding, KgeSettings, fit_kg_embedding
from kgrec_core.embedding.link_prediction import evaluate_links, hold_out_triples
from kgrec_core.errors import ArtifactError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.measuring import StageClock
from kgrec_core.rng import make_rng
from kgrec_core.saved_settings import read_settings, stamped
from kgrec_core.storage.artifacts import (
    is_complete,
    read_json,
    read_manifest,
    write_folder,
    write_json,
)
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.workspace import Workspace

__all__ = ["GraphEmbedding", "embed_graph", "embedding_folder", "open_embedding"]

EMBEDDING_VERSION = 1
HELD_OUT_SHARE = 0.1
KIND = "embedding"
VECTORS_NAME, QUALITY_NAME = "vectors.safetensors", "quality.json"


@dataclass(frozen=True)
class GraphEmbedding:
    """Entity vectors and how well they know links they were not shown.

    Attributes:
        fingerprint: hash of graph and settings; names the folder.
        graph_fingerprint: the graph they belong to.
        settings: how they were learned.
        embedding: learned from all triples.
        quality: `LinkQuality.to_json` of vectors learned in the same way from fewer triples; None
            when no triple could be hidden without losing an entity or a relation.
        seconds: of the two fits and of the ranking.
    """

    fingerprint: str
    graph_fingerprint: str
    settings: KgeSettings
    embedding: KgEmbedding
    quality: dict[str, Any] | None
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "embedding": self.fingerprint,
            "graph": self.graph_fingerprint,
            "settings": self.settings.model_dump(),
            "seconds": self.seconds,
            "quality": self.quality,
        }


def embedding_folder(workspace: Workspace, fingerprint: str) -> Path:
    """Where the vectors with this fingerprint lie, beside the folder of the graphs."""
    return workspace.root / "embeddings" / fingerprint


def embed_graph(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: KgeSettings | None = None,
    *,
    held_out_share: float = HELD_OUT_SHARE,
    on_progress: OnProgress = no_progress,
) -> GraphEmbedding:
    """Learn the vectors of a graph and measure them; the same settings again only read.

    Quality is measured with vectors that a share of the triples was hidden from; those that are
    kept are learned again, from all triples.

    Raises:
        ArtifactError: the data set is missing or damaged.
        ConfigError: `held_out_share` is not between 0 and 1.
        DataError: the graph has no triple.
    """
    chosen = settings or KgeSettings()
    graph = ensure_graph(workspace, dataset_fingerprint, on_progress)
    parts = [KIND, EMBEDDING_VERSION, graph.fingerprint, chosen.model_dump_json(), held_out_share]
    fingerprint = fingerprint_of(parts)
    folder = embedding_folder(workspace, fingerprint)
    if is_complete(folder):
        return open_embedding(workspace, fingerprint)
    clock, rng = StageClock(), make_rng(chosen.seed)
    quality = _quality(graph, chosen, held_out_share, rng, clock, on_progress)
    with clock.stage("fit on all"):
        embedding = fit_kg_embedding(graph, rng=rng, settings=chosen, on_progress=on_progress)
    finished = GraphEmbedding(
        fingerprint, graph.fingerprint, chosen, embedding, quality, clock.seconds
    )
    manifest = {
        "graph_fingerprint": graph.fingerprint,
        "settings": stamped(chosen.model_dump()),
        "held_out_share": held_out_share,
        "seconds": clock.seconds,
    }
    write_folder(folder, lambda aside: _write(finished, aside), kind=KIND, manifest=manifest)
    return finished


def open_embedding(workspace: Workspace, fingerprint: str) -> GraphEmbedding:
    """The vectors with this fingerprint.

    Raises:
        ArtifactError: their folder is missing or damaged.
    """
    folder = embedding_folder(workspace, fingerprint)
    manifest = read_manifest(folder, kind=KIND)
    quality: dict[str, Any] | None = read_json(folder / QUALITY_NAME)
    try:
        arrays = load_file(folder / VECTORS_NAME)
    except (SafetensorError, OSError) as error:
        raise ArtifactError(f"{folder / VECTORS_NAME} is damaged: {error}. Learn again.") from None
    return GraphEmbedding(
        fingerprint,
        str(manifest["graph_fingerprint"]),
        read_settings(
            KgeSettings, "graph embedding", manifest["settings"], f"the vectors in {folder}"
        ),
        KgEmbedding.from_arrays(arrays),
        quality,
        dict(manifest["seconds"]),
    )


def _write(finished: GraphEmbedding, folder: Path) -> None:
    arrays = finished.embedding.to_arrays()
    save_file(
        {n: np.require(a, requirements="C") for n, a in arrays.items()}, folder / VECTORS_NAME
    )
    write_json(folder / QUALITY_NAME, finished.quality)


def _quality(
    graph: KnowledgeGraph,
    settings: KgeSettings,
    share: float,
    rng: np.random.Generator,
    clock: StageClock,
    on_progress: OnProgress,
) -> dict[str, Any] | None:
    held_out = hold_out_triples(graph, share, rng)
    if not held_out.any():
        return None
    with clock.stage("fit on a part"):
        shown = graph.triples[~held_out]
        partial = fit_kg_embedding(
            graph, triples=shown, rng=rng, settings=settings, on_progress=on_progress
        )
    with clock.stage("rank"):
        found = evaluate_links(partial, graph, held_out, rng=rng, on_progress=on_progress)
    return found.to_json()
