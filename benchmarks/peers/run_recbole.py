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
import importlib.metadata
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.grids import (
    EPOCHS,
    EPOCHS_PER_VALIDATION,
    GRIDS,
    HOPWISE_MODELS,
    PATIENCE,
    RECBOLE_MODELS,
)
from benchmarks.peers.records import CHOOSING, JOINED, Record, best_trial, read_records

NAME = "ml"
VALIDATION = "NDCG@20"
N_LISTED = 20
OWN_METRICS = ("recall", "ndcg", "mrr")
CUTOFFS = (10, 20)
SCORES_PER_BATCH = 400_000
"""Users times items that are ranked at once."""


class TimeUpError(Exception):
    """The time limit of a training has passed; the best weights so far are on disk."""


@dataclass(frozen=True)
class Training:
    """One training to be done.

    Attributes:
        split: folder of the exported split.
        library: "recbole" or "hopwise".
        model: name of the model there.
        fitted_on: `CHOOSING` or `JOINED`.
        trial: position in the grid.
        epochs: upper limit, or for `JOINED` the exact number.
        cap: processor seconds after which a validation ends the training.
        seed: seed of the training.
    """

    split: str
    library: str
    model: str
    fitted_on: str
    trial: int
    epochs: int
    cap: float
    seed: int


def train_one(training: Training) -> Record:
    """Fit, rank for all test users, measure as the library does; in this process."""
    settings = GRIDS[training.model][training.trial]
    config, parts = _loaded(training, settings)
    watch = _Watch(training.cap)
    start, cpu_start = time.perf_counter(), time.process_time()
    trainer = _built(training, config, parts)  # closed forms are solved in the constructor
    capped = _fit(trainer, parts, watch, joined=training.fitted_on == JOINED)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    own = _own_metrics(trainer, parts[2], load=training.fitted_on == CHOOSING)
    lists = _lists(trainer, parts[2], config)
    version = importlib.metadata.version(training.library)
    return Record(
        library=f"{training.library} {version}",
        model=training.model,
        split=json.loads((Path(training.split) / "split.json").read_text("utf-8"))["fingerprint"],
        fitted_on=training.fitted_on,
        trial=training.trial,
        settings=settings,
        seed=training.seed,
        validation=watch.best_score,
        epochs=watch.epochs or training.epochs,
        best_epoch=watch.best_epoch or training.epochs,
        capped=capped,
        fit_seconds=round(seconds, 2),
        cpu_seconds=round(cpu_seconds, 2),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        own_metrics=own,
        lists=lists,
    )


class _Watch:
    """Hears about each validation; remembers the best and ends the training when time is up."""

    def __init__(self, cap: float) -> None:
        self._end = time.process_time() + cap
        self.epochs = 0
        self.best_epoch = 0
        self.best_score: float | None = None

    def __call__(self, epoch_index: int, score: float) -> None:
        self.epochs = epoch_index + 1
        if self.best_score is None or score > self.best_score:
            self.best_epoch, self.best_score = self.epochs, float(score)
        if time.process_time() > self._end:
            raise TimeUpError


def _loaded(training: Training, settings: dict[str, Any]) -> tuple[Any, tuple[Any, ...]]:
    """Configuration, and the loaders of the three parts."""
    tools = importlib.import_module(f"{training.library}.utils")
    data = importlib.import_module(f"{training.library}.data")
    config = importlib.import_module(f"{training.library}.config").Config(
        model=training.model, dataset=NAME, config_dict=_configuration(training, settings)
    )
    tools.init_seed(config["seed"], config["reproducibility"])
    tools.init_logger(config)
    return config, data.data_preparation(config, data.create_dataset(config))


def _built(training: Training, config: Any, parts: tuple[Any, ...]) -> Any:
    """The trainer with its model."""
    tools = importlib.import_module(f"{training.library}.utils")
    tools.init_seed(config["seed"], config["reproducibility"])
    model = tools.get_model(config["model"])(config, parts[0]._dataset).to(config["device"])
    return tools.get_trainer(config["MODEL_TYPE"], config["model"])(config, model)


def _configuration(training: Training, settings: dict[str, Any]) -> dict[str, Any]:
    joined = training.fitted_on == JOINED
    # A third part is required; nothing looks at the second when all epochs are fixed.
    parts = ["fitting", "test", "test"] if joined else ["train", "valid", "test"]
    step = EPOCHS_PER_VALIDATION.get(training.model, 1)
    return {
        "data_path": str(Path(training.split).resolve()),
        "checkpoint_dir": tempfile.mkdtemp(prefix="kgrec-peer-"),
        "benchmark_filename": parts,
        "load_col": {
            "inter": ["user_id", "item_id"],
            "kg": ["head_id", "relation_id", "tail_id"],
            "link": ["item_id", "entity_id"],
        },
        "eval_args": {"split": {"RS": [0.8, 0.1, 0.1]}, "order": "RO", "mode": "full"},
        "metrics": ["Recall", "NDCG", "MRR"],
        "topk": list(CUTOFFS),
        "valid_metric": VALIDATION,
        "metric_decimal_place": 6,
        "eval_batch_size": SCORES_PER_BATCH,
        "epochs": training.epochs,
        "eval_step": step,
        "stopping_step": PATIENCE // step,
        "seed": training.seed,
        "use_gpu": False,
        "show_progress": False,
        "state": "WARNING",
        **settings,
    }


def _fit(trainer: Any, parts: tuple[Any, ...], watch: _Watch, *, joined: bool) -> bool:
    """Train; True when the time limit ended it."""
    if joined:
        trainer.fit(parts[0], valid_data=None, saved=False, verbose=False)
        return False
    try:
        trainer.fit(parts[0], parts[1], verbose=False, callback_fn=watch)
    except TimeUpError:
        return True
    return False


def _own_metrics(trainer: Any, test_data: Any, *, load: bool) -> dict[str, float]:
    """The library's own figures on the test part, under our names; loads the best weights."""
    found = trainer.evaluate(test_data, load_best_model=load)
    refresh: Callable[[], None] | None = getattr(trainer.model, "update_attentive_A", None)
    if load and refresh is not None:
        # KGAT keeps its attention outside of the saved weights: make it from the loaded ones.
        refresh()
        found = trainer.evaluate(test_data, load_best_model=False)
    names = [f"{name}@{k}" for name in OWN_METRICS for k in CUTOFFS]
    return {name: float(found[name]) for name in names}


def _lists(trainer: Any, test_data: Any, config: Any) -> dict[str, list[str]]:
    """The first 20 items of each test user, seen ones left out by the library's own mask."""
    import torch

    users, items = config["USER_ID_FIELD"], config["ITEM_ID_FIELD"]
    dataset = test_data._dataset
    lists: dict[str, list[str]] = {}
    trainer.model.eval()
    with torch.no_grad():
        for batch in test_data:
            interaction, seen = batch[:2]
            scores = trainer.model.full_sort_predict(interaction.to(config["device"]))
            scores = scores.view(len(interaction), -1)  # (b, n_items + 1), the first is padding
            scores[:, 0] = -torch.inf
            scores[seen] = -torch.inf
            values, positions = scores.topk(min(N_LISTED, scores.shape[1]), dim=1)  # (b, 20)
            names = dataset.id2token(items, positions.cpu().numpy())
            kept = torch.isfinite(values).cpu().numpy()
            user_ids = dataset.id2token(users, interaction[users].cpu().numpy())
            for user_id, row, shown in zip(user_ids, names, kept, strict=True):
                lists[str(user_id)] = [str(name) for name in row[shown]]
    return lists


def run_model(common: dict[str, Any], model: str, out: Path, cap: float) -> None:
    """All trials of a model and the joined fit of the best, as far as they are not there yet."""
    for trial in range(len(GRIDS[model])):
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
        run_model(common, model, out, options.cap)


if __name__ == "__main__":
    main()
