from __future__ import annotations

import json
from pathlib import Path

import pytest

from kgrec_core.contracts import Progress
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.pipeline.building import ensure_graph, ensure_text_vectors
from kgrec_core.pipeline.importing import ImportResult, import_path, read_mapping
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import GENRES, write_tables


def test_an_import_counts_what_the_tables_hold(imported: ImportResult) -> None:
    counts = imported.to_json()["counts"]
    # 60 users with 9 interactions each; each of 40 items has one genre.
    assert (counts["users"], counts["items"], counts["interactions"]) == (60, 40, 540)
    assert (counts["entities"], counts["relations"], counts["triples"]) == (44, 1, 40)


def test_an_import_saves_data_graph_and_problems(fresh: Workspace, tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "tables")
    with (folder / "interactions.csv").open("a", encoding="utf-8") as file:
        file.write("u1,i1,not a number,5\n")
    result = import_path(fresh, folder, name="tiny")
    assert [record.name for record in fresh.datasets()] == ["tiny"]
    assert [record.fingerprint for record in fresh.graphs()] == [result.graph_fingerprint]
    kept = fresh.load_problems(result.dataset.fingerprint)
    assert kept == result.problems
    problem = next(p for p in result.to_json()["problems"] if p["column"] == "rating")
    assert set(problem) == {"file", "line", "column", "reason", "count", "example"}
    assert (problem["line"], problem["count"], problem["example"]) == (542, 1, "not a number")


def test_importing_the_same_files_twice_changes_nothing_but_the_name(
    fresh: Workspace, imported: ImportResult, tmp_path: Path
) -> None:
    again = import_path(fresh, tmp_path / "tables", name="second")
    assert (imported.renamed_from, again.renamed_from) == ("", imported.dataset.name)
    assert again.dataset.fingerprint == imported.dataset.fingerprint
    assert again.graph_fingerprint == imported.graph_fingerprint
    assert len(fresh.datasets()) == len(fresh.graphs()) == 1


def test_a_graph_is_built_once_and_then_read(fresh: Workspace, imported: ImportResult) -> None:
    seen: list[Progress] = []
    graph = ensure_graph(fresh, imported.dataset.fingerprint, seen.append)
    assert seen == []
    assert graph.fingerprint == imported.graph_fingerprint
    assert set(graph.entity_labels[40:]) == set(GENRES)


def test_a_damaged_graph_is_built_again(fresh: Workspace, imported: ImportResult) -> None:
    (fresh.graph_folder(imported.graph_fingerprint) / "triples.parquet").unlink()
    graph = ensure_graph(fresh, imported.dataset.fingerprint)
    assert graph.fingerprint == imported.graph_fingerprint
    assert graph.n_triples == 40


def test_without_a_text_model_the_vectors_have_no_columns(
    fresh: Workspace, imported: ImportResult
) -> None:
    assert ensure_text_vectors(fresh, imported.dataset, "none").shape == (40, 0)


def test_a_missing_path_is_our_error_and_saves_nothing(fresh: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        import_path(fresh, tmp_path / "nowhere")
    assert fresh.datasets() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        (json.dumps({"name": "x"}), "tables"),
    ],
)
def test_a_wrong_mapping_file_is_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "mapping.json").write_text(content)
    with pytest.raises(ConfigError, match=sentence):
        read_mapping(tmp_path / "mapping.json")


def test_a_missing_mapping_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Cannot read the mapping"):
        read_mapping(tmp_path / "mapping.json")


def test_a_mapping_that_nests_too_deep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, "utf-8")
    with pytest.raises(ConfigError, match="not JSON"):
        read_mapping(path)
