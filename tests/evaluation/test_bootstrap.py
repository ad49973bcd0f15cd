"""Intervals of means, against resampling in a loop."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.evaluation import bootstrap
from kgrec_core.evaluation.bootstrap import mean_intervals
from kgrec_core.rng import make_rng

TABLE = np.random.default_rng(7).random((30, 2))


def test_intervals_equal_resampling_in_a_loop() -> None:
    rng = make_rng(3)
    means = [TABLE[rng.integers(30, size=30)].mean(axis=0) for _ in range(200)]
    low, high = mean_intervals(TABLE, make_rng(3), 200)
    np.testing.assert_allclose(low, np.percentile(means, 2.5, axis=0))
    np.testing.assert_allclose(high, np.percentile(means, 97.5, axis=0))


def test_the_size_of_the_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = mean_intervals(TABLE, make_rng(3), 50)
    monkeypatch.setattr(bootstrap, "MAX_DRAWS_PER_CHUNK", 100)
    np.testing.assert_allclose(mean_intervals(TABLE, make_rng(3), 50), whole)


def test_one_user_has_an_interval_without_width() -> None:
    low, high = mean_intervals(TABLE[:1], make_rng(0), 10)
    np.testing.assert_allclose(low, TABLE[0])
    np.testing.assert_allclose(high, TABLE[0])
