"""Vectors of users who were not in the training, in closed form over fixed item vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray

__all__ = ["History", "LeastSquares", "UserMap", "fit_user_map"]

Float64 = np.ndarray[Any, np.dtype[np.float64]]
AT_ONCE = 256
"""Users whose systems are in memory together."""
SIZE_EXPONENT = 0.75
RIDGE = 0.3
"""In units of the mean square of a feature."""


@dataclass(frozen=True)
class History:
    """What a user has done, as the closed form sees it.

    Attributes:
        item_indices: int64 (n,).
        curvatures: a_j, float64 (n,), >= 0.
        pulls: c_j, float64 (n,).
    """

    item_indices: IndexArray
    curvatures: Float64
    pulls: Float64


@dataclass(frozen=True)
class LeastSquares:
    """The half step of alternating least squares (Hu et al. 2008, eq. 4).

    u = (B + sum_j a_j v_j v_j')^-1 sum_j c_j v_j over the history, B = V'V + ridge * I. With a
    confidence above 1 in an interaction, a = confidence - 1 and c = confidence.

    Attributes:
        item_vectors: V, float32 (n_items, dim).
        base: B, float64 (dim, dim), positive definite.
    """

    item_vectors: FloatArray
    base: Float64

    @classmethod
    def of(cls, item_vectors: FloatArray, ridge: float) -> LeastSquares:
        """The system of a user without history; `ridge` must be above 0."""
        wide = item_vectors.astype(np.float64)
        return cls(item_vectors, wide.T @ wide + ridge * np.eye(wide.shape[1]))

    def vectors(self, histories: Sequence[History]) -> Float64:
        """One vector per history, float64 (m, dim); zeros without history."""
        found = np.zeros((len(histories), self.base.shape[0]))
        for start in range(0, len(histories), AT_ONCE):
            part = histories[start : start + AT_ONCE]
            systems, pulls = zip(*(self._system(history) for history in part), strict=True)
            solved = np.linalg.solve(np.stack(systems), np.stack(pulls)[:, :, None])
            found[start : start + len(part)] = solved[:, :, 0]
        return found

    def cells(self, history: History, item_index: int) -> Float64:
        """What each history item adds to the score of one item, float64 (n,)."""
        system, _ = self._system(history)
        through = np.linalg.solve(system, self.item_vectors[item_index].astype(np.float64))
        own = self.item_vectors[history.item_indices].astype(np.float64)
        return np.asarray(history.pulls * (own @ through))

    def _system(self, history: History) -> tuple[Float64, Float64]:
        """Left side (dim, dim) and right side (dim,) of the equations of one user, float64."""
        own = self.item_vectors[history.item_indices].astype(np.float64)
        system = self.base + (own * history.curvatures[:, None]).T @ own
        return system, history.pulls @ own


@dataclass(frozen=True)
class UserMap:
    """What a training made of the histories of its users, as a linear map: u = [f, 1] M.

    f is the sum of the item vectors of the history over n ** `SIZE_EXPONENT`: a mean when the
    exponent is 1, but long histories are surer than short ones.

    Attributes:
        item_vectors: V, float32 (n_items, dim).
        weights: M, float64 (dim + 1, dim).
    """

    item_vectors: FloatArray
    weights: Float64

    def vectors(self, histories: Sequence[IndexArray]) -> Float64:
        """One vector per history of item indices, float64 (m, dim); the last row of M for none."""
        features = np.zeros((len(histories), self.item_vectors.shape[1] + 1))
        features[:, -1] = 1.0
        for row, items in enumerate(histories):
            own = self.item_vectors[items].astype(np.float64)
            features[row, :-1] = own.sum(axis=0) / max(items.size, 1) ** SIZE_EXPONENT
        # One product per user: a user must not depend on who is asked about beside him.
        vectors = [row @ self.weights for row in features]
        return np.array(vectors).reshape(len(histories), self.weights.shape[1])


def fit_user_map(
    user_vectors: FloatArray, item_vectors: FloatArray, histories: Sequence[IndexArray]
) -> UserMap:
    """Ridge regression of the learned vectors of users on the item vectors of their histories.

    Args:
        user_vectors: float32 (n_users, dim).
        item_vectors: float32 (n_items, dim).
        histories: item indices of each of these users, none empty.
    """
    dim = item_vectors.shape[1]
    plain = UserMap(item_vectors, np.vstack([np.eye(dim), np.zeros(dim)]))
    if not len(histories):
        return plain
    features = np.hstack([plain.vectors(histories), np.ones((len(histories), 1))])
    gram = features.T @ features
    penalty = np.full(dim + 1, RIDGE * float(np.diag(gram)[:-1].mean()) + 1e-9)
    penalty[-1] = 1e-3  # the mean user is known well
    weights = np.linalg.solve(gram + np.diag(penalty), features.T @ user_vectors.astype(np.float64))
    return UserMap(item_vectors, weights)
