from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec

pytestmark = pytest.mark.usefixtures("ready")
FAST = ("--set", "epochs=1", "--set", "embedding_dim=4")


@pytest.fixture
def linked(kgrec: Kgrec, tables: Path, tmp_path: Path) -> tuple[str, str]:
    """The option of a workspace whose items have two genres each, so that links can be hidden."""
    folder = shutil.copytree(tables, tmp_path / "linked")
    rows = (folder / "items.csv").read_text().replace("Drama,", "Drama|Old,")
    rows = rows.replace("Comedy,", "Comedy|Old,").replace("Horror,", "Horror|New,")
    (folder / "items.csv").write_text(rows)
    option = ("--workspace", str(tmp_path / "ws"))
    kgrec("import", str(folder), "--name", "linked", *option, "--json").json()
    return option


def test_graph_embed_prints_its_contract(kgrec: Kgrec, linked: tuple[str, str]) -> None:
    asked = ("graph", "embed", "linked", *FAST, *linked, "--model", "distmult", "--json")
    result = kgrec(*asked).json()
    assert result["settings"]["model"] == "distmult"
    assert 0 < result["quality"]["both"]["mrr"] <= 1
    assert {"dataset", "embedding", "graph", "seconds", "quality"} <= set(result)


def test_graph_embed_prints_a_table_for_people(kgrec: Kgrec, linked: tuple[str, str]) -> None:
    answer = kgrec("graph", "embed", "linked", *FAST, *linked)
    assert answer.status == 0
    assert "hits@10" in answer.out
    assert "head and tail" in answer.out


def test_graph_embed_says_when_nothing_can_be_measured(kgrec: Kgrec) -> None:
    answer = kgrec("graph", "embed", "tiny", *FAST)
    assert answer.status == 0
    assert "No link could be hidden" in answer.out


def test_an_unknown_model_is_wrong_usage(kgrec: Kgrec) -> None:
    assert kgrec("graph", "embed", "tiny", "--model", "word2vec").status == 2


def test_a_misspelt_setting_is_one_clear_line(kgrec: Kgrec) -> None:
    answer = kgrec("graph", "embed", "tiny", "--set", "epoch=1")
    assert answer.status == 1
    assert "epoch" in answer.err
