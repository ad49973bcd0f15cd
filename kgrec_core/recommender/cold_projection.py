"""Carries what is known about users over to items that nobody has touched.

A cold item c has content alone. Its score is predicted from the scores of warm landmark items m by
kernel ridge regression on content, K being a sum over links and texts:

    score(u, c) = gate * sum over m of score(u, m) * B_mc,     B = (K + noise * I)^-1 K_c

score(u, m) is a sum over the user's evidence, so score(u, c) is one too; K_c is a sum of a graph
part and a text part, and the graph part a sum over the entities that c is linked to.
"""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True)
class ContentFeatures:
    """Weighted content kernels between any two items, symmetric and positive semidefinite.

    Attributes:
        links: kernels of shared entities.
        link_weights: >= 0, one per kernel.
        text_vectors: unit vectors or zero rows, float32 (n_items, dim).
        text_weight: >= 0.
    """

    links: tuple[IncidenceKernel, ...]
    link_weights: tuple[float, ...]
    text_vectors: FloatArray
    text_weight: float

    def graph_part(
        self, left: IndexArray, right: IndexArray, muted: ContentFeatures | None = None
    ) -> Matrix:
        """Kernel of shared entities, float32 (n_left, n_right).

        Args:
            left: items.
            right: items.
            muted: weights, and the links that the items on the right have left; None for all.
        """
        total = np.zeros((left.size, right.size), dtype=np.float32)
        others = muted or self
        for own, other, weight in zip(self.links, others.links, others.link_weights, strict=True):
            if weight:
                shared = own.richness[left] @ other.richness[right].T
                total += np.float32(weight) * shared.toarray()
        return total

    def text_part(self, left: IndexArray, right: IndexArray) -> Matrix:
        """Squared cosine of the texts, float32 (n_left, n_right)."""
        if not self.text_weight or not self.text_vectors.shape[1]:
            return np.zeros((left.size, right.size), dtype=np.float32)
        cosine = np.maximum(self.text_vectors[left] @ self.text_vectors[right].T, 0.0)
        return np.asarray(np.float32(self.text_weight) * cosine**2, dtype=np.float32)


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
        fitted: the projection before links of cold items were muted; it keeps the landmarks' links
            and the regression. None for a projection with all its parts.
    """

    landmarks: IndexArray
    items: IndexArray
    features: ContentFeatures
    gate: float
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
        """(K + noise * I)^-1 right, float32 (n_landmarks, n)."""
        import torch

        if not right.size:
            return right
        answer = torch.cholesky_solve(torch.from_numpy(right), self._whole._factor)
        return np.asarray(answer.numpy(), dtype=np.float32)

    @cached_property
    def _factor(self) -> Any:
        import torch

        marks = self.landmarks
        system = self.features.graph_part(marks, marks) + self.features.text_part(marks, marks)
        mean = float(np.diag(system).mean()) if marks.size else 1.0
        system[np.diag_indices_from(system)] += np.float32(NOISE * max(mean, 1e-6))
        return torch.linalg.cholesky(torch.from_numpy(system))

    def entity_shares(self, said: Matrix, item: int) -> Sequence[tuple[int, int, FloatArray]]:
        """The graph part of a cold item, by link.

        Args:
            said: what each unit of evidence says about all items, float32 (n_units, n_items).
            item: a cold item.

        Returns:
            (entity index, triple index, values float32 (n_units,)) for each of its links; over
            all links they add up to the graph part of the item.
        """
        told = self.solved(np.ascontiguousarray(said[:, self.landmarks].T))  # (n_landmarks, n)
        found = []
        kernels = zip(
            self._whole.landmark_links,
            self.features.links,
            self.features.link_weights,
            strict=True,
        )
        for marked, kernel, weight in kernels:
            own = slice(kernel.incidence.indptr[item], kernel.incidence.indptr[item + 1])
            columns = kernel.incidence.indices[own] if weight else kernel.incidence.indices[:0]
            links = marked[:, columns].toarray()  # (n_landmarks, n_columns)
            for position, column in enumerate(columns):
                strength = self.gate * weight * float(kernel.richness.data[own][position])
                values = np.float32(strength) * (links[:, position] @ told)
                entity = int(kernel.entity_indices[column])
                found.append((entity, int(kernel.triple_of[own][position]), values))
        return found

    @cached_property
    def landmark_links(self) -> tuple[sp.csc_array, ...]:
        """Links of the landmarks, one (n_landmarks, n_local) per kernel, for single columns."""
        links = self.features.links
        return tuple(sp.csc_array(kernel.richness[self.landmarks]) for kernel in links)
