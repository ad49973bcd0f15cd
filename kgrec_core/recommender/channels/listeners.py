"""Who a channel listens to, and how much each voice counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.recommender.channels.channel import Arrays, Voices
from kgrec_core.recommender.contract import UserEvidence

__all__ = [
    "AttributeListener",
    "EvenListener",
    "FriendListener",
    "LearnedListener",
    "RecencyListener",
    "SurpriseListener",
    "recency_ranks",
]

TINY = np.float32(1e-12)


@dataclass(frozen=True)
class EvenListener:
    """All items of a history alike: strength = n ** -exponent."""

    exponent: float = 0.5

    def voices(self, user: UserEvidence) -> Voices:
        """The history."""
        return Voices("item", user.item_indices, _even(user.item_indices.size, self.exponent))

    def arrays(self) -> Arrays:
        """The exponent."""
        return {"exponent": np.array([self.exponent])}


@dataclass(frozen=True)
class RecencyListener:
    """The latest items loudest: strength = decay ** rank, rank 0 for the newest.

    Items of the same moment share their mean rank; without times all are of one moment.
    """

    decay: float

    def voices(self, user: UserEvidence) -> Voices:
        """The history."""
        strengths = np.float64(self.decay) ** recency_ranks(user.item_times)
        total = float(strengths.sum()) or 1.0
        return Voices("item", user.item_indices, (strengths / total).astype(np.float32))

    def arrays(self) -> Arrays:
        """The decay."""
        return {"decay": np.array([self.decay])}


def recency_ranks(times: IndexArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """0 for the newest, counting up; ties share their mean, unknown times are oldest.

    Args:
        times: int64 (n,), `NO_TIME` when unknown.
    """
    _, inverse, counts = np.unique(times, return_inverse=True, return_counts=True)
    newer = counts.sum() - np.cumsum(counts)
    return np.asarray((newer + (counts - 1) / 2)[inverse], dtype=np.float64)


@dataclass(frozen=True)
class LearnedListener:
    """strength = exp(log_attention_j) / length of the user's summed vector.

    Attributes:
        log_attention: float32 (n_items,).
        weighted: exp(log_attention_j) * source_j, float32 (n_items, rank).
    """

    log_attention: FloatArray
    weighted: FloatArray

    def voices(self, user: UserEvidence) -> Voices:
        """The items of the history that were there when the vectors were learned."""
        known = user.item_indices[user.item_indices < self.log_attention.size]
        length = np.linalg.norm(self.weighted[known].sum(axis=0))
        strengths = np.exp(self.log_attention[known]) / max(length, TINY)
        return Voices("item", known, strengths.astype(np.float32))

    def arrays(self) -> Arrays:
        """Both arrays."""
        return {"log_attention": self.log_attention, "weighted": self.weighted}


@dataclass(frozen=True)
class SurpriseListener:
    """Closed-form Bayesian adaptation: strength = (K + N)^-1 (1 - prior).

    A user's wishes are drawn from a Gaussian with mean `prior` and covariance K = F F'; each item
    of the history says that its wish is 1, with noise of its own on the diagonal of N. The
    posterior mean is prior_i + sum over j of strength_j K_ji (Rasmussen and Williams 2006,
    equation 2.25).

    Attributes:
        factors: F, float32 (n_items, rank).
        prior: share of the users who chose each item, float32 (n_items,).
        noise: variance of a statement about each item, > 0, float32 (n_items,), or (1,) where all
            are alike.
    """

    factors: FloatArray
    prior: FloatArray
    noise: FloatArray

    def voices(self, user: UserEvidence) -> Voices:
        """The items of the history that the prior knows."""
        known = user.item_indices[user.item_indices < self.prior.size]
        own = self.factors[known].astype(np.float64)  # (n, rank)
        surprise = 1.0 - self.prior[known].astype(np.float64)
        noise = self._noise[known].astype(np.float64)
        if known.size <= own.shape[1]:
            system = own @ own.T
            system[np.diag_indices_from(system)] += noise
            answer = np.linalg.solve(system, surprise) if known.size else surprise
            return Voices("item", known, answer.astype(np.float32))
        # (F F' + N)^-1 s by Woodbury: only a (rank, rank) system for long histories.
        calmed = own / noise[:, None]
        inner = own.T @ calmed
        inner[np.diag_indices_from(inner)] += 1.0
        answer = surprise / noise - calmed @ np.linalg.solve(inner, calmed.T @ surprise)
        return Voices("item", known, answer.astype(np.float32))

    @property
    def _noise(self) -> FloatArray:
        return np.broadcast_to(self.noise, self.prior.shape)

    def arrays(self) -> Arrays:
        """Factors, prior and noise."""
        return {"factors": self.factors, "prior": self.prior, "noise": self.noise}


@dataclass(frozen=True)
class FriendListener:
    """All friends alike: strength = n ** -1/2."""

    def voices(self, user: UserEvidence) -> Voices:
        """The friends."""
        return Voices("friend", user.friend_indices, _even(user.friend_indices.size, 0.5))

    def arrays(self) -> Arrays:
        """Nothing."""
        return {}


@dataclass(frozen=True)
class AttributeListener:
    """All attributes alike: strength = 1 / n."""

    def voices(self, user: UserEvidence) -> Voices:
        """What is stated about the user."""
        return Voices("attribute", user.attribute_indices, _even(user.attribute_indices.size, 1.0))

    def arrays(self) -> Arrays:
        """Nothing."""
        return {}


def _even(n: int, exponent: float) -> FloatArray:
    return np.full(n, max(n, 1) ** -exponent, dtype=np.float32)
