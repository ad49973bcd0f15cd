"""Carries what is known about users over to items that nobody has touched.

A cold item c has content alone. Its score is predicted from the scores of warm landmark items m by
kernel ridge regression on content, K being a sum over links and texts:

    score(u, c) = gate * sum over m of score(u, m) * B_mc,     B = (K + N)^-1 K_c

The diagonal N distrusts landmarks that few people have chosen. score(u, m) is a sum over the user's
evidence, so score(u, c) is one too; K_c is a sum of a graph part and a text part, and the graph
part a sum over the links of c: what it shares with m, and how many links both have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.recommender.kernels import IncidenceKernel

__all__ = ["ColdProjection", "ContentFeatures", "choose_landmarks"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

MAX_LANDMARKS = 3000
"""The most chosen items are enough to learn from; more only cost time."""
NOISE = 0.03
"""Variance of the noise, in units of the kernel's mean diagonal."""
HALF_TRUST = 30.0
"""Choices with which the scores of a landmark are twice as noisy as those of a well-known one."""
SHARPNESS = 3.0
"""How fast texts that differ stop counting as alike."""


@dataclass(frozen=True)
class ContentFeatures:
    """Weighted content kernels between any two items, symmetric and positive semidefinite.

    Attributes:
        links: kernels of shared entities.
        link_weights: >= 0, one per kernel.
        text_vectors: unit vectors or zero rows, float32 (n_items, dim).
        text_weight: >= 0.
        count_weight: >= 0, of how many links of each relation two items have: items about which
            much is stated are often those that many people choose.
    """

    links: tuple[IncidenceKernel, ...]
    link_weights: tuple[float, ...]
    text_vectors: FloatArray
    text_weight: float
    count_weight: float = 0.0

    def graph_part(
        self, left: IndexArray, right: IndexArray, muted: ContentFeatures | None = None
    ) -> Matrix:
        """Kernel of shared entities and of numbers of links, float32 (n_left, n_right).

        Args:
            left: items.
            right: items.
            muted: weights, and the links that the items on the right have left; None for all.
        """
        if not self.links:
            return np.zeros((left.size, right.size), dtype=np.float32)
        others = muted or self
        shared = (self._stacked[left] @ others._stacked[right].T).toarray()
        counts = np.float32(self.count_unit) * self.counts[left]
        return np.asarray(shared + counts @ others.counts[right].T, dtype=np.float32)

    @cached_property
    def _stacked(self) -> sp.csr_array:
        """Links of all relations side by side, each times the root of its weight."""
        scaled = [
            np.float32(np.sqrt(weight)) * kernel.richness
            for kernel, weight in zip(self.links, self.link_weights, strict=True)
        ]
        return sp.csr_array(sp.hstack(scaled, format="csr"), dtype=np.float32)

    @cached_property
    def counts(self) -> Matrix:
        """log(1 + links), 0 for a relation without weight, float32 (n_items, n_relations)."""
        columns = [
            np.asarray(kernel.counted.sum(axis=1)) * np.float32(weight > 0)
            for kernel, weight in zip(self.links, self.link_weights, strict=True)
        ]
        if not columns:
            return np.zeros((self.text_vectors.shape[0], 0), dtype=np.float32)
        return np.stack(columns, axis=1).astype(np.float32)

    @cached_property
    def count_unit(self) -> float:
        """Weight of a product of counts: over all items the mean diagonal is `count_weight`."""
        if not self.links:
            return 0.0
        squares = (self.counts[: self.links[0].n_fitted] ** 2).sum(axis=1)
        mean = float(squares.mean())
        return self.count_weight / mean if mean > 0 else 0.0

    def text_part(self, left: IndexArray, right: IndexArray) -> Matrix:
        """exp(SHARPNESS (cosine - 1)) of what sets texts apart, float32 (n_left, n_right).

        Zero where an item has no text.
        """
        if not self.text_weight or not self.text_vectors.shape[1]:
            return np.zeros((left.size, right.size), dtype=np.float32)
        cosine = self._deviations[left] @ self._deviations[right].T
        alike = np.exp(np.float32(SHARPNESS) * (cosine - 1.0))
        has_text: BoolArray = np.abs(self._deviations).sum(axis=1) > 0
        alike *= np.float32(self.text_weight) * has_text[left, None] * has_text[right]
        return np.asarray(alike, dtype=np.float32)

    @cached_property
    def _deviations(self) -> FloatArray:
        """Text vectors without what all texts share, scaled to length 1; zero without text."""
        has_text: BoolArray = np.abs(self.text_vectors).sum(axis=1) > 0
        found = self.text_vectors - self.text_vectors.sum(axis=0) / max(int(has_text.sum()), 1)
        found *= has_text[:, None]
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(norms, 1e-6), dtype=np.float32)


def choose_landmarks(item_counts: IndexArray, is_cold: BoolArray) -> IndexArray:
    """The most chosen warm items, int64 (n_landmarks,), ascending."""
    warm = np.flatnonzero(~is_cold)
    best = np.argsort(-item_counts[warm], kind="stable")[:MAX_LANDMARKS]
    return np.sort(warm[best]).astype(np.int64)


@dataclass(frozen=True)
class ColdProjection:
    """See the module.

    Attributes:
        landmarks: warm items, int64 (n_landmarks,), ascending.
        items: cold items, int64 (n_cold,), ascending.
        features: content kernels.
        gate: how loud.
        landmark_counts: choices of each landmark, int64 (n_landmarks,); None trusts all alike.
        fitted: the projection before links of cold items were muted; it keeps the landmarks' links
            and the regression. None for a projection with all its parts.
    """

    landmarks: IndexArray
    items: IndexArray
    features: ContentFeatures
    gate: float
    landmark_counts: IndexArray | None = None
    fitted: ColdProjection | None = None

    def muted(self, features: ContentFeatures) -> ColdProjection:
        """The same regression, heard through what cold items have left.

        Args:
            features: the same kernels, without muted links and with weight 0 where all is muted.
        """
        return replace(self, features=features, fitted=self._whole)

    @property
    def _whole(self) -> ColdProjection:
        return self.fitted or self

    def carried(self, scores: Matrix) -> Matrix:
        """Scores of the cold items, float32 (m, n_cold), from those of all items (m, n_items)."""
        both = self.coefficients[0] + self.coefficients[1]
        return np.asarray(np.float32(self.gate) * (scores[:, self.landmarks] @ both))

    def predicted(self, scores: Matrix) -> Matrix:
        """As `carried`, for comparisons: in single precision, without the parts of the links."""
        both = self.features.graph_part(self.landmarks, self.items)
        both += self.features.text_part(self.landmarks, self.items)
        weights = _solved_by(_factor_of(self._system), both)
        return np.asarray(np.float32(self.gate) * (scores[:, self.landmarks] @ weights))

    @cached_property
    def coefficients(self) -> tuple[Matrix, Matrix]:
        """B, split into what the graph and what the texts bring, float32 (n_landmarks, n_cold)."""
        whole = self._whole.features
        graph = whole.graph_part(self.landmarks, self.items, self.features)
        if self.fitted is not None and self.features.text_weight == whole.text_weight:
            return self.solved(graph), self.fitted.coefficients[1]
        text = self.features.text_part(self.landmarks, self.items)
        return self.solved(graph), self.solved(text)

    def solved(self, right: Matrix) -> Matrix:
        """(K + N)^-1 right, float32 (n_landmarks, n).

        Solved in double precision: otherwise the parts of the links would add up to their sum only
        to some 1e-5, since K is badly conditioned.
        """
        return _solved_by(self._whole._factor, right)

    @cached_property
    def _factor(self) -> Any:
        return _factor_of(self._system.astype(np.float64))

    @property
    def _system(self) -> Matrix:
        """K + N, float32 (n_landmarks, n_landmarks)."""
        marks = self.landmarks
        system = self.features.graph_part(marks, marks) + self.features.text_part(marks, marks)
        mean = float(np.diag(system).mean()) if marks.size else 1.0
        noise = NOISE * max(mean, 1e-6) * self._distrust
        system[np.diag_indices_from(system)] += noise.astype(np.float32)
        return system

    @property
    def _distrust(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Noise of each landmark in units of a well-known one, float64 (n_landmarks,)."""
        if self.landmark_counts is None:
            return np.ones(self.landmarks.size)
        return np.asarray(1.0 + HALF_TRUST / np.maximum(self.landmark_counts, 1))

    def link_shares(self, item: int) -> tuple[list[tuple[int, int]], Matrix]:
        """The graph part of a cold item, by link.

        Scores of the landmarks times the shares are what each link brings; over all links that adds
        up to the graph part of the item, gate included.

        Args:
            item: a cold item.

        Returns:
            (entity index, triple index) of each of its links, and float32 (n_landmarks, n_links).
        """
        whole, ends, alike = self._whole, [], []
        counts = whole.features.counts[self.landmarks] * np.float32(whole.features.count_unit)
        kernels = zip(
            whole.landmark_links,
            self.features.links,
            self.features.link_weights,
            counts.T,
            strict=True,
        )
        for marked, kernel, weight, count in kernels:
            own = slice(kernel.incidence.indptr[item], kernel.incidence.indptr[item + 1])
            if not weight or own.start == own.stop:
                continue
            columns = kernel.incidence.indices[own]
            shared = marked[:, columns].toarray() * np.float32(weight)  # (n_landmarks, n_columns)
            shared *= kernel.richness.data[own]
            alike.append(shared + count[:, None] * kernel.counted.data[own])
            entities = kernel.entity_indices[columns].tolist()
            ends += list(zip(entities, kernel.triple_of[own].tolist(), strict=True))
        if not alike:
            return [], np.zeros((self.landmarks.size, 0), dtype=np.float32)
        together = np.concatenate(alike, axis=1).astype(np.float32)
        return ends, np.float32(self.gate) * self.solved(np.ascontiguousarray(together))

    def text_share(self, item: int) -> Matrix:
        """Scores of the landmarks times this are the text part, float32 (n_landmarks, 1)."""
        place = int(np.searchsorted(self.items, item))
        return np.asarray(np.float32(self.gate) * self.coefficients[1][:, place : place + 1])

    @cached_property
    def landmark_links(self) -> tuple[sp.csc_array, ...]:
        """Links of the landmarks, one (n_landmarks, n_local) per kernel, for single columns."""
        links = self.features.links
        return tuple(sp.csc_array(kernel.richness[self.landmarks]) for kernel in links)


def _factor_of(system: np.ndarray[Any, np.dtype[Any]]) -> Any:
    """Lower Cholesky factor, a tensor of the precision of `system`."""
    import torch

    return torch.linalg.cholesky(torch.from_numpy(system))


def _solved_by(factor: Any, right: Matrix) -> Matrix:
    """What times the factored system is `right`, float32 (n_landmarks, n)."""
    import torch

    if not right.any():
        return right
    answer = torch.cholesky_solve(torch.from_numpy(right).to(factor.dtype), factor)
    return np.asarray(answer.numpy(), dtype=np.float32)
