"""Learns item vectors from histories: hide a part, predict it with a softmax over all items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.item_vector_model import ItemVectorModel
from kgrec_core.embedding.item_vectors import ItemVectors, ItemVectorSettings
from kgrec_core.errors import DataError
from kgrec_core.evaluation.ranking import metrics_of_hits, top_k
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["fit_item_vectors"]

AVERAGED_EPOCHS = 2.0
"""Passes that the average of the parameters reaches back; it stands in for a falling step size."""
USERS_PER_CHECK = 2000
STAGE = "Learning item vectors"


def fit_item_vectors(
    train: Interactions,
    graph: KnowledgeGraph | None,
    text_vectors: FloatArray | None,
    *,
    validation: Interactions | None = None,
    rng: np.random.Generator,
    settings: ItemVectorSettings | None = None,
    on_progress: OnProgress = no_progress,
) -> ItemVectors:
    """Vectors of all items, such that a part of a history predicts the rest of it.

    The vector of an item is its free vector + what its links say + its text, projected. As
    evidence it may get one more vector that all items share: what any choice says about a user. A
    user is the unit vector along the weighted sum of what is shown of the history; the hidden part
    is predicted with a softmax over all items but the shown ones, at a temperature. Items without
    an interaction in `train` are no candidates of that softmax and have neither a free vector nor
    the shared one.

    Args:
        train: histories; users with one interaction teach nothing.
        graph: links of items; None for none.
        text_vectors: float32 (n_items, text_dim), zero rows without text; None or (n_items, 0)
            for none.
        validation: ends the fit, by NDCG; when None or empty the fit takes `settings.epochs`.
        rng: everything random.
        settings: parts of the vectors and how they are learned; None for the defaults.
        on_progress: hears about each pass.

    Raises:
        DataError: nobody has two interactions.
        ConfigError: nothing is left to make vectors of, or graph or texts are about other items.
    """
    chosen = settings or ItemVectorSettings()
    users = np.flatnonzero(train.user_counts() >= 2).astype(np.int64)
    if users.size == 0:
        raise DataError(
            "Item vectors cannot be learned: no user has two interactions to predict one from the "
            "other. Give more data, or choose a model without learned vectors."
        )
    model = ItemVectorModel(train, graph, text_vectors, chosen, rng)
    fit = _Fit(model, _Histories(train), users, rng)
    if validation is not None and len(validation):
        return _fit_until_best(
            fit, _Check(train, validation, chosen.validation_k, rng), on_progress
        )
    for epoch in range(1, chosen.epochs + 1):
        loss = fit.run_epoch()
        on_progress(Progress(STAGE, epoch, chosen.epochs, {"loss": loss}))
    return fit.averaged_vectors(chosen.epochs)


def _fit_until_best(fit: _Fit, check: _Check, on_progress: OnProgress) -> ItemVectors:
    """The vectors of the check with the highest NDCG."""
    settings = fit.model.settings
    best: ItemVectors | None = None
    n_without_gain = 0
    for epoch in range(1, settings.epochs + 1):
        metrics = {"loss": fit.run_epoch()}
        if epoch % settings.epochs_per_check == 0 or epoch == settings.epochs:
            found = fit.averaged_vectors(epoch)
            metrics[check.name] = check.ndcg(found)
            n_without_gain += 1
            if best is None or metrics[check.name] > best.metrics[check.name]:
                best = replace(found, metrics={check.name: metrics[check.name]})
                n_without_gain = 0
        on_progress(Progress(STAGE, epoch, settings.epochs, metrics))
        if n_without_gain >= settings.patience:
            break
    return best if best is not None else fit.averaged_vectors(settings.epochs)


class _Histories:
    """Items by user in one flat array, for batches of any users."""

    def __init__(self, interactions: Interactions) -> None:
        order = np.lexsort((interactions.item_indices, interactions.user_indices))
        self._items = interactions.item_indices[order]
        self._counts = interactions.user_counts()
        self._starts = np.cumsum(self._counts) - self._counts

    def batch(self, users: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Rows (position in `users`, ascending) and items of all interactions, int64 (n,) each."""
        counts = self._counts[users]
        rows = np.repeat(np.arange(users.size), counts)
        within = np.arange(rows.size) - np.repeat(np.cumsum(counts) - counts, counts)
        return rows, self._items[np.repeat(self._starts[users], counts) + within]


class _Fit:
    """Adam over random batches of users, and the running average of what it passes through."""

    def __init__(
        self,
        model: ItemVectorModel,
        histories: _Histories,
        users: IndexArray,
        rng: np.random.Generator,
    ) -> None:
        import torch

        self.model, self._histories, self._users, self._rng = model, histories, users, rng
        self._parameters = model.parameters()
        for parameter in self._parameters:
            parameter.requires_grad_(True)
        rate = model.settings.learning_rate
        self._optimizer = torch.optim.Adam(self._parameters, lr=rate, betas=(0.9, 0.99))
        n_steps = -(-users.size // model.settings.batch_size)
        self._average_decay = 1.0 - 1.0 / (1.0 + AVERAGED_EPOCHS * n_steps)
        self._averages = [torch.zeros_like(p, requires_grad=False) for p in self._parameters]
        self._n_steps_done = 0

    def run_epoch(self) -> float:
        """One pass over all users; the mean loss of its steps."""
        size = self.model.settings.batch_size
        order = self._rng.permutation(self._users)
        losses = [self._step(order[first : first + size]) for first in range(0, order.size, size)]
        return float(np.mean(losses))

    def _step(self, users: IndexArray) -> float:
        import torch

        rows, items = self._histories.batch(users)
        device = self.model.device
        loss = self.model.loss(
            torch.from_numpy(rows).to(device), torch.from_numpy(items).to(device), users.size
        )
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self._n_steps_done += 1
        with torch.no_grad():
            for average, parameter in zip(self._averages, self._parameters, strict=True):
                average.lerp_(parameter, 1.0 - self._average_decay)
        return float(loss.detach())

    def averaged_vectors(self, n_epochs: int) -> ItemVectors:
        """The vectors of the averaged parameters; the parameters themselves stay as they are."""
        import torch

        # The average started from zero, so early ones are too small by a known factor.
        factor = 1.0 - self._average_decay**self._n_steps_done
        with torch.no_grad():
            current = [parameter.clone() for parameter in self._parameters]
            for parameter, average in zip(self._parameters, self._averages, strict=True):
                parameter.copy_(average / factor)
            source, target = self.model.items(is_training=False)
            attention = self.model.log_attention.detach().clone()
            for parameter, kept in zip(self._parameters, current, strict=True):
                parameter.copy_(kept)
        return ItemVectors(
            source=source.cpu().numpy(),
            target=target.cpu().numpy(),
            log_attention=attention.cpu().numpy(),
            n_epochs=n_epochs,
            metrics={},
        )


class _Check:
    """NDCG on the validation part, of at most `USERS_PER_CHECK` users drawn once."""

    def __init__(
        self, train: Interactions, validation: Interactions, k: int, rng: np.random.Generator
    ) -> None:
        self.name = f"ndcg@{k}"
        self._k = k
        users = np.flatnonzero(validation.user_counts())
        if users.size > USERS_PER_CHECK:
            users = np.sort(rng.choice(users, USERS_PER_CHECK, replace=False))
        self._users = users
        self._known = train.matrix()[users]
        self._known.data = np.ones_like(self._known.data)
        self._seen = np.split(self._known.indices.astype(np.int64), self._known.indptr[1:-1])
        self._relevant = validation.matrix()[users].toarray() > 0  # (n_users, n_items)

    def ndcg(self, vectors: ItemVectors) -> float:
        """Mean over the users of the check."""
        profiles = vectors.profiles_of(self._known)
        ranked = top_k(profiles @ vectors.target.T, self._seen, self._k)
        hits = np.take_along_axis(self._relevant, np.maximum(ranked, 0), axis=1) & (ranked >= 0)
        n_relevant = self._relevant.sum(axis=1).astype(np.int64)
        return float(metrics_of_hits(hits, n_relevant, (self._k,))[self.name].mean())
