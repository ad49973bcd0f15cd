from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kgrec_core.contracts import FloatArray, Progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.text_adapter import (
    TextAdapter,
    TextAdapterSettings,
    fit_text_adapter,
    refit_text_adapter,
)
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.rng import make_rng
from tests.recommender.problems import interactions_of

N_ITEMS, N_NEW, DIM = 120, 40, 12
SETTINGS = TextAdapterSettings(rank=4)


def texts() -> FloatArray:
    """Mostly noise, with a weak trace of the parity in one direction; the last row is empty."""
    vectors = make_rng(5).normal(size=(N_ITEMS + N_NEW, DIM)).astype(np.float32)
    vectors[:, 0] = np.where(np.arange(N_ITEMS + N_NEW) % 2 == 0, 0.6, -0.6)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[-1] = 0.0
    return vectors


def histories(*, is_random: bool = False) -> Interactions:
    """Sixty users with ten items of their own parity, or of any; the new items have none."""
    rng, pairs = make_rng(6), []
    for user in range(60):
        pool = np.arange(N_ITEMS) if is_random else np.arange(user % 2, N_ITEMS, 2)
        pairs += [(user, int(item)) for item in rng.choice(pool, 10, replace=False)]
    return interactions_of(pairs, 60, N_ITEMS + N_NEW)


@cache
def fitted(seed: int = 0) -> TextAdapter:
    return fit_text_adapter(texts(), histories(), rng=make_rng(seed), settings=SETTINGS)


def share_of_nearest_with_the_same_parity(vectors: FloatArray) -> float:
    """Over the new items that have a text."""
    new = np.arange(N_ITEMS, N_ITEMS + N_NEW - 1)
    cosine = vectors[new] @ vectors[new].T - 2 * np.eye(new.size)
    return float((new[cosine.argmax(axis=1)] % 2 == new % 2).mean())


def test_items_without_any_interaction_gain_too() -> None:
    before = share_of_nearest_with_the_same_parity(texts())
    after = share_of_nearest_with_the_same_parity(fitted().apply(texts()))
    assert before < 0.85
    assert after > 0.9


def test_what_was_gained_on_hidden_items_is_told() -> None:
    assert fitted().share > 0
    assert fitted().metrics["ndcg adapted"] > fitted().metrics["ndcg frozen"] + 0.02


def test_rows_have_length_one_and_empty_rows_stay_empty() -> None:
    moved = fitted().apply(texts())
    assert moved.shape == (N_ITEMS + N_NEW, DIM + 4)
    assert np.linalg.norm(moved[:-1], axis=1) == pytest.approx(1.0, abs=1e-5)
    assert not moved[-1].any()
    assert moved.dtype == np.float32


def test_the_cosine_is_the_mix_of_both_cosines() -> None:
    adapter = TextAdapter(
        np.zeros(2, dtype=np.float32), np.array([[1.0], [0.5]], dtype=np.float32), 0.25, {}
    )
    moved = adapter.apply(np.array([[1.0, 0.0], [0.0, -1.0]], dtype=np.float32))
    # Frozen cosine 0; the texts are read as +1 and -0.5, so their directions are opposite.
    assert float(moved[0] @ moved[1]) == pytest.approx(0.75 * 0.0 + 0.25 * -1.0)


@pytest.mark.parametrize("seed", range(3))
def test_behavior_without_a_pattern_changes_nothing(seed: int) -> None:
    adapter = fit_text_adapter(
        texts(), histories(is_random=True), rng=make_rng(seed), settings=SETTINGS
    )
    assert adapter.share == 0.0
    np.testing.assert_array_equal(adapter.apply(texts()), texts())
    assert adapter.metrics["ndcg adapted"] == adapter.metrics["ndcg frozen"]


def test_the_same_seed_gives_the_same_adapter_and_another_one_others() -> None:
    again = fit_text_adapter(texts(), histories(), rng=make_rng(0), settings=SETTINGS)
    np.testing.assert_array_equal(again.directions, fitted().directions)
    assert again.metrics == fitted().metrics
    assert fitted(seed=1).metrics != again.metrics


def test_each_hiding_is_reported() -> None:
    heard: list[Progress] = []
    settings = SETTINGS.model_copy(update={"n_folds": 2})
    fit_text_adapter(
        texts(), histories(), rng=make_rng(0), settings=settings, on_progress=heard.append
    )
    assert [(part.done, part.total) for part in heard] == [(1, 2), (2, 2)]
    assert all(0 < part.metrics["ndcg"] <= 1 for part in heard)


def test_where_nobody_can_be_asked_nothing_changes() -> None:
    # The only user with a history has both items; hiding one leaves him one text, so there is
    # a question, but a single answer to it: no gain is possible.
    known = interactions_of([(0, 0), (0, 1)], 1, N_ITEMS + N_NEW)
    adapter = fit_text_adapter(texts(), known, rng=make_rng(0), settings=SETTINGS)
    assert adapter.share == 0.0


def test_arrays_bring_the_adapter_back() -> None:
    back = TextAdapter.from_arrays(fitted().to_arrays())
    np.testing.assert_array_equal(back.apply(texts()), fitted().apply(texts()))
    assert back.share == fitted().share


def test_incomplete_arrays_are_refused() -> None:
    with pytest.raises(ArtifactError, match="'directions'"):
        TextAdapter.from_arrays({"center": np.zeros(2, dtype=np.float32)})


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(DataError, match="length 12"):
        fitted().apply(np.zeros((2, 3), dtype=np.float32))


def test_vectors_have_to_be_one_per_item() -> None:
    with pytest.raises(DataError, match="one row per item"):
        fit_text_adapter(texts()[:-1], histories(), rng=make_rng(0))


def test_without_texts_nothing_can_be_learned() -> None:
    with pytest.raises(DataError, match="No user met two items that have a text"):
        fit_text_adapter(np.zeros_like(texts()), histories(), rng=make_rng(0))


def test_a_refit_on_the_same_histories_reads_the_same_from_texts() -> None:
    again = refit_text_adapter(fitted(), texts(), histories(), rng=make_rng(9))
    assert again.share == fitted().share
    before, after = (adapter.apply(texts()) for adapter in (fitted(), again))
    np.testing.assert_allclose(after @ after.T, before @ before.T, atol=1e-2)
