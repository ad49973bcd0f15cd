"""Checks on every data set that scores are the sums of their parts, for users and newcomers.

    .venv/bin/python benchmarks/exactness.py [--data DIR] [--pairs N]

Each data set is read, its graph is built, the fusion model is fitted without texts and with default
parameters, and random pairs are taken apart. The data folder is the one that KGREC_BENCH_DATA
names, else `shared/data` beside the project. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

from kgrec_core.config import SplitSettings
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.splitting import make_split
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.recommender.contract import Recommender, TrainingData, UserEvidence
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng

PROJECT = Path(__file__).resolve().parents[1]
SETS = (
    "ml-latest-small",
    "ml-100k/raw",
    "ml-100k/recbole",
    "lastfm-2k/raw",
    "lastfm-2k/lightkg",
    "lastfm-2k/split_lightgcnpp",
    "dbbook2014",
)
SAMPLE = PROJECT / "sample_data" / "movies"


def measure(folder: Path, n_pairs: int) -> tuple[str, float]:
    """A row of the table, and the largest residual in it."""
    start = time.perf_counter()
    dataset, _ = read_dataset(folder)
    split = make_split(dataset, SplitSettings())
    graph = training_graph(build_graph(dataset), dataset, split.test)
    vectors = np.zeros((dataset.n_items, 0), dtype=np.float32)
    recommender = create_recommender("fusion", {"n_rounds": 0})
    data = TrainingData(split.train, split.validation, graph, vectors)
    recommender.fit(data, rng=make_rng(0))
    rng = make_rng(1)
    known = split.fitting()
    users = rng.choice(np.unique(known.user_indices), n_pairs)
    people = [UserEvidence.of_user(known, int(user)) for user in users]
    residual, n_paths = largest(recommender, people, rng)
    ends = np.setdiff1d(graph.triples[:, 2], np.arange(graph.n_items))
    newcomers = [
        UserEvidence(entity_indices=rng.choice(ends, 2, replace=False).astype(np.int64))
        if ends.size > 1
        else UserEvidence.of_likes(rng.choice(dataset.n_items, 2, replace=False).astype(np.int64))
        for _ in range(n_pairs // 4)
    ]
    of_newcomers, _ = largest(recommender, newcomers, rng)
    seconds = time.perf_counter() - start
    name = folder.name if folder.name not in ("raw", "recbole") else f"{folder.parent.name}"
    row = f"| {name} ({folder.name}) | {graph.n_triples:,} | {n_pairs} | {n_paths:,} "
    row += f"| {residual:.1e} | {of_newcomers:.1e} | {seconds:.0f} |"
    return row, max(residual, of_newcomers)


def largest(
    recommender: Recommender, people: list[UserEvidence], rng: np.random.Generator
) -> tuple[float, int]:
    """Largest residual over a random and the best item of each person, and the paths told."""
    residuals, n_paths = [0.0], 0
    for person in people:
        best = int(recommender.score([person])[0].argmax())
        for item in (int(rng.integers(recommender.n_items)), best):
            told = recommender.explain(person, item)
            residuals.append(told.residual)
            n_paths += sum(len(term.paths) for term in told.contributions)
    return max(residuals), n_paths


def main() -> None:
    """Run all data sets that are here and print the table."""
    parser = argparse.ArgumentParser(description="Largest residual on every data set.")
    usual = os.environ.get("KGREC_BENCH_DATA", str(PROJECT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(usual))
    parser.add_argument("--pairs", type=int, default=200)
    options = parser.parse_args()
    print("| data set | triples | users | paths | residual | of newcomers | seconds |")
    print("|---|---|---|---|---|---|---|")
    worst = 0.0
    for folder in (SAMPLE, *(options.data / name for name in SETS)):
        if not folder.exists():
            print(f"| {folder.name} | not here | | | | | |")
            continue
        row, residual = measure(folder, options.pairs)
        worst = max(worst, residual)
        print(row, flush=True)
    print(f"\nLargest residual: {worst:.1e} (must stay below 1e-5)")
    sys.exit(worst > 1e-5)


if __name__ == "__main__":
    main()
