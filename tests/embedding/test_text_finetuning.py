from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kgrec_core.embedding import text_finetuning
from kgrec_core.embedding.text_encoder import open_encoder
from kgrec_core.embedding.text_finetuning import (
    FinetunedText,
    TextFinetuneSettings,
    finetune_text_model,
)
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

N = 32
TEXTS = [
    f"{'A quiet story' if i % 4 < 2 else 'A loud story'} about {'love' if i % 2 else 'war'} {i}"
    for i in range(N)
]
KNOWN = interactions_of(
    [(u, i) for u in range(12) for i in range(N) if i % 2 == u % 2 and (u * 7 + i) % 3], 12, N
)
FAST = TextFinetuneSettings(max_steps=4, steps_per_check=2, batch_size=16, max_length=16)


def trained_with(judgments: list[float], folder: Path) -> FinetunedText:
    """A training whose judge says these values, one per check, to each of ten users."""
    said = iter(judgments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            text_finetuning._Judge, "ndcg", lambda _: np.full(10, next(said), dtype=np.float32)
        )
        return finetune_text_model(TEXTS, KNOWN, folder, rng=make_rng(0), settings=FAST)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> FinetunedText:
    return trained_with([0.1, 0.2, 0.15], tmp_path_factory.mktemp("models") / "tuned")


def test_the_saved_folder_is_a_text_model_with_other_vectors(trained: FinetunedText) -> None:
    new = open_encoder(str(trained.folder))
    vectors, before = new.encode(TEXTS), open_encoder("minilm").encode(TEXTS)
    assert vectors.shape == before.shape
    assert not np.allclose(vectors, before, atol=1e-3)


def test_the_step_that_was_judged_best_is_kept(trained: FinetunedText) -> None:
    assert trained.n_steps == 2
    assert trained.metrics == pytest.approx({"ndcg before": 0.1, "ndcg after": 0.2})


def test_only_the_last_layer_has_changed(trained: FinetunedText) -> None:
    old = dict(open_encoder("minilm").network().named_parameters())
    new = open_encoder(str(trained.folder)).network().named_parameters()
    changed = {name for name, weight in new if not weight.equal(old[name])}
    assert changed
    assert all(".layer.5." in name for name in changed)


def test_without_a_gain_on_hidden_texts_the_old_weights_are_saved(tmp_path: Path) -> None:
    made = trained_with([0.2, 0.2, 0.1], tmp_path / "tuned")
    assert made.n_steps == 0
    old = dict(open_encoder("minilm").network().named_parameters())
    new = open_encoder(str(made.folder)).network().named_parameters()
    assert all(weight.equal(old[name]) for name, weight in new)


def test_the_judge_ranks_hidden_texts_among_what_people_know(tmp_path: Path) -> None:
    made = finetune_text_model(TEXTS, KNOWN, tmp_path / "tuned", rng=make_rng(0), settings=FAST)
    assert 0.5 < made.metrics["ndcg before"] <= made.metrics["ndcg after"] <= 1


def test_an_existing_folder_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must not exist yet"):
        finetune_text_model(TEXTS, KNOWN, tmp_path, rng=make_rng(0), settings=FAST)


def test_texts_have_to_be_one_per_item(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one entry per item"):
        finetune_text_model(TEXTS[1:], KNOWN, tmp_path / "new", rng=make_rng(0))


def test_more_layers_than_the_model_has_are_refused(tmp_path: Path) -> None:
    settings = TextFinetuneSettings(n_layers=7)
    with pytest.raises(ConfigError, match="at most 6"):
        finetune_text_model(TEXTS, KNOWN, tmp_path / "new", rng=make_rng(0), settings=settings)
    assert not (tmp_path / "new").exists()
