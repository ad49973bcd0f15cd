"""One trainer for all networks: Adam, early stopping on validation, then a refit on everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import IndexArray, OnProgress, Progress
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.neural.network import Network
from kgrec_core.recommender.neural.settings import NeuralSettings
from kgrec_core.recommender.neural.tensors import (
    Arrays,
    Parameters,
    seeded_generator,
    to_arrays,
    to_tensors,
)

if TYPE_CHECKING:
    import torch

__all__ = ["Trained", "Validate", "train", "user_batches"]

Validate = Callable[[Parameters], float]
"""Larger is better."""

LEAST_STEPS = 8
"""An epoch of few users goes over them several times."""


@dataclass(frozen=True)
class Trained:
    """Where training ended.

    Attributes:
        arrays: parameters after the last epoch.
        n_epochs: epochs until the best validation value; all of them without validation.
        best: that value; NaN without validation.
    """

    arrays: Arrays
    n_epochs: int
    best: float


def train(
    network: Network,
    settings: NeuralSettings,
    *,
    n_epochs: int,
    seed: int,
    device: torch.device,
    stage: str,
    on_progress: OnProgress,
    validate: Validate | None = None,
) -> Trained:
    """Adam on the losses of a network (Kingma, Ba 2015).

    Args:
        network: what is trained.
        settings: learning rate, L2 and patience.
        n_epochs: most epochs.
        seed: of start values, batches and dropout.
        device: where the parameters lie.
        stage: what the listener is told.
        on_progress: hears about each epoch.
        validate: judged after each epoch; training stops after `patience` epochs without a new
            best value.

    Raises:
        ConfigError: the loss became infinite or not a number.
    """
    import torch

    rng = np.random.default_rng(seed)
    generator = seeded_generator(rng, device)
    parameters = to_tensors(network.initial(rng), device, trainable=True)
    optimizer = torch.optim.Adam(
        list(parameters.values()), lr=settings.learning_rate, weight_decay=settings.l2
    )
    best, best_epoch = float("nan"), n_epochs
    for epoch in range(1, n_epochs + 1):
        metrics = {"loss": _epoch(network, parameters, optimizer, rng, generator)}
        if validate is not None:
            value = validate(_detached(parameters))
            metrics["validation ndcg"] = value
            if not value <= best:
                best, best_epoch = value, epoch
        on_progress(Progress(stage, epoch, n_epochs, metrics))
        if validate is not None and epoch - best_epoch >= settings.patience:
            break
    return Trained(to_arrays(parameters), best_epoch, best)


def user_batches(users: IndexArray, batch_users: int, rng: np.random.Generator) -> list[IndexArray]:
    """The users of each step of an epoch, in a new order; few users come several times.

    Args:
        users: int64 (n,).
        batch_users: most users of a step.
        rng: shuffles.

    Returns:
        At least `LEAST_STEPS` arrays, none when there are no users.
    """
    if not users.size:
        return []
    n_steps = -(-users.size // batch_users)
    n_passes = -(-LEAST_STEPS // n_steps)
    return [
        batch for _ in range(n_passes) for batch in np.array_split(rng.permutation(users), n_steps)
    ]


def _epoch(
    network: Network,
    parameters: Parameters,
    optimizer: torch.optim.Optimizer,
    rng: np.random.Generator,
    generator: torch.Generator,
) -> float:
    """One pass; the mean loss, 0.0 when there is nothing to learn from."""
    losses = []
    for loss in network.losses(parameters, rng, generator):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    mean = float(np.mean(losses)) if losses else 0.0
    if not np.isfinite(mean):
        raise ConfigError(
            f"'learning_rate' must be small enough to learn with (the loss became {mean}). "
            "Try a tenth of it."
        )
    return mean


def _detached(parameters: Parameters) -> Parameters:
    return {name: tensor.detach() for name, tensor in parameters.items()}
