"""How fast all users of a large data set get their lists, against the bare arithmetic.

    .venv/bin/python benchmarks/scoring.py [--users 20000] [--rounds 5]

The bare program multiplies the users' histories with the fitted neighbor kernel and takes the 20
best of each row with numpy: no explanation could be given for it, no seen item is left out, ties
fall as they may. kgrec's own path makes evidence, scores all channels and ranks exactly. Both run
in turns, so that a busy machine slows both; the median ratio counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

import numpy as np
from real_inputs import real_inputs

from kgrec_core.config import SplitSettings
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.measuring import library_versions, peak_memory_mb
from kgrec_core.recommender.channels.channel import SparseKernel
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng

K = 20
BATCH = 256


def seconds(work: Callable[[], None]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Fit once, then measure in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    inputs = real_inputs("amazon-book", SplitSettings(name="given"))
    if inputs is None:
        return
    recommender = FusionRecommender(FusionSettings())
    fit = seconds(lambda: recommender.fit(inputs.data, rng=make_rng(0)) and None)
    known = inputs.split.fitting()
    histories = Histories(known)
    users = np.arange(0, known.n_users, max(1, known.n_users // arguments.users))
    (kernel,) = (
        part.channel.kernel
        for part in recommender.model.channels
        if part.channel.name == "neighbors" and isinstance(part.channel.kernel, SparseKernel)
    )
    matrix = known.matrix()
    matrix.data[:] = 1.0

    def bare() -> None:
        for start in range(0, users.size, BATCH):
            scores = (matrix[users[start : start + BATCH]] @ kernel.entries).toarray()
            best = np.argpartition(-scores, K, axis=1)[:, :K]
            np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)

    def ours() -> None:
        for start in range(0, users.size, BATCH):
            batch = histories.all_of(users[start : start + BATCH])
            top_k(recommender.score(batch), [user.item_indices for user in batch], K)

    rounds = [(seconds(bare), seconds(ours)) for _ in range(arguments.rounds)]
    ratios = [alone / whole for alone, whole in rounds]
    print("load before:", os.getloadavg()[0], "versions:", library_versions())
    print("channels:", [part.channel.name for part in recommender.model.channels])
    print(f"fit, s: {fit:.1f}; peak memory, MB: {peak_memory_mb():,.0f}")
    for name, column in (("bare", 0), ("kgrec", 1)):
        rate = users.size / statistics.median(pair[column] for pair in rounds)
        print(f"{name}: {rate:,.0f} users per second")
    print(f"ratio: median {statistics.median(ratios):.2f}, all {[round(r, 2) for r in ratios]}")


if __name__ == "__main__":
    main()
