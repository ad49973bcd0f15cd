"""Seconds that the presets of the fusion model take, and what they give up.

    .venv/bin/python benchmarks/fit_time.py

Without texts; one fit each, after a first one that loads the libraries.
"""

from __future__ import annotations

import os
import time

from real_inputs import real_inputs

from kgrec_core.config import SplitSettings
from kgrec_core.evaluation.protocol import evaluate
from kgrec_core.pipeline.histories import ranker
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.presets import preset_of
from kgrec_core.rng import make_rng

PROBLEMS = (
    ("ml-100k", SplitSettings(seed=7)),
    ("lastfm-fixed", SplitSettings(name="given")),
    ("lastfm-lightgcnpp", SplitSettings(name="given")),
)
PRESETS = ("fast", "accurate")


def main() -> None:
    """One row per data set and preset."""
    print("load before:", os.getloadavg()[0], "processors:", os.cpu_count())
    print("| data | preset | fit, wall s | fit, processor s | NDCG@20 |")
    print("|---|---|---|---|---|")
    for name, split in PROBLEMS:
        inputs = real_inputs(name, split)
        if inputs is None:
            continue
        for preset in (PRESETS[0], *PRESETS):  # the first fit loads the libraries
            recommender = FusionRecommender(FusionSettings(**preset_of(preset).model_settings))
            wall, processor = time.perf_counter(), time.process_time()
            recommender.fit(inputs.data, rng=make_rng(0))
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            rank = ranker(recommender, Histories(inputs.split.fitting(), inputs.data.side), 20)
            ndcg = evaluate(rank, inputs.split, ks=(20,), rng=make_rng(0)).metrics["ndcg@20"]
            print(f"| {name} | {preset} | {wall:.1f} | {processor:.1f} | {ndcg:.4f} |", flush=True)


if __name__ == "__main__":
    main()
