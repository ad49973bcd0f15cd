"""Vectors of many numbers as points on a plane: principal components, or UMAP where installed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import FloatArray
from kgrec_core.errors import ConfigError, DataError

__all__ = ["Plane", "PlaneMethod", "plane_methods", "project"]

PlaneMethod = Literal["pca", "umap"]
UMAP_PACKAGE = "umap"


@dataclass(frozen=True)
class Plane:
    """Points on a plane.

    Attributes:
        points: float64 (n, 2).
        shares: parts of the variance that the two axes keep, in [0, 1]; None when the method knows
            no such thing.
        n_dims: numbers per vector before.
    """

    points: npt.NDArray[np.float64]
    shares: tuple[float, float] | None
    n_dims: int


def plane_methods() -> tuple[PlaneMethod, ...]:
    """What can be used here: "pca" always, "umap" when the package umap-learn is installed."""
    return ("pca", "umap") if importlib.util.find_spec(UMAP_PACKAGE) else ("pca",)


def project(vectors: FloatArray, method: PlaneMethod = "pca", *, seed: int = 0) -> Plane:
    """Put vectors on a plane; the same input always gives the same points.

    "pca" is exact: eigenvectors of the covariance (Pearson 1901). The sign of each axis is chosen
    so that its largest loading is positive. "umap" is that of McInnes, Healy and Melville (2018),
    seeded.

    Args:
        vectors: float32 (n, dim).
        method: see above.
        seed: of UMAP.

    Raises:
        ConfigError: the method is not installed.
        DataError: there are no vectors, or they hold values that are not finite.
    """
    if vectors.ndim != 2 or not vectors.size:
        raise DataError(f"There are no vectors to project (shape {vectors.shape}).")
    if not np.isfinite(vectors).all():
        raise DataError("The vectors hold values that are not finite. Learn them again.")
    if method == "pca":
        return _pca(vectors)
    if method not in plane_methods():
        raise ConfigError(
            "'umap' needs the package umap-learn, which is not installed. Use 'pca', or install it."
        )
    return _umap(vectors, seed)


def _pca(vectors: FloatArray) -> Plane:
    values = vectors.astype(np.float64)
    centered = values - values.mean(axis=0)
    covariance = centered.T @ centered
    found, axes = np.linalg.eigh(covariance)
    kept = axes[:, ::-1][:, :2]  # eigh puts the largest last
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    points = np.zeros((values.shape[0], 2))
    points[:, : kept.shape[1]] = centered @ (kept * signs)
    total = float(found.clip(min=0).sum())
    parts = [float(part) / total if total > 0 else 0.0 for part in found[::-1][:2].clip(min=0)]
    parts += [0.0] * (2 - len(parts))
    return Plane(points, (parts[0], parts[1]), vectors.shape[1])


def _umap(vectors: FloatArray, seed: int) -> Plane:
    import umap

    n_neighbors = max(2, min(15, vectors.shape[0] - 1))
    reducer = umap.UMAP(n_components=2, n_neighbors=n_neighbors, random_state=seed)
    points = np.asarray(reducer.fit_transform(vectors), dtype=np.float64)
    return Plane(points, None, vectors.shape[1])
