"""All vectors that a workspace holds for the entities of a graph, whatever learned them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.errors import ArtifactError
from kgrec_core.pipeline.embedding_graph import embedding_folder, open_embedding
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.storage.artifacts import is_complete
from kgrec_core.storage.workspace import Workspace

__all__ = ["EntityVectors", "graph_vectors", "run_vectors"]

CHANNEL_NAMES = {
    "vectors": "Learned item vectors",
    "few shots": "Behavior factors for short histories",
    "factors": "Behavior factors",
}


@dataclass(frozen=True)
class EntityVectors:
    """One vector each for some entities.

    Attributes:
        key: names them in an address ("text", "run:vectors", "graph:1a2b").
        name: for people.
        about: where they come from, one sentence.
        entity_indices: int64 (n,).
        vectors: float32 (n, dim), none all zeros.
        n_left_out: entities of the same kind without a vector.
    """

    key: str
    name: str
    about: str
    entity_indices: IndexArray
    vectors: FloatArray
    n_left_out: int


def run_vectors(run: LoadedRun) -> list[EntityVectors]:
    """Vectors of the items of a run: of their texts, and those that the model learned."""
    found = []
    if run.text_vectors.size:
        about = f"What the text model ({run.settings.text_model}) makes of each item's text."
        found.append(_vectors("text", "Texts of the items", about, run.text_vectors))
    found += [
        _vectors(f"run:{key}", name, "Learned by the run in use from who chose what.", array)
        for key, name, array in _learned(run)
    ]
    return [vectors for vectors in found if vectors.entity_indices.size]


def graph_vectors(workspace: Workspace, graph_fingerprint: str) -> list[EntityVectors]:
    """Vectors of all entities that `kgrec graph embed` learned; damaged ones are left out."""
    folder = embedding_folder(workspace, "x").parent
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = []
    for name in names:
        if not is_complete(folder / name):
            continue
        try:
            kept = open_embedding(workspace, name)
        except ArtifactError:
            continue
        if kept.graph_fingerprint == graph_fingerprint:
            label = f"Knowledge graph ({kept.settings.model})"
            about = "Learned from the links of the graph alone, by kgrec graph embed."
            found.append(_vectors(f"graph:{name}", label, about, kept.embedding.entities))
    return found


def _learned(run: LoadedRun) -> list[tuple[str, str, FloatArray]]:
    """(key, name, vectors) of the arrays of a fitted model with one row per item."""
    state, n_items = run.recommender.state(), run.dataset.n_items
    found = []
    if "item_vectors" in state.arrays:
        found.append(("vectors", "Learned item vectors", state.arrays["item_vectors"]))
    for position, saved in enumerate(state.settings.get("channels", [])):
        array = state.arrays.get(f"channel{position}.kernel.target")
        if array is not None and saved["n_sources"] == n_items:
            name = str(saved["name"])
            found.append((name.replace(" ", "-"), CHANNEL_NAMES.get(name, name), array))
    return [(key, name, array) for key, name, array in found if array.shape[0] == n_items]


def _vectors(key: str, name: str, about: str, vectors: FloatArray) -> EntityVectors:
    """Row i belongs to entity i; item i is entity i."""
    rows = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
    kept = np.asarray(vectors[rows], dtype=np.float32)
    return EntityVectors(key, name, about, rows, kept, int(vectors.shape[0] - rows.size))
