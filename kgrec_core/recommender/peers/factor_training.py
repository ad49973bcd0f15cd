"""Learns one vector per user and item by mini-batches of users; shared by all factor models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.errors import ConfigError
from kgrec_core.evaluation.ranking import metrics_of_hits, top_k
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.peers.factor_losses import bpr_loss, softmax_loss
from kgrec_core.recommender.peers.factor_settings import FactorSettings
from kgrec_core.recommender.peers.propagation import Propagation

if TYPE_CHECKING:
    import torch

__all__ = ["FactorTrainer", "Factors", "train_factors"]

INITIAL_SCALE = 0.1
STEPS_PER_EPOCH = 8
COMPARE_EVERY = 2
"""Epochs between two comparisons on the validation part."""
MOST_USERS = 2_000
"""Validation users drawn for the comparisons; more only cost time."""
USERS_AT_ONCE = 256
K = 20


@dataclass(frozen=True)
class Factors:
    """Learned vectors; score = product. Those of users and items without interactions are zero.

    Attributes:
        user_vectors: float32 (n_users, dim).
        item_vectors: float32 (n_items, dim).
    """

    user_vectors: FloatArray
    item_vectors: FloatArray


class FactorTrainer:
    """Free vectors, an optimizer, and the histories they are fitted to; thrown away after use."""

    def __init__(
        self, interactions: Interactions, settings: FactorSettings, rng: np.random.Generator
    ) -> None:
        import torch

        self._rng = rng
        self._objective = settings.objective()
        self._histories = _binary(interactions)
        self._active = np.flatnonzero(interactions.user_counts()).astype(np.int64)
        self._is_used = interactions.item_counts() > 0
        share = -(-self._active.size // STEPS_PER_EPOCH)
        self._batch = max(1, min(settings.users_per_batch, share))
        self._device = pick_device()
        self._propagation = Propagation(self._histories, self._objective.n_layers, self._device)
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        size = (interactions.n_users + interactions.n_items, settings.embedding_dim)
        free = torch.randn(size, generator=generator) * INITIAL_SCALE
        self._free = free.to(self._device)
        self._optimizer = torch.optim.Adam(
            [self._free], lr=settings.learning_rate, weight_decay=settings.l2
        )

    def epoch(self) -> float:
        """One pass over the users in random order; the mean loss of its steps.

        Raises:
            ConfigError: the loss is no longer finite.
        """
        order = self._rng.permutation(self._active)
        losses = [
            self._step(order[start : start + self._batch])
            for start in range(0, order.size, self._batch)
        ]
        loss = float(np.mean(losses)) if losses else 0.0
        if not np.isfinite(loss):
            raise ConfigError(
                "Training left the finite numbers: 'learning_rate' must be smaller for these data."
            )
        return loss

    def _step(self, users: IndexArray) -> float:
        """Propagation is linear and symmetric: it carries vectors forth and gradients back."""
        final = self._propagation(self._free).requires_grad_()
        loss = self._loss(final, users)
        loss.backward()
        if final.grad is not None:
            self._free.grad = self._propagation(final.grad)
        self._optimizer.step()
        return float(loss.detach())

    def _loss(self, final: torch.Tensor, users: IndexArray) -> torch.Tensor:
        user_vectors, item_vectors = self._scored(final)
        if self._objective.loss == "softmax":
            return softmax_loss(user_vectors, item_vectors, users, self._histories)
        return bpr_loss(user_vectors, item_vectors, users, self._histories, rng=self._rng)

    def _scored(self, final: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors whose product is the score: under the softmax of length 1 / temperature and 1."""
        import torch

        user_vectors = final[: self._histories.shape[0]]
        item_vectors = final[self._histories.shape[0] :]
        if self._objective.loss == "bpr":
            return user_vectors, item_vectors
        users = torch.nn.functional.normalize(user_vectors, dim=1) / self._objective.temperature
        return users, torch.nn.functional.normalize(item_vectors, dim=1)

    def factors(self) -> Factors:
        """The vectors as they stand."""
        users, items = self._scored(self._propagation(self._free))
        user_vectors = users.cpu().numpy().astype(np.float32)
        item_vectors = items.cpu().numpy().astype(np.float32)
        is_active = np.isin(np.arange(user_vectors.shape[0]), self._active)
        user_vectors[~is_active] = 0.0
        item_vectors[~self._is_used] = 0.0
        return Factors(user_vectors, item_vectors)


def train_factors(
    data: TrainingData,
    settings: FactorSettings,
    *,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> tuple[Factors, dict[str, float]]:
    """Choose the number of epochs on the validation part, then fit on all that is known.

    Returns:
        The vectors fitted on train and validation, and what was reached on the validation part
        ("validation ndcg@20", "epochs"); nothing when there is no validation part.
    """
    n_epochs, metrics = settings.n_epochs, {}
    if len(data.validation) and len(data.train):
        n_epochs, best = _best_epoch(data, settings, rng, on_progress)
        metrics = {f"validation ndcg@{K}": best, "epochs": float(n_epochs)}
    trainer = FactorTrainer(data.known(), settings, rng)
    for epoch in range(1, n_epochs + 1):
        loss = trainer.epoch()
        on_progress(Progress("Fitting on all known", epoch, n_epochs, {"loss": loss}))
    return trainer.factors(), metrics


def _best_epoch(
    data: TrainingData, settings: FactorSettings, rng: np.random.Generator, on_progress: OnProgress
) -> tuple[int, float]:
    """The number of epochs with the best validation NDCG, and that NDCG."""
    trainer = FactorTrainer(data.train, settings, rng)
    users = np.unique(data.validation.user_indices)
    users = np.sort(rng.permutation(users)[:MOST_USERS])
    seen, relevant = _binary(data.train)[users], _binary(data.validation)[users]
    best, best_epoch, n_worse = -1.0, 1, 0
    for epoch in range(1, settings.max_epochs + 1):
        reached = {"loss": trainer.epoch()}
        if epoch % COMPARE_EVERY == 0 or epoch == settings.max_epochs:
            ndcg = _ndcg(trainer.factors(), users, seen, relevant)
            reached[f"validation ndcg@{K}"] = ndcg
            n_worse += 1
            if ndcg > best:
                best, best_epoch, n_worse = ndcg, epoch, 0
        on_progress(Progress("Choosing the epochs", epoch, settings.max_epochs, reached))
        if n_worse >= settings.patience:
            break
    return best_epoch, best


def _ndcg(factors: Factors, users: IndexArray, seen: sp.csr_array, relevant: sp.csr_array) -> float:
    """Mean NDCG at 20 of some users, seen items left out; (m, n_items) each."""
    values = []
    for start in range(0, users.size, USERS_AT_ONCE):
        part = slice(start, start + USERS_AT_ONCE)
        scores = factors.user_vectors[users[part]] @ factors.item_vectors.T
        ranked = top_k(scores, _rows(seen[part]), K)
        held: np.ndarray[Any, np.dtype[np.bool_]] = relevant[part].toarray() > 0
        hits = np.take_along_axis(held, ranked, axis=1) & (ranked >= 0)
        values.append(metrics_of_hits(hits, held.sum(axis=1), (K,))[f"ndcg@{K}"])
    return float(np.concatenate(values).mean())


def _rows(matrix: sp.csr_array) -> list[IndexArray]:
    return [part.astype(np.int64) for part in np.split(matrix.indices, matrix.indptr[1:-1])]


def _binary(interactions: Interactions) -> sp.csr_array:
    matrix = interactions.matrix()
    matrix.data[:] = 1.0
    return matrix
