from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.recommender.channels.builders import channel_from_arrays
from kgrec_core.recommender.channels.channel import (
    Channel,
    ChannelKernel,
    LowRankKernel,
    SparseKernel,
)
from kgrec_core.recommender.channels.listeners import EvenListener
from kgrec_core.recommender.contract import UserEvidence


def low_rank() -> LowRankKernel:
    rng = np.random.default_rng(0)
    return LowRankKernel(
        rng.normal(size=(5, 2)).astype(np.float32), rng.normal(size=(5, 2)).astype(np.float32)
    )


def sparse() -> SparseKernel:
    rng = np.random.default_rng(1)
    dense = rng.random((5, 5)) * (rng.random((5, 5)) < 0.5)
    return SparseKernel(sp.csr_array(dense.astype(np.float32)))


KERNELS = pytest.mark.parametrize("kernel", [low_rank(), sparse()], ids=["low rank", "sparse"])


@KERNELS
def test_spread_adds_up_the_cells(kernel: ChannelKernel) -> None:
    strengths = np.array([[0.0, 2.0, 0.0, -1.0, 0.5]], dtype=np.float32)
    spread = kernel.spread(sp.csr_array(strengths))
    for item in range(5):
        cells = kernel.cells(np.arange(5), item)
        assert spread[0, item] == pytest.approx(float(strengths[0] @ cells), abs=1e-5)


@KERNELS
def test_new_items_get_nothing_and_say_nothing(kernel: ChannelKernel) -> None:
    longer = kernel.extended(7)
    ones = sp.csr_array(np.ones((1, 7), dtype=np.float32))
    before = kernel.spread(sp.csr_array(np.ones((1, 5), dtype=np.float32)))
    np.testing.assert_allclose(longer.spread(ones)[0], [*before[0], 0.0, 0.0], atol=1e-6)


@KERNELS
def test_a_saved_channel_scores_as_before(kernel: ChannelKernel) -> None:
    channel = Channel("neighbors", "collaborative", EvenListener(0.25), kernel, 5)
    restored = channel_from_arrays("neighbors", "collaborative", 5, channel.arrays())
    users = [UserEvidence.of_likes(np.array([0, 3])), UserEvidence()]
    np.testing.assert_array_equal(restored.scores(users), channel.scores(users))


def test_strengths_of_a_batch_are_those_of_each_user() -> None:
    channel = Channel("neighbors", "collaborative", EvenListener(1.0), sparse(), 5)
    users = [UserEvidence.of_likes(np.array([0, 3])), UserEvidence()]
    expected = [[0.5, 0.0, 0.0, 0.5, 0.0], [0.0] * 5]
    assert channel.strengths(users).toarray().tolist() == expected
