"""Trains models of RecBole (or of hopwise, its descendant) on an exported split; keeps their lists.

.venv-peers/recbole/bin/python -m benchmarks.peers.run_recbole --split FOLDER [--models EASE BPR]
.venv-peers/hopwise/bin/python -m benchmarks.peers.run_recbole --library hopwise --split FOLDER

Each training runs in a process of its own, so that peak memory is its own. Trials of the grid are
fitted on the train part and stopped on NDCG@20 of the validation part; then the settings of the
best are fitted once more on train and validation for the epochs that were best. Records that are
there already are not made again, so the same command goes on where it was stopped. The time limit
counts seconds of the processor, so that a busy machine gives the same result. Linux only (fork).
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.peers.grids import EPOCHS, GRIDS, HOPWISE_MODELS, RECBOLE_MODELS
from benchmarks.peers.recbole_fit import Training, train_one
from benchmarks.peers.records import CHOOSING, JOINED, Record, best_trial, read_records


def run_model(common: dict[str, Any], model: str, out: Path, cap: float, n_trials: int) -> None:
    """The trials of a model and the joined fit of the best, as far as they are not there yet."""
    for trial in range(min(n_trials, len(GRIDS[model]))):
        wanted = Training(
            model=model, fitted_on=CHOOSING, trial=trial, epochs=EPOCHS, cap=cap, **common
        )
        _in_fresh_process(wanted, out)
    own = [r for r in read_records(out) if r.model == model and _library(r) == common["library"]]
    best = best_trial(own)
    if best is not None:
        wanted = Training(
            model=model,
            fitted_on=JOINED,
            trial=best.trial,
            epochs=best.best_epoch,
            cap=cap,
            **common,
        )
        _in_fresh_process(wanted, out)


def _library(record: Record) -> str:
    return record.library.split(" ")[0]


def _in_fresh_process(training: Training, out: Path) -> None:
    """Run one training in a forked process, unless its record is there.

    The libraries are imported before, once for all trainings, which takes longer than some fits.
    """
    part = "joined" if training.fitted_on == JOINED else "train"
    if (out / f"{training.library}-{training.model}-{part}-{training.trial}.json").exists():
        return
    log = out / "logs" / f"{training.library}-{training.model}-{part}-{training.trial}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    process = multiprocessing.get_context("fork").Process(target=_child, args=(training, out, log))
    process.start()
    process.join()
    state = "done" if process.exitcode == 0 else f"FAILED, see {log}"
    seconds = time.perf_counter() - start
    print(f"{training.model} {part} {training.trial}: {state}, {seconds:.0f} s", flush=True)


def _child(training: Training, out: Path, log: Path) -> None:
    """Train with all output in a log file; a training without any validation in time is killed."""
    with log.open("w") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    limit = int(2.5 * training.cap + time.process_time()) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    train_one(training).write(out)


def main() -> None:
    """Run the models that are asked for."""
    parser = argparse.ArgumentParser(description="Train peers on an exported split.")
    parser.add_argument("--split", required=True, help="folder that export_split wrote")
    parser.add_argument("--library", choices=("recbole", "hopwise"), default="recbole")
    parser.add_argument("--models", nargs="+", choices=tuple(GRIDS))
    parser.add_argument("--out", type=Path, help="default: results/ in the folder of the split")
    parser.add_argument("--cap", type=float, default=600.0, help="processor seconds per training")
    parser.add_argument("--trials", type=int, default=99, help="the first N of each grid")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    out = options.out or Path(options.split) / "results"
    # RecBole loads its own checkpoints, which hold more than weights; it also reads sys.argv.
    os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"
    sys.argv = sys.argv[:1]
    for part in ("config", "data", "utils", "trainer"):
        importlib.import_module(f"{options.library}.{part}")
    importlib.import_module("torch._dynamo")  # the first optimizer would import it, in each fork
    usual = RECBOLE_MODELS if options.library == "recbole" else HOPWISE_MODELS
    common = {"split": options.split, "library": options.library, "seed": options.seed}
    for model in options.models or usual:
        run_model(common, model, out, options.cap, options.trials)


if __name__ == "__main__":
    main()
