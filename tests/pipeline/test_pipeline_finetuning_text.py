from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kgrec_core.config import SplitSettings
from kgrec_core.data.splitting import make_split
from kgrec_core.embedding.text_encoder import open_encoder
from kgrec_core.embedding.text_finetuning import FinetunedText, TextFinetuneSettings
from kgrec_core.errors import ConfigError
from kgrec_core.pipeline import finetuning_text
from kgrec_core.pipeline.finetuning_text import finetune_text
from kgrec_core.storage.workspace import Workspace

FAST = TextFinetuneSettings(max_steps=1, batch_size=4, max_length=16)


def test_the_folder_is_a_text_model_that_can_be_opened(filled: Workspace, tmp_path: Path) -> None:
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    made = finetune_text(filled, fingerprint, tmp_path / "tuned", FAST)
    vectors = open_encoder(str(made.folder)).encode(["A drama story"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert (made.n_steps > 0) == (made.metrics["ndcg after"] > made.metrics["ndcg before"])


def test_the_test_part_of_the_split_is_not_shown(
    filled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def listen(texts: list[str], known: object, folder: Path, **_: object) -> FinetunedText:
        seen.update(texts=texts, known=known)
        return FinetunedText(folder, 0, {})

    monkeypatch.setattr(finetuning_text, "finetune_text_model", listen)
    fingerprint = filled.resolve_dataset("tiny").fingerprint
    split = SplitSettings(seed=3)
    finetune_text(filled, fingerprint, tmp_path / "new", split=split)
    dataset = filled.load_dataset(fingerprint)
    expected = make_split(dataset, split).fitting()
    assert seen["texts"] == dataset.documents
    np.testing.assert_array_equal(seen["known"].item_indices, expected.item_indices)
    np.testing.assert_array_equal(seen["known"].user_indices, expected.user_indices)


def test_a_folder_that_exists_is_refused(filled: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must not exist yet"):
        finetune_text(filled, filled.resolve_dataset("tiny").fingerprint, tmp_path, FAST)
