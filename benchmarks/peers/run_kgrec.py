"""Fits models of kgrec on an exported split and keeps their lists in the form of the peers.

    .venv/bin/python -m benchmarks.peers.run_kgrec --split FOLDER [--models ease fusion]

Default settings, no texts (peers read none). A model of kgrec chooses on the validation part and
then fits on train and validation, so its records are of the joined kind only. A record that is
there is not made again: remove it when the code of the model has changed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.export_split import open_problem, read_origin
from benchmarks.peers.records import JOINED, Record
from kgrec_core import __version__
from kgrec_core.evaluation.protocol import evaluate
from kgrec_core.graph.user_side import user_side
from kgrec_core.pipeline.histories import Histories, ranker
from kgrec_core.pipeline.measuring import peak_memory_mb
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng

N_LISTED = 20
CUTOFFS = (10, 20)


def fit_one(split_folder: Path, model: str, settings: dict[str, Any], seed: int) -> Record:
    """Fit one model and rank for all test users, in this process."""
    origin, fingerprint = read_origin(split_folder)
    problem = open_problem(origin)
    dataset, split = problem.dataset, problem.split
    vectors = np.zeros((dataset.n_items, 0), dtype=np.float32)
    side = user_side(dataset)
    data = TrainingData(split.train, split.validation, problem.graph, vectors, side)
    recommender = create_recommender(model, settings)
    start, cpu_start = time.perf_counter(), time.process_time()
    validation = recommender.fit(data, rng=make_rng(seed))
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    rank = ranker(recommender, Histories(split.fitting(), side), N_LISTED)
    users = np.flatnonzero(split.test.user_counts()).astype(np.int64)
    ranked = rank(users)  # (n_users, N_LISTED)
    own = evaluate(rank, split, ks=CUTOFFS, rng=make_rng(seed), n_bootstrap=10).metrics
    return Record(
        library=f"kgrec {__version__}",
        model=model,
        split=fingerprint,
        fitted_on=JOINED,
        trial=0,
        settings=settings,
        seed=seed,
        validation=float(validation["ndcg@20"]) if "ndcg@20" in validation else None,
        epochs=0,
        best_epoch=0,
        capped=False,
        fit_seconds=round(seconds, 2),
        cpu_seconds=round(cpu_seconds, 2),
        peak_memory_mb=peak_memory_mb(),
        own_metrics=dict(own),
        lists={
            dataset.users.id_of(user): [dataset.items.id_of(item) for item in row if item >= 0]
            for user, row in zip(users.tolist(), ranked.tolist(), strict=True)
        },
    )


def _child(folder: Path, out: Path, model: str, settings: dict[str, Any], seed: int) -> None:
    path = fit_one(folder, model, settings, seed).write(out)
    print(path, flush=True)


def main() -> None:
    """Fit the models that are asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description="Fit models of kgrec on an exported split.")
    parser.add_argument("--split", type=Path, required=True, help="folder of export_split")
    parser.add_argument("--models", nargs="+", default=["popularity", "item-knn", "ease", "fusion"])
    parser.add_argument("--settings", default="{}", help="JSON, for all models named")
    parser.add_argument("--out", type=Path, help="default: results/ in the folder of the split")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    out = options.out or options.split / "results"
    for model in options.models:
        if (out / f"kgrec-{model}-joined-0.json").exists():
            continue
        given = (options.split, out, model, json.loads(options.settings), options.seed)
        process = multiprocessing.get_context("spawn").Process(target=_child, args=given)
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(f"{model} failed.")


if __name__ == "__main__":
    main()
