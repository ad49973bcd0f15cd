"""Histories cut into what is known of a user and what is to be found, as in few-shot learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray

if TYPE_CHECKING:
    import torch

__all__ = ["Episodes", "Padded", "draw_episodes", "padded"]

MOST_SHOTS = 10


@dataclass(frozen=True)
class Padded:
    """Lists of different lengths side by side.

    Attributes:
        items: int64 (b, width), 0 where there is none.
        mask: bool (b, width), False where there is none.
    """

    items: torch.Tensor
    mask: torch.Tensor


@dataclass(frozen=True)
class Episodes:
    """One batch of users, each with a history cut in two.

    Attributes:
        support: what is known, maybe nothing.
        query: what is to be found, at least one item.
    """

    support: Padded
    query: Padded


def padded(lists: Sequence[IndexArray], device: torch.device) -> Padded:
    """Tensors of lists of items, int64 (n_i,) each; the width is at least 1."""
    import torch

    width = max([1, *(items.size for items in lists)])
    items: IndexArray = np.zeros((len(lists), width), dtype=np.int64)
    mask: BoolArray = np.zeros((len(lists), width), dtype=np.bool_)
    for row, values in enumerate(lists):
        items[row, : values.size] = values
        mask[row, : values.size] = True
    return Padded(torch.tensor(items, device=device), torch.tensor(mask, device=device))


def draw_episodes(
    histories: Sequence[IndexArray],
    *,
    few_shot_share: float,
    most_known: int,
    most_wanted: int,
    rng: np.random.Generator,
    device: torch.device,
) -> Episodes:
    """Cut each history by chance.

    Args:
        histories: int64 (n_i,) per user, n_i >= 1.
        few_shot_share: how often only up to 10 items are known, maybe none; else between half of
            the history and all of it.
        most_known: longest support.
        most_wanted: longest query.
        rng: source of chance.
        device: where the tensors go.
    """
    support, query = [], []
    for history in histories:
        n = history.size
        if rng.random() < few_shot_share:
            n_known = int(rng.integers(MOST_SHOTS + 1))
        else:
            n_known = int(rng.integers(n // 2, n + 1))
        n_known = min(n_known, n - 1)
        drawn = rng.permutation(history)
        support.append(drawn[:n_known][:most_known])
        query.append(drawn[n_known:][:most_wanted])
    return Episodes(padded(support, device), padded(query, device))
