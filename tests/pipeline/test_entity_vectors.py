"""All vectors of a workspace for the entities of a graph."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.embedding.kg_embedding import KgeSettings
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.embedding_graph import embed_graph, embedding_folder
from kgrec_core.pipeline.entity_vectors import graph_vectors, run_vectors
from kgrec_core.pipeline.importing import ImportResult
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.contract import RecommenderState
from kgrec_core.storage.workspace import Workspace


def test_item_vectors_of_a_factor_model_are_found(filled: Workspace) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    record = train(filled, fingerprint, TrainSettings(model="als", text_model="none"))
    run = load_run(filled, record.run_id)
    found = run_vectors(run)
    assert [vectors.key for vectors in found] == ["run:vectors"]
    saved = run.recommender.state().arrays["item_vectors"]
    np.testing.assert_array_equal(found[0].vectors, saved[found[0].entity_indices])


def test_item_vectors_of_a_fusion_channel_are_found(
    fusion_run: LoadedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_items = fusion_run.dataset.n_items
    target = np.ones((n_items, 3), dtype=np.float32)
    target[0] = 0
    state = RecommenderState(
        {"channels": [{"name": "vectors", "modality": "collaborative", "n_sources": n_items}]},
        {"channel0.kernel.target": target},
    )
    monkeypatch.setattr(type(fusion_run.recommender), "state", lambda self: state)
    (found,) = run_vectors(fusion_run)
    assert (found.key, found.name) == ("run:vectors", "Learned item vectors")
    assert found.entity_indices.tolist() == list(range(1, n_items))
    assert found.n_left_out == 1


def test_text_vectors_come_first_and_items_without_text_are_counted(
    fusion_run: LoadedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_items = fusion_run.dataset.n_items
    texts = np.eye(n_items, 4, dtype=np.float32)
    data = dataclasses.replace(fusion_run.inputs.data, text_vectors=texts)
    run = dataclasses.replace(fusion_run, inputs=dataclasses.replace(fusion_run.inputs, data=data))
    found = run_vectors(run)[0]
    assert found.key == "text"
    assert (found.entity_indices.tolist(), found.n_left_out) == ([0, 1, 2, 3], n_items - 4)


def test_vectors_of_a_graph_are_found_and_those_of_others_are_not(
    fresh: Workspace, imported: ImportResult
) -> None:
    graph = ensure_graph(fresh, imported.dataset.fingerprint)
    assert graph_vectors(fresh, graph.fingerprint) == []
    settings = KgeSettings(epochs=1, embedding_dim=4)
    made = embed_graph(fresh, imported.dataset.fingerprint, settings)
    (found,) = graph_vectors(fresh, graph.fingerprint)
    assert found.key == f"graph:{made.fingerprint}"
    assert found.vectors.shape == (graph.n_entities, 4)
    assert graph_vectors(fresh, "another") == []


def test_damaged_vectors_are_left_out(fresh: Workspace, imported: ImportResult) -> None:
    graph = ensure_graph(fresh, imported.dataset.fingerprint)
    settings = KgeSettings(epochs=1, embedding_dim=4)
    made = embed_graph(fresh, imported.dataset.fingerprint, settings)
    (embedding_folder(fresh, made.fingerprint) / "vectors.safetensors").write_bytes(b"no")
    assert graph_vectors(fresh, graph.fingerprint) == []
