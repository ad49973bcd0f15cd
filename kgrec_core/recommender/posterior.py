"""Behavior as a correction of content: the closed-form item-item regression around a prior.

    minimize |X - X W|^2 + |W - C|^2_Lambda   subject to diag(W) = 0

with X the scaled interactions, C the content prior (a weighted sum of kernels, zero diagonal) and
Lambda = ridge * mean(diag G) + e / (1 - e) * diag(G), G = X'X. With P = (G + Lambda)^-1, L = P G:

    W = C + L (I - C) - P diag(gamma),     gamma_i = (L - L C)_ii / P_ii

C = 0 gives EASE (Steck 2019) with denoising (Steck 2020). Everything is linear in C, hence in the
weights of the kernels, so that many weights can be compared after one solve. With fewer users than
items P is never formed: by Woodbury only a (n_users, n_users) system is solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import psutil
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.device import pick_device
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.fusion_settings import FitParameters
from kgrec_core.recommender.kernels import Spreading

__all__ = [
    "Correction",
    "Features",
    "Posterior",
    "needed_bytes",
    "require_memory",
    "ridge_of",
    "solve",
]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
SQUARES_IN_MEMORY = 6
"""Dense squares alive at the peak of a solve: Gram, system, factor, inverse, smoother, spare."""
BYTES_PER_CELL = 4
OBLONGS_IN_MEMORY = 5
"""Dense users-by-items arrays alive at the peak of a correction over fewer users than items: the
factor and its transpose, the interactions, the target, and what is spread or weighed."""


@dataclass(frozen=True)
class Features:
    """Scores of some users as a linear function of the kernel weights.

    Attributes:
        base: scores without content, float32 (m, n_items).
        content: what one unit of each kernel's weight adds, n_kernels times (m, n_items).
    """

    base: Matrix
    content: tuple[Matrix, ...]


@dataclass(frozen=True)
class Correction:
    """W - C: a square with zero diagonal, or two factors whose diagonal does not count.

    Attributes:
        left: float32 (n_items, n_items), or (n_items, rank) when there is a right factor.
        right: float32 (rank, n_items), or None.
    """

    left: Matrix
    right: Matrix | None

    def apply(self, users: sp.csr_array) -> Matrix:
        """Product with sparse users, (m, n_items) -> float32 (m, n_items)."""
        product = np.asarray(users @ self.left, dtype=np.float32)
        if self.right is None:
            return product
        product = product @ self.right
        entries = users.tocoo()
        rows, columns = entries.coords
        product[rows, columns] -= entries.data * self._diagonal[columns]
        return product

    @cached_property
    def _diagonal(self) -> FloatArray:
        """What the two factors put on the diagonal, float32 (n_items,)."""
        right = self.left.T if self.right is None else self.right
        return np.asarray(np.einsum("nr,rn->n", self.left, right), dtype=np.float32)

    def cells(self, rows: IndexArray, column: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The entries at (rows, column), float64 (n_rows,); 0 at the column's own row."""
        if self.right is None:
            values = self.left[rows, column].astype(np.float64)
        else:
            right = self.right[:, column].astype(np.float64)
            values = self.left[rows].astype(np.float64) @ right
        return np.where(rows == column, 0.0, values)

    def weighed(self, rows: IndexArray, values: Matrix) -> Matrix:
        """Rows of W - C times values of all items, (n_items, n) -> float32 (n_rows, n)."""
        if self.right is None:
            return np.asarray(self.left[rows] @ values, dtype=np.float32)
        own = values[rows] * self._diagonal[rows, None]
        return np.asarray(self.left[rows] @ (self.right @ values) - own, dtype=np.float32)

    def extended(self, n_items: int) -> Correction:
        """The same correction for a longer list of items; new ones get zeros."""
        extra = n_items - self.left.shape[0]
        if extra == 0:
            return self
        if self.right is None:
            return Correction(np.pad(self.left, ((0, extra), (0, extra))), None)
        left = np.pad(self.left, ((0, extra), (0, 0)))
        return Correction(left, np.pad(self.right, ((0, 0), (0, extra))))


class Posterior(Protocol):
    """A solved system: P is known, the kernel weights are still open."""

    def features(self, rows: IndexArray, kernels: Sequence[Spreading]) -> Features:
        """Scores of the users at `rows` as a linear function of the kernel weights."""
        ...

    def correction(self, kernels: Sequence[Spreading], weights: Sequence[float]) -> Correction:
        """W - C for given kernel weights."""
        ...


def ridge_of(gram_diagonal: FloatArray, parameters: FitParameters) -> FloatArray:
    """The diagonal Lambda, float32 (n_items,), > 0."""
    touched = gram_diagonal[gram_diagonal > 0]
    mean = float(touched.mean()) if touched.size else 1.0
    odds = parameters.denoise / (1.0 - parameters.denoise)
    return (parameters.ridge * mean + odds * gram_diagonal).astype(np.float32)


def solve(users: sp.csr_array, parameters: FitParameters) -> Posterior:
    """Solve for P over the smaller side of the matrix.

    Args:
        users: X, float32 (n_users, n_items).
        parameters: ridge and denoising.

    Raises:
        ConfigError: what has to be dense would not fit into memory.
    """
    require_memory(*users.shape)
    squares = np.asarray(users.multiply(users).sum(axis=0), dtype=np.float32).ravel()
    ridge = ridge_of(squares, parameters)
    if users.shape[0] < users.shape[1]:
        return _solve_dual(users, ridge)
    return _solve_primal(users, ridge)


def needed_bytes(n_users: int, n_items: int) -> int:
    """Bytes of the dense arrays that a regression keeps at its peak."""
    n_cells = SQUARES_IN_MEMORY * min(n_users, n_items) ** 2
    if n_users < n_items:
        n_cells += OBLONGS_IN_MEMORY * n_users * n_items
    return BYTES_PER_CELL * n_cells


def require_memory(n_users: int, n_items: int) -> None:
    """Refuse a regression that the free memory cannot hold, before anything large is made.

    Raises:
        ConfigError: names the need, what is free, and the way out.
    """
    needed, free = needed_bytes(n_users, n_items), psutil.virtual_memory().available
    if needed > free:
        raise ConfigError(
            f"A regression over {n_users:,} users and {n_items:,} items needs about "
            f"{needed / 1e9:,.1f} GB of memory and {free / 1e9:,.1f} GB are free. Choose the model "
            "'item-knn', or set 'use_collaborative' to false."
        )


def _inverse(matrix: Matrix) -> Matrix:
    """Inverse of a symmetric positive definite matrix by Cholesky, on the GPU when present."""
    import torch

    factor = torch.linalg.cholesky(torch.from_numpy(matrix).to(pick_device()))
    return np.asarray(torch.cholesky_inverse(factor).cpu().numpy())


def _product(left: Matrix, right: Matrix) -> Matrix:
    """Dense float32 product, on the GPU when present."""
    device = pick_device()
    if device.type == "cpu":
        return left @ right
    import torch

    on_device = torch.from_numpy(left).to(device) @ torch.from_numpy(right).to(device)
    return np.asarray(on_device.cpu().numpy())


@dataclass(frozen=True)
class _Dual:
    """P = Lambda^-1 - A X Lambda^-1 with A = Lambda^-1 X' (I + X Lambda^-1 X')^-1; L = A X.

    X stays sparse: only A and what is spread by a kernel are dense.
    """

    users: sp.csr_array  # X (n_users, n_items)
    weighted: sp.csr_array  # X Lambda^-1 (n_users, n_items)
    factor: Matrix  # A' (n_users, n_items)
    diagonal: FloatArray  # P_ii (n_items,)

    def features(self, rows: IndexArray, kernels: Sequence[Spreading]) -> Features:
        through = np.asarray(self.users[rows] @ self.factor.T, dtype=np.float32)  # (m, n_users)
        smoothed = _dense(through @ self.users)  # X L (m, n_items)
        inverted = _dense(through @ self.weighted)  # X A X Lambda^-1 (m, n_items)
        base = smoothed + inverted * self._gamma_of_users()
        part = self.users[rows]
        content = []
        for kernel in kernels:
            spread = kernel.apply(self.users)  # X C (n_users, n_items)
            change = kernel.apply(smoothed) + inverted * self._gamma(spread)
            content.append(kernel.apply(part) - change)
        return Features(base, tuple(content))

    def correction(self, kernels: Sequence[Spreading], weights: Sequence[float]) -> Correction:
        target = _dense(self.users.toarray())
        for kernel, weight in zip(kernels, weights, strict=True):
            if weight:
                target -= np.float32(weight) * kernel.apply(self.users)
        right = target + _dense(self.weighted.toarray()) * self._gamma(target)
        return Correction(np.ascontiguousarray(self.factor.T), right)

    def _gamma(self, target: Matrix) -> FloatArray:
        """(A target)_ii / P_ii, float32 (n_items,)."""
        return np.asarray(
            np.einsum("ui,ui->i", self.factor, target) / self.diagonal, dtype=np.float32
        )

    def _gamma_of_users(self) -> FloatArray:
        """`_gamma` of X itself, without making it dense."""
        return _column_products(self.users, self.factor) / self.diagonal


def _dense(matrix: Any) -> Matrix:
    return np.ascontiguousarray(matrix, dtype=np.float32)


def _column_products(left: sp.csr_array, right: Matrix) -> FloatArray:
    """Sum over rows of left * right, float32 (n_columns,)."""
    return np.asarray(left.multiply(right).sum(axis=0), dtype=np.float32).ravel()


def _solve_dual(users: sp.csr_array, ridge: FloatArray) -> _Dual:
    weighted = sp.csr_array(users.multiply(1.0 / ridge[None, :]), dtype=np.float32)
    system = _dense((weighted @ users.T).toarray())
    system[np.diag_indices_from(system)] += 1.0
    factor = _dense(_inverse(system) @ weighted)  # (n_users, n_items); A = factor'
    diagonal = 1.0 / ridge - _column_products(weighted, factor)
    return _Dual(users, weighted, factor, np.maximum(diagonal, 1e-12).astype(np.float32))


@dataclass(frozen=True)
class _Primal:
    """P formed as it stands: fewer items than users."""

    users: sp.csr_array  # X (n_users, n_items)
    inverse: Matrix  # P (n_items, n_items)
    smoother: Matrix  # L = P G (n_items, n_items)

    def features(self, rows: IndexArray, kernels: Sequence[Spreading]) -> Features:
        part = self.users[rows]
        smoothed = _dense(part @ self.smoother)  # X L (m, n_items)
        inverted = _dense(part @ self.inverse)  # X P (m, n_items)
        base = smoothed - inverted * self._gamma(self.smoother)
        content = []
        for kernel in kernels:
            gamma = self._gamma(kernel.apply(self.smoother))
            content.append(kernel.apply(part) - kernel.apply(smoothed) + inverted * gamma)
        return Features(base, tuple(content))

    def correction(self, kernels: Sequence[Spreading], weights: Sequence[float]) -> Correction:
        target = self.smoother.copy()
        for kernel, weight in zip(kernels, weights, strict=True):
            if weight:
                target -= np.float32(weight) * kernel.apply(self.smoother)
        change = target - self.inverse * self._gamma(target)
        np.fill_diagonal(change, 0.0)
        return Correction(change, None)

    def _gamma(self, target: Matrix) -> FloatArray:
        """target_ii / P_ii, float32 (n_items,)."""
        return np.asarray(np.diag(target) / np.diag(self.inverse), dtype=np.float32)


def _solve_primal(users: sp.csr_array, ridge: FloatArray) -> _Primal:
    gram = np.asarray((users.T @ users).toarray(), dtype=np.float32)
    system = gram.copy()
    system[np.diag_indices_from(system)] += ridge
    inverse = _inverse(system)
    return _Primal(users, inverse, _product(inverse, gram))
