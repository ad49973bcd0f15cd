"""One training of RecBole or hopwise, in this process: fit, rank for all test users, measure.

Models that rank slowly are stopped on a fixed sample of the validation users (`grids`); the lists
are always those of all test users, out of the same scores that the library measures itself by.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import scatter
from benchmarks.peers.grids import (
    EPOCHS_PER_VALIDATION,
    GRIDS,
    PATIENCE,
    USUAL_EPOCHS_PER_VALIDATION,
    VALIDATION_USERS,
)
from benchmarks.peers.records import CHOOSING, JOINED, Record

__all__ = ["Training", "train_one"]

NAME = "ml"
VALIDATION = "NDCG@20"
N_LISTED = 20
OWN_METRICS = ("recall", "ndcg", "mrr")
CUTOFFS = (10, 20)
SCORES_PER_BATCH = 400_000
"""Users times items that are ranked at once."""
SCORES_PER_SLOW_BATCH = 16_000
"""The same for models of `VALIDATION_USERS`, which hold several vectors for each score."""


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
    scatter.offer()  # KGIN and MCCLK import it when they first propagate
    config, parts = _loaded(training, settings)
    watch = _Watch(training.cap)
    start, cpu_start = time.perf_counter(), time.process_time()
    trainer = _built(training, config, parts)  # closed forms are solved in the constructor
    capped = _fit(trainer, parts, watch, joined=training.fitted_on == JOINED)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    if training.fitted_on == CHOOSING:
        _load_best(trainer)
    own, lists = _judged(trainer, parts[2], config)
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
    parts = data.data_preparation(config, data.create_dataset(config))
    n_users = VALIDATION_USERS.get(training.model)
    if n_users is not None and training.fitted_on == CHOOSING:
        parts = (parts[0], _of_some_users(parts[1], config, n_users), parts[2])
    return config, parts


def _of_some_users(loader: Any, config: Any, n_users: int) -> Any:
    """A loader like this one with `n_users` of its users, the same ones for every trial."""
    import numpy as np

    users = np.asarray(loader.uid_list)  # (n,)
    if users.size <= n_users:
        return loader
    chosen = np.random.default_rng(config["seed"]).choice(users, n_users, replace=False)
    dataset = loader._dataset
    rows = np.flatnonzero(np.isin(dataset.inter_feat[dataset.uid_field].numpy(), chosen))
    part = dataset.copy(dataset.inter_feat[rows])
    return type(loader)(config, part, loader._sampler, shuffle=False)


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
    step = EPOCHS_PER_VALIDATION.get(training.model, USUAL_EPOCHS_PER_VALIDATION)
    slow = training.model in VALIDATION_USERS
    return {
        "data_path": str(Path(training.split).resolve()),
        "checkpoint_dir": ".",  # the current folder is that of this training
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
        "eval_batch_size": SCORES_PER_SLOW_BATCH if slow else SCORES_PER_BATCH,
        "epochs": training.epochs,
        "eval_step": step,
        "stopping_step": PATIENCE // step,
        "seed": training.seed,
        "use_gpu": False,
        "show_progress": False,
        "state": "INFO",  # the log then says how long each epoch took
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


def _load_best(trainer: Any) -> None:
    """Give the model the weights that were best on the validation part.

    What models derive from their weights and keep for ranking is made again: KGIN and MCCLK do not
    save it with the weights, and KGAT keeps its attention apart.
    """
    import torch

    model = trainer.model
    kept = torch.load(trainer.saved_model_file, map_location="cpu", weights_only=False)
    model.load_state_dict(kept["state_dict"])
    model.load_other_parameter(kept.get("other_parameter"))
    for name in [name for name in vars(model) if name.startswith("restore_")]:
        setattr(model, name, None)
    if hasattr(model, "update_attentive_A"):
        with torch.no_grad():
            model.update_attentive_A()


def _judged(
    trainer: Any, test_data: Any, config: Any
) -> tuple[dict[str, float], dict[str, list[str]]]:
    """The library's own figures on the test part, and the lists that they are about."""
    score = trainer._full_sort_batch_eval
    lists: dict[str, list[str]] = {}

    def scored(batch: Any, *rest: Any) -> Any:  # hopwise says what to rank, RecBole does not
        found = score(batch, *rest)  # users and their scores, seen items at minus infinity
        lists.update(_lists(found[0], found[1], test_data._dataset, config))
        return found

    trainer._full_sort_batch_eval = scored
    found = trainer.evaluate(test_data, load_best_model=False)
    names = [f"{name}@{k}" for name in OWN_METRICS for k in CUTOFFS]
    return {name: float(found[name]) for name in names}, lists


def _lists(users: Any, scores: Any, dataset: Any, config: Any) -> dict[str, list[str]]:
    """The first 20 items of each user; `scores` is float (b, n_items + 1), the first is padding."""
    import torch

    values, positions = scores.topk(min(N_LISTED, scores.shape[1]), dim=1)  # (b, 20)
    names = dataset.id2token(config["ITEM_ID_FIELD"], positions.cpu().numpy())
    kept = torch.isfinite(values).cpu().numpy()
    user_ids = dataset.id2token(
        config["USER_ID_FIELD"], users[config["USER_ID_FIELD"]].cpu().numpy()
    )
    return {
        str(user_id): [str(name) for name in row[shown]]
        for user_id, row, shown in zip(user_ids, names, kept, strict=True)
    }
