"""Some items that users know are treated as unknown, to see how scores of new ones would fare."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.recommender.cold_projection import (
    ColdProjection,
    ContentFeatures,
    choose_landmarks,
)
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.search import MAX_SCORES
from kgrec_core.recommender.validation import LOWEST, mean_ndcg

__all__ = ["Trial", "content_features", "told_by_content"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]

TEXT_SHARE = 0.3
"""Weight of the texts where all links together weigh 1."""
COUNT_SHARE = 0.3
"""The same of the numbers of links."""
MAX_USERS = 1000


def content_features(model: FusionModel, evenness: float) -> ContentFeatures:
    """The symmetric content kernels of a model.

    Args:
        model: its relation weights say what counts for known items.
        evenness: 0 takes these weights as they are, 1 gives all relations the same: what tells
            known items apart beside behavior need not be what tells new ones apart.
    """
    links = model.incidence_kernels
    weights = np.array([model.weight_of(kernel.name) for kernel in links]) ** (1.0 - evenness)
    shares = weights / max(float(weights.sum()), 1e-12)
    text = TEXT_SHARE if model.text is not None else 0.0
    return ContentFeatures(links, tuple(shares.tolist()), model.text_vectors, text, COUNT_SHARE)


@dataclasses.dataclass(frozen=True)
class Trial:
    """Scores of known items, and two kinds of scores of hidden ones, for some users.

    Attributes:
        known: seen items and hidden ones lowest, float32 (m, n_items).
        content: of hidden items by content alone, in units of the known scores; 0 elsewhere.
        carried: of hidden items by what is carried over, likewise, by evenness.
        units: what one unit is, of content and, by evenness, of what is carried over.
        hidden: bool (n_items,).
        relevant: bool (m, n_items).
    """

    known: Matrix
    content: Matrix
    carried: dict[float, Matrix]
    units: tuple[float, dict[float, float]]
    hidden: BoolArray
    relevant: BoolArray

    @classmethod
    def of(
        cls,
        data: TrainingData,
        model: FusionModel,
        hidden: BoolArray,
        tried: tuple[float, ...],
        rng: np.random.Generator,
    ) -> Trial | None:
        """Hide items and score them; None when no user can judge.

        Args:
            data: its validation part judges; `model` is fitted on its training part.
            model: core and channels.
            hidden: items to hide, bool (n_items,).
            tried: evennesses of relations.
            rng: draws the users on large data.
        """
        found = _judges(data, hidden, rng)
        if found is None:
            return None
        users, evidence = found
        seen = data.train.matrix()[users].nonzero()
        known = model.score(evidence)
        items = np.flatnonzero(hidden).astype(np.int64)
        counts = np.where(hidden, 0, data.train.item_counts())
        landmarks = choose_landmarks(counts, hidden | model.is_cold)
        personal = known - model.bias - model.prior_scores(evidence)
        parts = {-1.0: told_by_content(model, evidence) * hidden}
        for evenness in tried:
            features = content_features(model, evenness)
            parts[evenness] = np.zeros_like(known)
            carrier = ColdProjection(landmarks, items, features, 1.0, counts[landmarks])
            parts[evenness][:, items] = carrier.predicted(personal)
        known[:, hidden] = LOWEST
        known[seen] = LOWEST
        unit = float(np.where(known > LOWEST, known, 0.0).std(axis=1).mean()) or 1.0
        units = {key: _unit(unit, part[:, items]) for key, part in parts.items()}
        for key, part in parts.items():
            part *= np.float32(units[key])
            part[seen] = 0.0
        relevant = np.asarray(data.validation.matrix()[users].toarray() > 0)
        content, unit = parts.pop(-1.0), units.pop(-1.0)
        return cls(known, content, parts, (unit, units), hidden, relevant)

    def told(self, evenness: float, balance: float) -> Matrix:
        """Scores of hidden items, float32 (m, n_items)."""
        mixed = (1.0 - balance) * self.content + balance * self.carried[evenness]
        return np.asarray(mixed, dtype=np.float32)

    def cold_ndcg(self, evenness: float, balance: float, k: int) -> float:
        """Hidden items ranked among themselves."""
        relevant = self.relevant & self.hidden
        rows = relevant.any(axis=1)
        if not rows.any():
            return 0.0
        told = self.told(evenness, balance)[rows][:, self.hidden]
        return mean_ndcg(told, relevant[rows][:, self.hidden], k)

    def known_ndcg(self, k: int) -> float:
        """Known items, no hidden item shown."""
        return self._ndcg_of_known(self.known, k)

    def mixed_ndcg(self, evenness: float, balance: float, gate: float, k: int) -> float:
        """Known items in lists in which hidden items take places."""
        told = np.float32(gate) * self.told(evenness, balance)
        return self._ndcg_of_known(np.where(self.hidden, told, self.known), k)

    def _ndcg_of_known(self, scores: Matrix, k: int) -> float:
        relevant = self.relevant & ~self.hidden
        rows = relevant.any(axis=1)
        return mean_ndcg(scores[rows], relevant[rows], k) if rows.any() else 0.0

    def gates_of(self, evenness: float, balance: float, gate: float) -> tuple[float, float]:
        """Gates of content and of what is carried over, in the units of the model."""
        content, carried = self.units
        return gate * (1.0 - balance) * content, gate * balance * carried[evenness]


def _judges(
    data: TrainingData, hidden: BoolArray, rng: np.random.Generator
) -> tuple[IndexArray, list[UserEvidence]] | None:
    """Users with something held out, and their histories without hidden items."""
    users = np.flatnonzero(data.train.user_counts() * data.validation.user_counts())
    most = min(MAX_USERS, max(1, MAX_SCORES // max(data.train.n_items, 1)))
    if users.size > most:
        users = np.sort(rng.choice(users, most, replace=False))
    histories = Histories(data.train, data.side).all_of(users)
    evidence = [_without(user, hidden) for user in histories]
    kept = np.array([bool(user.item_indices.size) for user in evidence], dtype=bool)
    if not kept.any() or hidden.all():
        return None
    shown = [user for user, is_kept in zip(evidence, kept, strict=True) if is_kept]
    return users[kept].astype(np.int64), shown


def _unit(wanted: float, part: Matrix) -> float:
    """Factor that makes a part spread as widely as wanted; 0 for one that says nothing."""
    spread = float(part.std(axis=1).mean()) or float(np.abs(part).mean())
    return wanted / spread if spread > 0 else 0.0


def _without(user: UserEvidence, hidden: BoolArray) -> UserEvidence:
    kept = ~hidden[user.item_indices]
    return dataclasses.replace(
        user,
        item_indices=user.item_indices[kept],
        item_weights=user.item_weights[kept],
        item_times=user.item_times[kept],
    )


def told_by_content(model: FusionModel, evidence: list[UserEvidence]) -> Matrix:
    """What histories would say by content alone if nobody had touched an item, (m, n_items).

    An item that nobody touched has scale 1; the scale of a hidden one would tell how popular it is.
    """
    alone = dataclasses.replace(
        model, correction=None, channels=(), bias=np.zeros_like(model.bias), cold_gate=1.0
    )
    shares = np.array([[model.attention.cold_share(user)] for user in evidence], dtype=np.float32)
    return np.asarray(alone.score(evidence) * model.attention.item_scale * shares)
