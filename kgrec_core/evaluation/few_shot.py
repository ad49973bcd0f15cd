"""Newcomers with k known items: what a model makes of them is measured on the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError

__all__ = ["FewShot", "few_shots"]


@dataclass(frozen=True)
class FewShot:
    """Held-out users of whom k items are shown.

    Attributes:
        k: shown items per user.
        shown: k interactions of each user; the evidence.
        split: the split with what is left of the same users as its test part.
    """

    k: int
    shown: Interactions
    split: Split


def few_shots(split: Split, ks: Sequence[int], rng: np.random.Generator) -> tuple[FewShot, ...]:
    """For each k: k random test items of each held-out user are shown, the rest is relevant.

    The same users are measured at every k, those with more than max(ks) items, and what is shown
    at a smaller k is also shown at a larger one; so only the number of shots differs.

    Args:
        split: one that hides users ("cold-users"): test users have nothing in training.
        ks: numbers of shots, from 1.
        rng: draws the order of each user's items.

    Raises:
        ConfigError: a number of shots is below 1 or there is none.
        DataError: no hidden user has enough items.
    """
    numbers = tuple(sorted(set(ks)))
    if not numbers or numbers[0] < 1:
        raise ConfigError(f"'shots' must be numbers of 1 or more in 'few_shots' (got {list(ks)}).")
    test = split.test
    counts = np.where(split.cold_users(), test.user_counts(), 0)
    has_enough = counts[test.user_indices] > numbers[-1]
    if not has_enough.any():
        raise DataError(
            f"No hidden user has more than {numbers[-1]} items, so {numbers[-1]} cannot be shown "
            "and others measured. Ask for fewer shots, or hide more users."
        )
    kept = test.select(np.asarray(has_enough, dtype=np.bool_))
    place = _place_in_user(kept.user_indices, rng)
    return tuple(_shot(split, kept, np.asarray(place < k, dtype=np.bool_), k) for k in numbers)


def _shot(split: Split, kept: Interactions, is_shown: BoolArray, k: int) -> FewShot:
    return FewShot(k, kept.select(is_shown), replace(split, test=kept.select(~is_shown)))


def _place_in_user(owners: IndexArray, rng: np.random.Generator) -> IndexArray:
    """Random place of each interaction among those of its user, from 0, int64 (n,)."""
    order = np.lexsort((rng.random(owners.size), owners))
    counts = np.bincount(owners)
    starts = np.cumsum(counts) - counts
    place = np.empty(owners.size, dtype=np.int64)
    place[order] = np.arange(owners.size) - starts[owners[order]]
    return place
