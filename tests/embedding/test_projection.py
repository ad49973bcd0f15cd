"""Vectors on a plane."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from kgrec_core.embedding.projection import plane_methods, project
from kgrec_core.errors import ConfigError, DataError


def test_points_on_a_plane_in_space_keep_their_distances() -> None:
    rng = np.random.default_rng(3)
    flat = rng.normal(size=(30, 2)) * (5.0, 1.0)
    basis, _ = np.linalg.qr(rng.normal(size=(7, 2)))
    plane = project((flat @ basis.T).astype(np.float32))
    gaps = [np.linalg.norm(p[:, None] - p[None], axis=2) for p in (flat, plane.points)]
    np.testing.assert_allclose(gaps[0], gaps[1], atol=1e-4)
    assert plane.shares is not None
    assert sum(plane.shares) == pytest.approx(1.0, abs=1e-6)
    assert plane.n_dims == 7


def test_shares_are_parts_of_the_variance() -> None:
    vectors = np.array([[3, 0, 0], [-3, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]])
    plane = project(vectors.astype(np.float32))
    assert plane.shares == pytest.approx((18 / 28, 8 / 28))


def test_the_sign_of_an_axis_does_not_depend_on_chance() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    first, again = project(vectors), project(vectors.copy())
    np.testing.assert_array_equal(first.points, again.points)
    turned = project(vectors[::-1].copy())
    np.testing.assert_allclose(first.points, turned.points[::-1], atol=1e-9)


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (2, 2)])
def test_few_vectors_and_few_numbers_can_be_drawn(shape: tuple[int, int]) -> None:
    plane = project(np.arange(np.prod(shape), dtype=np.float32).reshape(shape))
    assert plane.points.shape == (shape[0], 2)
    assert np.isfinite(plane.points).all()


def test_equal_vectors_lie_on_one_point() -> None:
    plane = project(np.ones((4, 3), dtype=np.float32))
    assert np.abs(plane.points).max() == 0
    assert plane.shares == (0.0, 0.0)


def test_nothing_and_broken_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="no vectors"):
        project(np.zeros((0, 3), dtype=np.float32))
    with pytest.raises(DataError, match="not finite"):
        project(np.full((3, 3), np.nan, dtype=np.float32))


def test_umap_is_asked_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    assert plane_methods() == ("pca",)
    with pytest.raises(ConfigError, match="umap-learn"):
        project(np.eye(3, dtype=np.float32), "umap")


def test_an_installed_umap_gets_the_seed_and_gives_no_shares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, object] = {}

    class Umap:
        def __init__(self, **settings: object) -> None:
            asked.update(settings)

        def fit_transform(self, vectors: np.ndarray) -> np.ndarray:
            return vectors[:, :2]

    module = types.ModuleType("umap")
    module.__spec__ = types.SimpleNamespace()  # type: ignore[assignment]
    module.UMAP = Umap  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "umap", module)
    plane = project(np.eye(6, dtype=np.float32), "umap", seed=4)
    assert (asked["random_state"], asked["n_neighbors"]) == (4, 5)
    assert plane.shares is None
    assert plane.points.shape == (6, 2)
