"""Interactions as four parallel arrays, with the per-user views that models need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.errors import DataError

__all__ = ["NO_TIME", "Interactions"]

NO_TIME = np.iinfo(np.int64).min
"""Stands for "time unknown" in `Interactions.times`."""


@dataclass(frozen=True)
class Interactions:
    """Records user-item with weight and time; a pair may occur once.

    Attributes:
        user_indices: int64 (n,).
        item_indices: int64 (n,).
        weights: float32 (n,), > 0; a rating, a play count, or 1.
        times: int64 (n,), seconds since 1970 UTC, `NO_TIME` when unknown.
        n_users: size of the user vocabulary.
        n_items: size of the item vocabulary.

    Raises:
        DataError: lengths differ, an index is out of range or a weight is not positive and finite.
    """

    user_indices: IndexArray
    item_indices: IndexArray
    weights: FloatArray
    times: IndexArray
    n_users: int
    n_items: int

    def __post_init__(self) -> None:
        n = self.user_indices.size
        if not (self.item_indices.size == self.weights.size == self.times.size == n):
            raise DataError("The four arrays of 'Interactions' must have the same length.")
        if n and (
            min(self.user_indices.min(), self.item_indices.min()) < 0
            or self.user_indices.max() >= self.n_users
            or self.item_indices.max() >= self.n_items
        ):
            raise DataError("'Interactions' holds an index outside of its vocabularies.")
        if n and not (np.isfinite(self.weights).all() and self.weights.min() > 0):
            raise DataError("'weights' must be finite and larger than 0 in 'Interactions'.")

    def __len__(self) -> int:
        return int(self.user_indices.size)

    @property
    def has_times(self) -> bool:
        """True when every interaction has a time."""
        return len(self) > 0 and bool((self.times != NO_TIME).all())

    def select(self, mask: BoolArray | IndexArray) -> Interactions:
        """The interactions at `mask` (bool (n,) or positions), same vocabularies."""
        return Interactions(
            self.user_indices[mask],
            self.item_indices[mask],
            self.weights[mask],
            self.times[mask],
            self.n_users,
            self.n_items,
        )

    def joined(self, other: Interactions) -> Interactions:
        """Both sets of interactions over the same vocabularies."""
        return Interactions(
            np.concatenate([self.user_indices, other.user_indices]),
            np.concatenate([self.item_indices, other.item_indices]),
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.times, other.times]),
            self.n_users,
            self.n_items,
        )

    def matrix(self) -> sp.csr_array:
        """Weights as a sparse matrix, float32 (n_users, n_items)."""
        shape = (self.n_users, self.n_items)
        return sp.csr_array((self.weights, (self.user_indices, self.item_indices)), shape=shape)

    def user_counts(self) -> IndexArray:
        """Interactions per user, int64 (n_users,)."""
        return np.bincount(self.user_indices, minlength=self.n_users).astype(np.int64)

    def item_counts(self) -> IndexArray:
        """Interactions per item, int64 (n_items,)."""
        return np.bincount(self.item_indices, minlength=self.n_items).astype(np.int64)

    def positions_by_user(self) -> list[IndexArray]:
        """Positions of each user's interactions in file order; n_users arrays."""
        order = np.argsort(self.user_indices, kind="stable").astype(np.int64)
        return np.split(order, np.cumsum(self.user_counts())[:-1]) if self.n_users else []

    def of_user(self, user_index: int) -> Interactions:
        """The interactions of one user."""
        return self.select(self.user_indices == user_index)
