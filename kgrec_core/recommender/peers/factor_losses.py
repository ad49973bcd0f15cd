"""Losses of a batch of users: softmax over all items, or pairs with sampled negatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, IndexArray

if TYPE_CHECKING:
    import torch

__all__ = ["bpr_loss", "draw_negatives", "softmax_loss"]

MAX_DRAWS = 10
"""A user who chose nearly everything has hardly any negatives: give up after so many draws."""


def softmax_loss(
    user_vectors: torch.Tensor,
    item_vectors: torch.Tensor,
    users: IndexArray,
    histories: sp.csr_array,
) -> torch.Tensor:
    """Mean over the interactions of a batch of -log softmax(scores of all items)[chosen item].

    Args:
        user_vectors: of all users, float32 (n_users, dim).
        item_vectors: float32 (n_items, dim).
        users: the batch, int64 (b,), each with at least one interaction.
        histories: 0/1, (n_users, n_items).
    """
    import torch

    device = user_vectors.device
    rows, items = _pairs(users, histories)
    counts = torch.from_numpy(np.bincount(rows, minlength=users.size)).to(device)
    scores = user_vectors[torch.from_numpy(users).to(device)] @ item_vectors.T  # (b, n_items)
    chosen = scores[torch.from_numpy(rows).to(device), torch.from_numpy(items).to(device)]
    return ((torch.logsumexp(scores, dim=1) * counts).sum() - chosen.sum()) / len(rows)


def bpr_loss(
    user_vectors: torch.Tensor,
    item_vectors: torch.Tensor,
    users: IndexArray,
    histories: sp.csr_array,
    *,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Mean of -log sigmoid(chosen - not chosen), one negative per interaction (Rendle 2009).

    Args and shapes as in `softmax_loss`; `rng` draws the negatives.
    """
    import torch

    rows, positives = _pairs(users, histories)
    negatives, is_negative = draw_negatives(users[rows], histories, rng)
    kept = np.flatnonzero(is_negative)
    device = user_vectors.device
    owners = user_vectors[torch.from_numpy(users[rows[kept]]).to(device)]  # (n, dim)
    better = item_vectors[torch.from_numpy(positives[kept]).to(device)]
    worse = item_vectors[torch.from_numpy(negatives[kept]).to(device)]
    losses = torch.nn.functional.softplus(-(owners * (better - worse)).sum(dim=1))
    return losses.sum() / max(kept.size, 1)


def draw_negatives(
    owners: IndexArray, histories: sp.csr_array, rng: np.random.Generator
) -> tuple[IndexArray, BoolArray]:
    """One item per owner that the owner has not chosen, drawn evenly.

    Returns:
        Items, int64 (n,), and False where only chosen items came up in `MAX_DRAWS` draws.
    """
    n_items = histories.shape[1]
    drawn = rng.integers(n_items, size=owners.size)
    is_taken = _is_chosen(owners, drawn, histories)
    for _ in range(MAX_DRAWS - 1):
        again = np.flatnonzero(is_taken)
        if not again.size:
            break
        drawn[again] = rng.integers(n_items, size=again.size)
        is_taken[again] = _is_chosen(owners[again], drawn[again], histories)
    return drawn, ~is_taken


def _is_chosen(owners: IndexArray, items: IndexArray, histories: sp.csr_array) -> BoolArray:
    return np.asarray(histories[owners, items] > 0, dtype=np.bool_).ravel()


def _pairs(users: IndexArray, histories: sp.csr_array) -> tuple[IndexArray, IndexArray]:
    """Position in the batch and item of each interaction, int64 (n,) each."""
    part = histories[users]
    rows = np.repeat(np.arange(users.size, dtype=np.int64), np.diff(part.indptr))
    return rows, part.indices.astype(np.int64)
