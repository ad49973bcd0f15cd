"""Attention over evidence: how much each unit of a history counts, before any model is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion_settings import FitParameters

__all__ = ["Attention"]

LOWEST, HIGHEST = 0.1, 10.0
STATED = 3.0
"""A named interest or a few words count like so many choices: they are said on purpose."""


@dataclass(frozen=True)
class Attention:
    """Turns evidence into non-negative strengths; attention is strength / sum of strengths.

    strength(j) = (weight_j / mean weight) ** weight_exponent
                  * 0.5 ** (age_j / half_life)
                  * item_scale_j

    Attributes:
        parameters: the exponents and the half-life.
        item_scale: d_j ** -item_exponent, float32 (n_items,).
        mean_weight: mean weight over the interactions fitted on.
        typical_scale: mean item scale at the fit; items that are added later leave it as it is.
    """

    parameters: FitParameters
    item_scale: FloatArray
    mean_weight: float
    typical_scale: float

    @classmethod
    def of(cls, parameters: FitParameters, interactions: Interactions) -> Attention:
        """Scales taken from the interactions a model is fitted on."""
        counts = np.maximum(interactions.item_counts(), 1).astype(np.float32)
        scale = counts ** np.float32(-parameters.item_exponent)
        mean = float(interactions.weights.mean()) if len(interactions) else 1.0
        return cls(parameters, scale, mean, float(scale.mean()) if scale.size else 1.0)

    def strengths(
        self, item_indices: IndexArray, weights: FloatArray, ages: FloatArray
    ) -> FloatArray:
        """Strength of each interaction, float32 (n,); `ages` in seconds, 0 when unknown."""
        ratio = np.clip(weights / self.mean_weight, LOWEST, HIGHEST)
        strength = ratio**self.parameters.weight_exponent * self.item_scale[item_indices]
        if self.parameters.half_life is not None:
            strength = strength * 0.5 ** (ages / self.parameters.half_life)
        return np.asarray(strength, dtype=np.float32)

    def matrix(self, interactions: Interactions) -> sp.csr_array:
        """Scaled strengths of all users, float32 (n_users, n_items); the X of the fit."""
        newest = np.full(interactions.n_users, NO_TIME, dtype=np.int64)
        np.maximum.at(newest, interactions.user_indices, interactions.times)
        ages = _ages(interactions.times, newest[interactions.user_indices])
        strength = self.strengths(interactions.item_indices, interactions.weights, ages)
        size = np.maximum(interactions.user_counts(), 1).astype(np.float32)
        strength *= (size ** np.float32(-self.parameters.user_exponent))[interactions.user_indices]
        shape = (interactions.n_users, interactions.n_items)
        return sp.csr_array(
            (strength, (interactions.user_indices, interactions.item_indices)), shape=shape
        )

    def of_user(self, user: UserEvidence) -> tuple[FloatArray, float]:
        """Attention over items, then entities, then texts (sums to 1), and the scale of the user.

        A stated interest or text counts like `STATED` interactions of mean weight with a typical
        item.
        """
        newest = int(user.item_times.max()) if user.item_times.size else NO_TIME
        ages = _ages(user.item_times, np.full_like(user.item_times, newest))
        strength = self.strengths(user.item_indices, user.item_weights, ages)
        n_stated = user.entity_indices.size + len(user.texts)
        stated = np.full(n_stated, STATED * self.typical_scale, dtype=np.float32)
        units = np.concatenate([strength, stated]).astype(np.float32)
        total = float(units.sum())
        if total <= 0:
            return units, 0.0
        return units / total, total * units.size**-self.parameters.user_exponent

    def cold_share(self, user: UserEvidence) -> float:
        """How much of the content of a history is left for an item that nobody touched."""
        return float(max(user.item_indices.size, 1) ** -self.parameters.cold_exponent)


def _ages(times: IndexArray, newest: IndexArray) -> FloatArray:
    """Seconds before the user's newest interaction; 0 where a time is unknown."""
    known = (times != NO_TIME) & (newest != NO_TIME)
    ages = np.zeros(times.size, dtype=np.float32)
    ages[known] = (newest[known] - times[known]).astype(np.float32)
    return ages
