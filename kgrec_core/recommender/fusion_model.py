"""The fitted fusion model: one immutable object that scores, and knows each part of its sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.embedding.text_adapter import TextAdapter
from kgrec_core.recommender.attention import Attention
from kgrec_core.recommender.cold_projection import ColdProjection
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.gating import GatedChannel
from kgrec_core.recommender.kernels import IncidenceKernel, inverse_sums
from kgrec_core.recommender.mixed_kernel import MixedKernel
from kgrec_core.recommender.neighbor_kernel import NeighborKernel
from kgrec_core.recommender.posterior import Correction
from kgrec_core.recommender.text_kernel import similarity

__all__ = ["FusionModel"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class FusionModel:
    """score(u, i) = bias_i + sum over m, j of gate_m(u, i) * attention(u, j) * kernel_m(j, i).

    gate_m(u, i) is the user's scale times the learned weight of the modality (1 for the
    collaborative one, the sum of the relation weights for the graph), times `cold_gate`
    and the user's `cold_share` where the content of a history speaks about an item that nobody
    touched; a collaborative kernel has nothing to say about such an item.

    Attributes:
        attention: turns evidence into attention weights and the user's scale.
        graph_kernels: one kernel per relation, in graph order.
        text: nearest-text kernel, None when texts are not used.
        correction: behavior's correction of content, None when it is not used.
        bias: popularity part of the score, float32 (n_items,).
        is_cold: items without any interaction, bool (n_items,).
        cold_gate: how loud content is about cold items.
        text_vectors: unit vectors of item texts, float32 (n_items, dim).
        channels: further additive parts, with their gates.
        cold: carries what is known about users over to items that nobody touched; None when
            there are no such items, or nothing to carry it.
        adapter: what histories have taught about texts: item texts and a user's words are heard
            through it. None where they are compared as they are.
        landmarks: the items from whose scores it carries, int64 (n_landmarks,).
        landmark_counts: how many people have chosen each of them, int64 (n_landmarks,).
        mixed: the content kernels under their weights, when somebody has made them one already;
            left aside when kernels or weights have changed since.
        whole: the model before parts were muted: what it says about known items is what is
            carried over to cold ones. None for a model with all its parts.
    """

    attention: Attention
    graph_kernels: tuple[IncidenceKernel | NeighborKernel, ...]
    text: NeighborKernel | None
    correction: Correction | None
    bias: FloatArray
    is_cold: BoolArray
    cold_gate: float
    text_vectors: FloatArray
    channels: tuple[GatedChannel, ...] = ()
    cold: ColdProjection | None = None
    landmarks: IndexArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    landmark_counts: IndexArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    adapter: TextAdapter | None = None
    mixed: MixedKernel | None = None
    whole: FusionModel | None = None

    @property
    def n_items(self) -> int:
        """Items that can be scored."""
        return int(self.bias.size)

    @cached_property
    def content_gate(self) -> FloatArray:
        """Loudness of graph and text per item, float32 (n_items,)."""
        return np.where(self.is_cold, np.float32(self.cold_gate), np.float32(1.0))

    @cached_property
    def target_scale(self) -> FloatArray:
        """1 / item scale: brings a reconstructed column back to its own unit, (n_items,)."""
        return (1.0 / self.attention.item_scale).astype(np.float32)

    @cached_property
    def heard_texts(self) -> FloatArray:
        """Item texts as the text kernel compares them, float32 (n_items, dim)."""
        return self.text_vectors if self.adapter is None else self.adapter.apply(self.text_vectors)

    @cached_property
    def incidence_kernels(self) -> tuple[IncidenceKernel, ...]:
        """Graph kernels with an entity in the middle: those a stated entity can speak through."""
        return tuple(k for k in self.graph_kernels if isinstance(k, IncidenceKernel))

    def weight_of(self, kernel_name: str) -> float:
        """Learned non-negative weight of a content kernel."""
        return self.attention.parameters.relation_weights.get(kernel_name, 0.0)

    def content_of_items(self, strengths: sp.csr_array) -> Matrix:
        """What histories say by content alone, (m, n_items) -> (m, n_items), before the gate."""
        return self._content.apply(strengths)

    @cached_property
    def _content(self) -> MixedKernel:
        """All content kernels under their weights; the one that was given where it is still so."""
        kernels = self.content_kernels
        weights = [self.weight_of(kernel.name) for kernel in kernels]
        if self.mixed is not None and self.mixed.is_of(kernels, weights):
            return self.mixed
        return MixedKernel(kernels, weights, self.n_items)

    @property
    def content_kernels(self) -> tuple[IncidenceKernel | NeighborKernel, ...]:
        """Graph kernels, then the text kernel when there is one."""
        return self.graph_kernels + ((self.text,) if self.text else ())

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items, float32 (n_users, n_items)."""
        scores = self._told_scores(users)
        if self.cold is not None:
            told = scores if self.whole is None else self.whole._told_scores(users)
            scores[:, self.cold.items] += self.cold.carried(told - self.prior_scores(users))
        if self.bias.any():
            scores += self.bias
        return scores

    def _told_scores(self, users: Sequence[UserEvidence]) -> Matrix:
        """What core and channels say, before anything is carried, float32 (n_users, n_items)."""
        parts = [gated.scores(users) for gated in self.channels]
        if self.content_kernels or self.correction is not None:
            parts.append(self._core_scores(users))
        scores = parts.pop() if parts else np.zeros((len(users), self.n_items), np.float32)
        for part in parts:
            scores += part
        return scores

    def _core_scores(self, users: Sequence[UserEvidence]) -> Matrix:
        """Content and its correction, float32 (n_users, n_items)."""
        weighted = [self.attention.of_user(user) for user in users]
        scores = self.spread(self._histories(users, weighted)) * self.target_scale
        if self.attention.parameters.cold_exponent and self.is_cold.any():
            shares = np.array([[self.attention.cold_share(user)] for user in users])
            scores[:, self.is_cold] *= shares.astype(np.float32)
        for row, (user, (attention, scale)) in enumerate(zip(users, weighted, strict=True)):
            stated = attention[user.item_indices.size :] * np.float32(scale)
            if stated.size:
                scores[row] += self.content_of_stated(user, stated) * self.target_scale
        return scores

    def spread(self, strengths: sp.csr_array) -> Matrix:
        """What weighted items say by content and correction, in scaled units, (m, n_items)."""
        scores = self.content_of_items(strengths) * self.content_gate
        if self.correction is not None:
            scores += self.correction.apply(strengths)
        return scores

    def weighed(self, rows: IndexArray, values: Matrix) -> Matrix:
        """As `spread` of single items, in sums of items: (n_items, n) -> float32 (n_rows, n)."""
        told = self._content.weighed(rows, values * self.content_gate[:, None])
        if self.correction is not None:
            told += self.correction.weighed(rows, values)
        return told

    def prior_scores(self, users: Sequence[UserEvidence]) -> Matrix:
        """What channels hold of each item before any evidence, float32 (n_users, n_items)."""
        total = np.zeros((len(users), self.n_items), dtype=np.float32)
        for gated in self.channels:
            total += gated.prior_scores(users)
        return total

    def _histories(
        self, users: Sequence[UserEvidence], weighted: Sequence[tuple[FloatArray, float]]
    ) -> sp.csr_array:
        """Attention times scale of the items of each user, sparse (n_users, n_items)."""
        sizes = [user.item_indices.size for user in users]
        indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        columns = [user.item_indices for user in users]
        values = [
            attention[:size] * np.float32(scale)
            for (attention, scale), size in zip(weighted, sizes, strict=True)
        ]
        shape = (len(users), self.n_items)
        data = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
        indices = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
        return sp.csr_array((data.astype(np.float32), indices, indptr), shape=shape)

    def content_of_stated(self, user: UserEvidence, strengths: FloatArray) -> FloatArray:
        """What stated entities and texts say, float32 (n_items,)."""
        total = np.zeros(self.n_items, dtype=np.float32)
        n_entities = user.entity_indices.size
        for entity, strength in zip(user.entity_indices, strengths[:n_entities], strict=True):
            for kernel in self.incidence_kernels:
                weight = self.weight_of(kernel.name)
                for column in kernel.entity_columns(int(entity)) if weight else ():
                    total += np.float32(strength * weight) * kernel.entity_scores(int(column))
        if self.text is not None:
            weight = self.weight_of(self.text.name)
            for vector, strength in zip(user.text_vectors, strengths[n_entities:], strict=True):
                total += np.float32(strength * weight) * self.text_kernel_row(vector)
        return total

    def text_kernel_row(self, vector: FloatArray) -> FloatArray:
        """What stated words say about all items, float32 (n_items,); `vector` is a unit vector.

        The words act like one more text among those that an item listens to.
        """
        if self.text is None:
            return np.zeros(self.n_items, dtype=np.float32)
        heard = vector if self.adapter is None else self.adapter.apply(vector[None, :])[0]
        alike = similarity(self.heard_texts @ heard)
        return alike * inverse_sums(self.text.sums + alike)
