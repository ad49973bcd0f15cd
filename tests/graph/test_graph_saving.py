"""A graph on disk: the same after loading, and a clear error for anything else."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from kgrec_core.errors import ArtifactError
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.saving import load_graph, save_graph
from tests.graph_samples import dataset_of, graph_of, link_column


@pytest.fixture
def graph() -> KnowledgeGraph:
    dataset = dataset_of(
        labels=("Ä", "", "c\td"),
        columns=[link_column({0: "X|Y", 1: "Y"}, separator="|")],
        tags=[(0, 2, "t")],
        triples=[("a", "r", "ü")],
    )
    return build_graph(dataset).with_fingerprint("f00")


def assert_equal(one: KnowledgeGraph, other: KnowledgeGraph) -> None:
    assert one.entities == other.entities
    assert one.entity_labels == other.entity_labels
    assert one.entity_types == other.entity_types
    assert one.relations == other.relations
    assert one.triples.tolist() == other.triples.tolist()
    assert one.triples.dtype == other.triples.dtype
    assert one.provenance.equals(other.provenance)
    assert (one.n_items, one.fingerprint) == (other.n_items, other.fingerprint)


def test_a_loaded_graph_equals_the_saved_one(graph: KnowledgeGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path)
    assert_equal(load_graph(tmp_path), graph)


def test_an_empty_graph_can_be_saved(tmp_path: Path) -> None:
    empty = graph_of([], n_items=2)
    save_graph(empty, tmp_path)
    assert_equal(load_graph(tmp_path), empty)


def test_only_tables_and_json_are_written(graph: KnowledgeGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".parquet"}


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"graph\.json is missing"):
        load_graph(tmp_path)
    (tmp_path / "graph.json").write_text("[1]")
    with pytest.raises(ArtifactError, match="something else"):
        load_graph(tmp_path)


def test_another_version_is_refused(graph: KnowledgeGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path)
    manifest = json.loads((tmp_path / "graph.json").read_text())
    (tmp_path / "graph.json").write_text(json.dumps(manifest | {"version": 99}))
    with pytest.raises(ArtifactError, match="has version 99"):
        load_graph(tmp_path)


@pytest.mark.parametrize("name", ["entities.parquet", "relations.parquet", "triples.parquet"])
def test_a_missing_or_cut_table_is_refused(
    graph: KnowledgeGraph, tmp_path: Path, name: str
) -> None:
    save_graph(graph, tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError, match="Build the graph again"):
        load_graph(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ArtifactError, match="Build the graph again"):
        load_graph(tmp_path)


def test_a_table_with_other_content_is_refused(graph: KnowledgeGraph, tmp_path: Path) -> None:
    save_graph(graph, tmp_path)
    triples = pl.read_parquet(tmp_path / "triples.parquet")
    triples.head(1).write_parquet(tmp_path / "triples.parquet")
    with pytest.raises(ArtifactError, match="it should hold"):
        load_graph(tmp_path)
    triples.drop("tail").write_parquet(tmp_path / "triples.parquet")
    with pytest.raises(ArtifactError, match="Build the graph again"):
        load_graph(tmp_path)
