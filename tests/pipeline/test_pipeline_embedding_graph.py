from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kgrec_core.embedding.kg_embedding import KgeSettings
from kgrec_core.errors import ArtifactError
from kgrec_core.jobs.payloads import EmbedPayload, checked_payload
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.embedding_graph import embed_graph, embedding_folder, open_embedding
from kgrec_core.pipeline.importing import import_path
from kgrec_core.storage.workspace import Workspace
from tests.store_samples import write_tables

SETTINGS = KgeSettings(epochs=2, embedding_dim=4)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose items have two genres each, so that links can be hidden."""
    folder = tmp_path_factory.mktemp("linked")
    tables = write_tables(folder / "tables")
    lines = (tables / "items.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    for number, row in enumerate(rows):
        row[2] += "|Old" if number % 3 else "|New"
    text = "\n".join([lines[0], *(",".join(row) for row in rows)])
    (tables / "items.csv").write_text(text + "\n")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    import_path(workspace, tables, name="tiny")
    yield workspace
    workspace.close()


def test_where_no_link_can_be_hidden_there_are_vectors_but_no_quality(filled: Workspace) -> None:
    made = embed_graph(filled, filled.resolve_dataset("tiny").fingerprint, SETTINGS)
    assert made.quality is None
    assert open_embedding(filled, made.fingerprint).quality is None


def test_vectors_are_kept_with_their_quality(linked: Workspace) -> None:
    dataset = linked.resolve_dataset("tiny").fingerprint
    made = embed_graph(linked, dataset, SETTINGS)
    back = open_embedding(linked, made.fingerprint)
    np.testing.assert_array_equal(back.embedding.entities, made.embedding.entities)
    assert back.embedding.entities.shape == (ensure_graph(linked, dataset).n_entities, 4)
    assert back.to_json() == made.to_json()
    assert made.quality is not None
    assert set(made.quality["both"]) == {"mrr", "mean_rank", "hits@1", "hits@3", "hits@10"}


def test_the_same_settings_again_only_read(linked: Workspace) -> None:
    dataset = linked.resolve_dataset("tiny").fingerprint
    first = embed_graph(linked, dataset, SETTINGS)
    assert embed_graph(linked, dataset, SETTINGS).seconds == first.seconds
    other = embed_graph(linked, dataset, SETTINGS.model_copy(update={"seed": 1}))
    assert other.fingerprint != first.fingerprint


def test_vectors_that_are_not_there_are_a_clear_error(linked: Workspace) -> None:
    with pytest.raises(ArtifactError, match="complete kgrec folder"):
        open_embedding(linked, "0" * 16)


def test_a_damaged_file_of_vectors_is_a_clear_error(linked: Workspace) -> None:
    settings = SETTINGS.model_copy(update={"seed": 2})
    made = embed_graph(linked, linked.resolve_dataset("tiny").fingerprint, settings)
    path = embedding_folder(linked, made.fingerprint) / "vectors.safetensors"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(ArtifactError, match="is damaged"):
        open_embedding(linked, made.fingerprint)


def test_a_job_can_be_asked_for_vectors() -> None:
    payload = checked_payload("embed", {"dataset": "tiny", "settings": {"model": "rotate"}})
    assert isinstance(payload, EmbedPayload)
    assert payload.settings.model == "rotate"
