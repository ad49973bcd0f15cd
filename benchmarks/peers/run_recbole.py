"""Trains models of RecBole (or of hopwise, its descendant) on an exported split; keeps their lists.

.venv-peers/recbole/bin/python -m benchmarks.peers.run_recbole --split FOLDER [--models EASE BPR]
.venv-peers/hopwise/bin/python -m benchmarks.peers.run_recbole --library hopwise --split FOLDER

Each training runs in a process of its own, so that peak memory is its own. Trials of the grid are
fitted on the train part and stopped on NDCG@20 of the validation part; then the settings of the
best are fitted once more on train and validation for the epochs that were best. Records that are
there already are not made again, so the same command goes on where it was stopped. The time limit
counts seconds of the processor, so that a busy machine gives the same result. What the libraries
write into the current folder (weights, log/, log_tensorboard/) goes when a training ends; what they
print stays in logs/ beside the records. Linux only (fork).
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.grids import EPOCHS, GRIDS, HOPWISE_MODELS, RECBOLE_MODELS
from benchmarks.peers.recbole_fit import Training, train_one
from benchmarks.peers.records import CHOOSING, JOINED, Record, best_trial, read_records

__all__ = ["Limits", "run_model", "trial_is_due"]


@dataclass(frozen=True)
class Limits:
    """How much may be spent on a model.

    Attributes:
        cap: processor seconds of one training.
        budget: processor seconds of trials after which no further trial begins; the first always
            does.
        n_trials: the first so many of the grid.
    """

    cap: float
    budget: float
    n_trials: int


def run_model(common: dict[str, Any], model: str, out: Path, limits: Limits) -> None:
    """The trials of a model and the joined fit of the best, as far as they are not there yet."""
    cap = limits.cap
    for trial in range(min(limits.n_trials, len(GRIDS[model]))):
        wanted = Training(
            model=model, fitted_on=CHOOSING, trial=trial, epochs=EPOCHS, cap=cap, **common
        )
        if trial_is_due(_own_records(common, model, out), trial, limits.budget):
            _in_fresh_process(wanted, out)
    best = best_trial(_own_records(common, model, out))
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


def trial_is_due(records: Iterable[Record], trial: int, budget: float) -> bool:
    """Whether a trial may begin after those before it.

    Args:
        records: of one model.
        trial: position in its grid; the first is always due.
        budget: processor seconds; further trials begin while those before have taken less.

    Returns:
        False also where the trial before has left no record: it has failed, or was not due.
    """
    before = [r for r in records if r.fitted_on == CHOOSING and r.trial < trial]
    complete = trial == 0 or any(r.trial == trial - 1 for r in before)
    return complete and (trial == 0 or sum(r.cpu_seconds for r in before) < budget)


def _own_records(common: dict[str, Any], model: str, out: Path) -> list[Record]:
    library = common["library"]
    found = read_records(out)
    return [r for r in found if r.model == model and r.library.split(" ")[0] == library]


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
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=log.parent) as scratch:
        os.chdir(scratch)
        train_one(training).write(out)


def main() -> None:
    """Run the models that are asked for."""
    parser = argparse.ArgumentParser(description="Train peers on an exported split.")
    parser.add_argument("--split", type=Path, required=True, help="folder that export_split wrote")
    parser.add_argument("--library", choices=("recbole", "hopwise"), default="recbole")
    parser.add_argument("--models", nargs="+", choices=tuple(GRIDS))
    parser.add_argument("--out", type=Path, help="default: results/ in the folder of the split")
    parser.add_argument("--cap", type=float, default=600.0, help="processor seconds per training")
    parser.add_argument("--budget", type=float, help="of all trials of a model; default: the cap")
    parser.add_argument("--trials", type=int, default=99, help="the first N of each grid")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    split = options.split.resolve()  # each training has a current folder of its own
    out = (options.out or split / "results").resolve()
    budget = options.cap if options.budget is None else options.budget
    # RecBole loads its own checkpoints, which hold more than weights; it also reads sys.argv.
    os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"
    sys.argv = sys.argv[:1]
    for part in ("config", "data", "utils", "trainer"):
        importlib.import_module(f"{options.library}.{part}")
    importlib.import_module("torch._dynamo")  # the first optimizer would import it, in each fork
    usual = RECBOLE_MODELS if options.library == "recbole" else HOPWISE_MODELS
    common = {"split": str(split), "library": options.library, "seed": options.seed}
    for model in options.models or usual:
        run_model(common, model, out, Limits(options.cap, budget, options.trials))


if __name__ == "__main__":
    main()
