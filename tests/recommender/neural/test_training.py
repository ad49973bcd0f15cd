from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.contracts import Progress, no_progress
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.neural.network import Scorer
from kgrec_core.recommender.neural.settings import NeuralSettings
from kgrec_core.recommender.neural.tensors import Arrays, Parameters
from kgrec_core.recommender.neural.training import Trained, Validate, train, user_batches
from kgrec_core.rng import make_rng


class Parabola:
    """Learns the point 3, with one step per epoch."""

    def initial(self, rng: np.random.Generator) -> Arrays:
        return {"x": rng.normal(size=1).astype(np.float32)}

    def losses(
        self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
    ) -> Iterator[torch.Tensor]:
        yield ((parameters["x"] - 3.0) ** 2).sum()

    def scorer(self, parameters: Parameters) -> Scorer:
        raise NotImplementedError

    def extended(self, arrays: Arrays) -> Arrays:
        return arrays


def trained(
    n_epochs: int,
    *,
    seed: int = 0,
    learning_rate: float = 0.2,
    validate: Validate | None = None,
    seen: list[Progress] | None = None,
) -> Trained:
    return train(
        Parabola(),
        NeuralSettings(learning_rate=learning_rate, l2=0.0, patience=3),
        n_epochs=n_epochs,
        seed=seed,
        device=torch.device("cpu"),
        stage="Training",
        on_progress=no_progress if seen is None else seen.append,
        validate=validate,
    )


def test_the_minimum_is_found() -> None:
    assert trained(200).arrays["x"][0] == pytest.approx(3.0, abs=0.05)


def test_training_stops_when_patience_ends_and_remembers_the_best_epoch() -> None:
    values = iter([0.1, 0.5, 0.4, 0.3, 0.2, 0.9])
    seen: list[Progress] = []
    result = trained(50, validate=lambda _: next(values), seen=seen)
    assert (result.n_epochs, result.best) == (2, 0.5)
    assert [report.done for report in seen] == [1, 2, 3, 4, 5]
    assert seen[1].metrics["validation ndcg"] == 0.5


def test_without_validation_every_epoch_is_used() -> None:
    result = trained(7)
    assert result.n_epochs == 7
    assert np.isnan(result.best)


def test_another_seed_starts_elsewhere() -> None:
    first, same, other = (trained(1, seed=seed).arrays["x"] for seed in (1, 1, 2))
    assert first == same
    assert first != other


def test_a_loss_that_is_no_number_is_refused_with_a_way_out() -> None:
    class Broken(Parabola):
        def losses(
            self, parameters: Parameters, rng: np.random.Generator, generator: torch.Generator
        ) -> Iterator[torch.Tensor]:
            yield (parameters["x"] * float("nan")).sum()

    with pytest.raises(ConfigError, match=r"'learning_rate' must be small enough.*Try a tenth"):
        train(
            Broken(),
            NeuralSettings(),
            n_epochs=1,
            seed=0,
            device=torch.device("cpu"),
            stage="Training",
            on_progress=no_progress,
        )


@settings(max_examples=30)
@given(n_users=st.integers(0, 60), batch=st.integers(1, 70), seed=st.integers(0, 99))
def test_every_user_comes_equally_often_and_no_batch_is_too_large(
    n_users: int, batch: int, seed: int
) -> None:
    users = np.arange(n_users, dtype=np.int64)
    batches = user_batches(users, batch, make_rng(seed))
    assert all(0 < part.size <= batch for part in batches)
    counts = np.bincount(np.concatenate([users[:0], *batches]), minlength=n_users)
    assert np.unique(counts).size <= 1
    assert len(batches) >= (8 if n_users else 0)
