"""Measures how well entity vectors predict links that they were not shown.

    .venv/bin/python benchmarks/link_prediction.py [--data DIR] [--only NAME] [--tune] [--asked N]

A tenth of the links is hidden (no entity and no relation vanishes); head and tail of each are asked
among all entities, filtered, ties averaged. "frequency" ranks entities by how often they stand at
this end of the relation. With --tune, settings are chosen by the MRR on another tenth, which is
hidden while they are tried.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

HELD_OUT_SHARE = 0.1
SEED = 0
TRIED: tuple[dict[str, Any], ...] = (
    {},
    {"epochs": 60},
    {"epochs": 60, "learning_rate": 0.003},
    {"epochs": 60, "n_negatives": 64},
)


def graphs(root: Path) -> Iterator[tuple[str, Any]]:
    """Name and graph of the data sets that are here."""
    from kgrec_core.data.formats import read_dataset
    from kgrec_core.graph.from_dataset import build_graph

    folders = {
        "movies (bundled)": PROJECT / "sample_data" / "movies",
        "lastfm-2k (Freebase)": root / "lastfm-2k" / "lightkg",
    }
    for name, folder in folders.items():
        if folder.exists():
            yield name, build_graph(read_dataset(folder, name="graph")[0])
        else:
            print(f"{name}: {folder} is not here; left out.", file=sys.stderr)


def fitted(graph: Any, model: str, triples: Any, changes: dict[str, Any]) -> Any:
    """Vectors learned from these triples, or the counts."""
    from kgrec_core.embedding.kg_embedding import KgeSettings, fit_kg_embedding
    from kgrec_core.embedding.link_frequency import count_links
    from kgrec_core.rng import make_rng

    if model == "frequency":
        return count_links(triples, graph.n_entities, graph.n_relations)
    settings = KgeSettings.model_validate({"model": model, **changes})
    return fit_kg_embedding(graph, triples=triples, rng=make_rng(SEED), settings=settings)


def sampled(held_out: Any, n: int | None) -> Any:
    """At most n of the held-out triples, bool."""
    from kgrec_core.rng import make_rng

    places = np.flatnonzero(held_out)
    if n is not None and places.size > n:
        places = make_rng(SEED).choice(places, n, replace=False)
    chosen = np.zeros_like(held_out)
    chosen[places] = True
    return chosen


def best_settings(graph: Any, model: str, test: Any, n_asked: int | None) -> dict[str, Any]:
    """Those of `TRIED` with the highest MRR on links that are hidden besides the test links."""
    from kgrec_core.embedding.link_prediction import evaluate_links
    from kgrec_core.rng import make_rng

    rest = np.flatnonzero(~test)
    hidden = make_rng(SEED + 1).choice(rest, rest.size // 10, replace=False)
    validation = np.zeros_like(test)
    validation[hidden] = True
    shown, asked = graph.triples[~test & ~validation], sampled(validation, n_asked)
    values = []
    for changes in TRIED:
        scorer = fitted(graph, model, shown, changes)
        values.append(evaluate_links(scorer, graph, asked, rng=make_rng(SEED)).both["mrr"])
        print(f"  {model} {changes}: validation MRR {values[-1]:.4f}", file=sys.stderr, flush=True)
    return TRIED[int(np.argmax(values))]


def measure(name: str, graph: Any, model: str, options: argparse.Namespace) -> None:
    """Print one line."""
    from kgrec_core.embedding.link_prediction import evaluate_links, hold_out_triples
    from kgrec_core.rng import make_rng

    test = hold_out_triples(graph, HELD_OUT_SHARE, make_rng(SEED))
    learns = model != "frequency"
    tuned = options.tune and learns
    changes = best_settings(graph, model, test, options.asked) if tuned else {}
    start = time.process_time()
    scorer = fitted(graph, model, graph.triples[~test], changes)
    seconds = time.process_time() - start
    found = evaluate_links(scorer, graph, sampled(test, options.asked), rng=make_rng(SEED))
    numbers = [found.both[key] for key in ("mrr", "hits@1", "hits@3", "hits@10")]
    numbers += [found.head["mrr"], found.tail["mrr"], found.curve.average_precision]
    shown = " | ".join(f"{value:.4f}" for value in numbers)
    chosen = ", ".join(f"{key} {value}" for key, value in changes.items()) or "defaults"
    print(
        f"| {name} | {model} | {chosen if learns else ''} | {shown} | {seconds:.1f} |", flush=True
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="folder of the benchmark data")
    parser.add_argument("--only", help="part of the name of a data set")
    parser.add_argument("--models", help="comma-separated; all without it")
    parser.add_argument("--tune", action="store_true", help="choose settings on other links")
    parser.add_argument("--asked", type=int, help="hidden links that are asked for at most")
    options = parser.parse_args()
    from kgrec_core.embedding.kg_embedding import KGE_MODELS

    usual = os.environ.get("KGREC_BENCH_DATA", str(PROJECT.parent / "shared" / "data"))
    models = options.models.split(",") if options.models else ["frequency", *KGE_MODELS]
    print("| graph | scorer | settings | MRR | Hits@1 | Hits@3 | Hits@10 | MRR of heads |", end="")
    print(" MRR of tails | average precision | CPU s of the fit |\n" + "|---" * 11 + "|")
    for name, graph in graphs(Path(options.data or usual)):
        if options.only is None or options.only in name:
            print(f"{name}: {graph.n_triples:,} links", file=sys.stderr, flush=True)
            for model in models:
                measure(name, graph, model, options)


if __name__ == "__main__":
    main()
