"""Measures what adapting sentence vectors to behavior gains, for warm items and for new ones.

    .venv/bin/python benchmarks/text_adapter.py [--data DIR] [--only NAME] [--vectors DIR]

Scores use texts alone: the sum of the text kernel over a history. "warm": the random test part of
each user, ranked among all items. "cold": 15 % of the items, hidden with all their interactions,
ranked among themselves; three draws. Frozen vectors and adapted ones see the same data. Of
ml-latest-small only the items with at least twenty interactions are taken.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

K = 20
N_NEIGHBORS = 100
COLD_SHARE = 0.15
SEED = 0
N_COLD_DRAWS = 3
LEAST_INTERACTIONS = 20


def data_folder(given: str | None) -> Path:
    """Where the benchmark data lie."""
    usual = os.environ.get("KGREC_BENCH_DATA", str(PROJECT.parent / "shared" / "data"))
    return Path(given or usual)


def data_sets(root: Path) -> Iterator[tuple[str, Any, list[str]]]:
    """Name, data set and one text per item, of those that are here."""
    from kgrec_core.data.formats import read_dataset

    sample, _ = read_dataset(PROJECT / "sample_data" / "movies", name="movies")
    yield "movies (bundled)", sample, sample.documents
    texts = root / "ml-100k" / "derived" / "item_text.tsv"
    if texts.exists():
        dataset, _ = read_dataset(root / "ml-100k" / "recbole", name="ml-100k")
        with texts.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        by_id = {row["item"]: f"{row['title']} {row['text']}" for row in rows if row["text"]}
        yield "ml-100k", dataset, [by_id.get(item, "") for item in dataset.items.ids]
    small = root / "ml-latest-small"
    if small.exists():
        dataset, texts = latest_small(small)
        yield "ml-latest-small", dataset, texts


def latest_small(folder: Path) -> tuple[Any, list[str]]:
    """The part with items that many people met, enough of a data set to be split; its texts."""
    from types import SimpleNamespace

    from kgrec_core.data.formats import read_dataset
    from kgrec_core.data.interactions import Interactions

    whole = read_dataset(folder, name="ml-latest-small")[0]
    given = whole.interactions
    kept = np.flatnonzero(given.item_counts() >= LEAST_INTERACTIONS)
    chosen = given.select(np.isin(given.item_indices, kept))
    places = np.searchsorted(kept, chosen.item_indices)
    part = Interactions(
        chosen.user_indices, places, chosen.weights, chosen.times, given.n_users, kept.size
    )
    texts = whole.documents
    return SimpleNamespace(interactions=part, n_items=kept.size), [texts[i] for i in kept]


def text_scores(vectors: Any, known: Any) -> Any:
    """Sum of the text kernel over the history of each user, float32 (n_users, n_items)."""
    from kgrec_core.recommender.text_kernel import text_kernel

    histories = known.matrix()
    histories.data = np.ones_like(histories.data)
    columns = text_kernel(vectors, N_NEIGHBORS).columns  # (n_items, n_items), target by source
    return np.asarray((histories @ columns.T).toarray(), dtype=np.float32)


def accuracy(scores: Any, known: Any, held_out: Any, candidates: Any) -> tuple[float, float]:
    """Mean recall and NDCG over the users with held-out items; seen items are left out."""
    from kgrec_core.evaluation.ranking import metrics_of_hits, top_k

    counts = held_out.user_counts()
    users = np.flatnonzero(counts)
    seen = [known.item_indices[found] for found in known.positions_by_user()]
    allowed = np.where(candidates[None, :], scores[users], np.float32(-1e9))
    ranked = top_k(allowed, [seen[user] for user in users], K)
    pairs = held_out.user_indices * held_out.n_items + held_out.item_indices
    hits = np.isin(users[:, None] * held_out.n_items + ranked, pairs) & (ranked >= 0)
    found = metrics_of_hits(hits, counts[users], (K,))
    return float(found[f"recall@{K}"].mean()), float(found[f"ndcg@{K}"].mean())


def parts(dataset: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """Name, known and held-out interactions, and candidates, of the two questions."""
    from kgrec_core.config import SplitSettings
    from kgrec_core.data.splitting import make_split

    warm = make_split(dataset, SplitSettings(seed=SEED))
    yield "warm", warm.fitting(), warm.test, np.ones(dataset.n_items, dtype=np.bool_)
    for seed in range(SEED, SEED + N_COLD_DRAWS):
        cold = make_split(
            dataset, SplitSettings(name="cold-items", test_fraction=COLD_SHARE, seed=seed)
        )
        yield f"cold, draw {seed}", cold.fitting(), cold.test, cold.cold_items()


def measure(name: str, dataset: Any, vectors: Any) -> None:
    """Print one line per question."""
    from kgrec_core.embedding.text_adapter import fit_text_adapter
    from kgrec_core.rng import make_rng

    for question, known, held_out, candidates in parts(dataset):
        start = time.process_time()
        adapter = fit_text_adapter(vectors, known, rng=make_rng(SEED))
        cpu = time.process_time() - start
        frozen = accuracy(text_scores(vectors, known), known, held_out, candidates)
        adapted = text_scores(adapter.apply(vectors), known)
        now = accuracy(adapted, known, held_out, candidates)
        numbers = " | ".join(f"{value:.4f}" for value in (*frozen, *now))
        print(
            f"| {name} | {question} | {numbers} | {adapter.share} | {cpu:.1f} |",
            flush=True,
        )


def main() -> None:
    """Encode, fit, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="folder of the benchmark data")
    parser.add_argument("--only", help="part of the name of a data set")
    parser.add_argument("--vectors", type=Path, help="keep encoded texts here")
    options = parser.parse_args()
    from kgrec_core.embedding.cache import CachedEncoder
    from kgrec_core.embedding.text_encoder import open_encoder

    print(
        f"| data | items | frozen recall@{K} | ndcg@{K} | adapted recall@{K} | ndcg@{K} |", end=""
    )
    print(" share | CPU s of the fit |\n" + "|---" * 8 + "|", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        encoder = CachedEncoder(open_encoder("minilm"), options.vectors or Path(temporary))
        for name, dataset, texts in data_sets(data_folder(options.data)):
            if options.only is None or options.only in name:
                measure(name, dataset, encoder.encode(texts))


if __name__ == "__main__":
    main()
