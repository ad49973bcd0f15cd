"""Published splits of Last.FM, with and without the validation part in the final fit.

    .venv/bin/python benchmarks/published_splits.py

kgrec chooses settings on the validation part and then fits on training and validation together.
Most published figures come from models that saw the training part alone. This script measures both:
in the row "train only" neither the model nor the histories at test time hold the validation part;
its items are left out of the lists, as RecBole does.
"""

from __future__ import annotations

import numpy as np
from real_inputs import real_inputs

from kgrec_core.config import SplitSettings
from kgrec_core.contracts import IndexArray
from kgrec_core.evaluation.protocol import evaluate
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.inputs import RunInputs
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng

SPLITS = ("lastfm-fixed", "lastfm-lightgcnpp")
METRICS = ("recall@10", "mrr@10", "ndcg@10", "recall@20", "ndcg@20")


def measured(inputs: RunInputs, *, refit: bool) -> dict[str, float]:
    """Means over the test users."""
    recommender = FusionRecommender(FusionSettings(refit=refit))
    recommender.fit(inputs.data, rng=make_rng(0))
    split = inputs.split
    shown = Histories(split.fitting() if refit else split.train, inputs.data.side)
    seen = Histories(split.fitting())

    def rank(users: IndexArray) -> IndexArray:
        excluded = [seen.evidence(int(user)).item_indices for user in users]
        return top_k(recommender.score(shown.all_of(users)), excluded, 20)

    return evaluate(rank, split, ks=(10, 20), rng=make_rng(0)).metrics


def main() -> None:
    """Both fits on each split."""
    print("| split | fit on | " + " | ".join(METRICS) + " |")
    print("|---|---|" + "---|" * len(METRICS))
    for name in SPLITS:
        inputs = real_inputs(name, SplitSettings(name="given"))
        if inputs is None:
            continue
        for refit in (False, True):
            values = measured(inputs, refit=refit)
            cells = " | ".join(f"{np.round(values[metric], 4):.4f}" for metric in METRICS)
            print(f"| {name} | {'train + validation' if refit else 'train only'} | {cells} |")


if __name__ == "__main__":
    main()
