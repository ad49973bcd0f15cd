from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Kgrec

pytestmark = pytest.mark.usefixtures("ready")
FAST = ("--set", "max_steps=1", "--set", "batch_size=4", "--set", "max_length=16")


def test_finetune_text_saves_a_model_and_says_how_to_use_it(kgrec: Kgrec, tmp_path: Path) -> None:
    answer = kgrec("finetune-text", "tiny", "--out", str(tmp_path / "tuned"), *FAST)
    assert answer.status == 0
    assert (tmp_path / "tuned" / "modules.json").exists()
    assert f"--text-model {tmp_path / 'tuned'}" in answer.out.replace("\n", "")


def test_finetune_text_prints_its_contract(kgrec: Kgrec, tmp_path: Path) -> None:
    out = tmp_path / "tuned"
    result = kgrec("finetune-text", "tiny", "--out", str(out), *FAST, "--json").json()
    assert set(result) == {"dataset", "folder", "steps", "ndcg before", "ndcg after"}
    assert (result["dataset"], result["folder"]) == ("tiny", str(out))
    assert result["ndcg after"] >= result["ndcg before"]


def test_an_existing_folder_is_one_clear_line(kgrec: Kgrec, tmp_path: Path) -> None:
    answer = kgrec("finetune-text", "tiny", "--out", str(tmp_path))
    assert answer.status == 1
    assert "must not exist yet" in answer.err


def test_a_misspelt_setting_of_the_training_is_one_clear_line(kgrec: Kgrec, tmp_path: Path) -> None:
    answer = kgrec("finetune-text", "tiny", "--out", str(tmp_path / "new"), "--set", "step=1")
    assert answer.status == 1
    assert "step" in answer.err
