"""A small map on frozen sentence vectors that learns from behavior which texts go together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.contracts import BoolArray, FloatArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.behavior_factors import item_factors, ridge_map
from kgrec_core.embedding.text_ranking import (
    HiddenItems,
    hidden_item_folds,
    is_clear_gain,
    ndcg_of_texts,
)
from kgrec_core.errors import ArtifactError, DataError

__all__ = ["TextAdapter", "TextAdapterSettings", "fit_text_adapter", "refit_text_adapter"]

HALF_TRUST = 10.0
"""Interactions with which the factors of an item count half."""
STAGE = "Adapting texts to behavior"


class TextAdapterSettings(BaseModel):
    """How sentence vectors are adapted to behavior."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(
        default=64, ge=1, description="Directions of behavior that are read from a text."
    )
    penalties: tuple[float, ...] = Field(
        default=(0.1, 0.3, 1.0, 3.0),
        min_length=1,
        description="Tried pulls towards zero; larger ones trust single words less.",
    )
    shares: tuple[float, ...] = Field(
        default=(0.15, 0.3, 0.6, 0.9),
        min_length=1,
        description="Tried shares of what was read in the similarity of two texts, between 0 and "
        "1; the rest is the frozen vectors.",
    )
    n_folds: int = Field(
        default=3, ge=1, description="Times that items are hidden to judge what was tried."
    )
    held_out_share: float = Field(
        default=0.2, gt=0, lt=1, description="Share of items that are hidden each time."
    )


@dataclass(frozen=True)
class TextAdapter:
    """Frozen vectors beside what they tell about behavior.

    With x of length 1 and z = (x - center) directions, scaled to length 1, the adapted vector is
    sqrt(1 - share) x followed by sqrt(share) z: its cosines are the mix of both cosines.

    Attributes:
        center: float32 (dim,).
        directions: float32 (dim, rank).
        share: 0 when nothing helped on hidden items; then the vectors stay as they are.
        metrics: "ndcg frozen" and "ndcg adapted", the ranking of hidden items by their texts.
        penalty: pull towards zero with which the directions were fitted.
    """

    center: FloatArray
    directions: FloatArray
    share: float
    metrics: dict[str, float]
    penalty: float = 1.0

    def apply(self, vectors: FloatArray) -> FloatArray:
        """Adapted unit vectors, float32 (n, dim + rank); zero rows stay zero.

        With a share of 0 they are the given ones, float32 (n, dim).

        Raises:
            DataError: the vectors have another length than those it was fitted on.
        """
        if vectors.shape[1] != self.center.size:
            raise DataError(
                f"The adapter takes vectors of length {self.center.size} (got "
                f"{vectors.shape[1]}). Use the text model it was fitted with, or fit it again."
            )
        return _mixed(vectors, _read(vectors, self.center, self.directions), self.share)

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything that `apply` needs, as arrays."""
        share = np.array([self.share], dtype=np.float64)
        return {"center": self.center, "directions": self.directions, "share": share}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray[Any, Any]]) -> TextAdapter:
        """What `to_arrays` gave, without metrics and penalty.

        Raises:
            ArtifactError: an array is missing.
        """
        try:
            return cls(arrays["center"], arrays["directions"], float(arrays["share"][0]), {})
        except KeyError as error:
            raise ArtifactError(
                f"A saved text adapter lacks the array {error}. Fit it again."
            ) from None


def fit_text_adapter(
    vectors: FloatArray,
    interactions: Interactions,
    *,
    rng: np.random.Generator,
    settings: TextAdapterSettings | None = None,
    on_progress: OnProgress = no_progress,
) -> TextAdapter:
    """Learn to read from a sentence vector who chooses the item.

    A ridge regression from texts to the factors of the items in the interactions, as Gantner et
    al. 2010 map attributes to factors of new items ("Learning attribute-to-feature mappings for
    cold-start recommendations"), in closed form. Penalty and share are those that rank hidden
    items best by their texts; when even these gain no more than two standard errors on the frozen
    vectors, the share is 0. So chance aside, an adapter is never worse on new items.

    Args:
        vectors: unit vectors of item texts, zero rows without text, float32 (n_items, dim).
        interactions: histories, training part only.
        rng: everything random.
        settings: None for the defaults.
        on_progress: hears about each hiding.

    Raises:
        DataError: no user met two items with text, or the vectors are not one per item.
    """
    chosen = settings or TextAdapterSettings()
    usable = _usable(vectors, interactions)
    folds = list(
        hidden_item_folds(
            interactions, usable, share=chosen.held_out_share, n_folds=chosen.n_folds, rng=rng
        )
    )
    tried = list(product(chosen.penalties, chosen.shares))
    judged = []
    for number, hidden in enumerate(folds):
        judged.append(_judge(vectors, usable, hidden, chosen, rng))
        found = {"ndcg": float(judged[-1].mean(axis=1).max())}
        on_progress(Progress(STAGE, number + 1, len(folds), found))
    values = np.hstack(judged) if judged else np.zeros((1 + len(tried), 0), dtype=np.float32)
    penalty, share, metrics = _choose(values, tried)
    center, maps = _fit_maps(vectors, usable, interactions, chosen.rank, (penalty,), rng)
    return TextAdapter(center, maps[0], share, metrics, penalty)


def refit_text_adapter(
    adapter: TextAdapter,
    vectors: FloatArray,
    interactions: Interactions,
    *,
    rng: np.random.Generator,
) -> TextAdapter:
    """The same adapter learned from other interactions; penalty and share stay as chosen.

    Args:
        adapter: fitted on vectors of the same items.
        vectors: unit vectors of item texts, zero rows without text, float32 (n_items, dim).
        interactions: such as training and validation part together.
        rng: everything random.

    Raises:
        DataError: no user met two items with text, or the vectors are not one per item.
    """
    usable, rank = _usable(vectors, interactions), adapter.directions.shape[1]
    center, maps = _fit_maps(vectors, usable, interactions, rank, (adapter.penalty,), rng)
    return replace(adapter, center=center, directions=maps[0])


def _usable(vectors: FloatArray, interactions: Interactions) -> BoolArray:
    """Items with a text, bool (n_items,)."""
    if vectors.shape[0] != interactions.n_items:
        raise DataError(
            f"'vectors' must have one row per item, {interactions.n_items} "
            f"(got {vectors.shape[0]}). Encode the texts of the same data set."
        )
    usable = np.asarray(np.abs(vectors).sum(axis=1) > 0, dtype=np.bool_)
    if (interactions.select(usable[interactions.item_indices]).user_counts() < 2).all():
        raise DataError(
            "No user met two items that have a text, so nothing can be learned about which "
            "texts go together. Map a text column, or give more interactions."
        )
    return usable


def _choose(
    values: FloatArray, tried: list[tuple[float, float]]
) -> tuple[float, float, dict[str, float]]:
    """Penalty, share and metrics of the best try, from NDCG (1 + n_tried, n_judgments)."""
    if values.shape[1] == 0:
        return tried[0][0], 0.0, {"ndcg frozen": 0.0, "ndcg adapted": 0.0}
    means = values.mean(axis=1)
    best = int(means[1:].argmax()) + 1
    penalty, share = tried[best - 1]
    if not is_clear_gain(values[0], values[best]):
        best, share = 0, 0.0
    metrics = {"ndcg frozen": float(means[0]), "ndcg adapted": float(means[best])}
    return penalty, share, metrics


def _judge(
    vectors: FloatArray,
    usable: BoolArray,
    hidden: HiddenItems,
    settings: TextAdapterSettings,
    rng: np.random.Generator,
) -> FloatArray:
    """NDCG of the frozen vectors, then of each try, of each asked user, (1 + n_tried, m)."""
    center, maps = _fit_maps(vectors, usable, hidden.known, settings.rank, settings.penalties, rng)
    found = [ndcg_of_texts(vectors, hidden)]
    for directions in maps:
        read = _read(vectors, center, directions)
        found += [ndcg_of_texts(_mixed(vectors, read, share), hidden) for share in settings.shares]
    return np.stack(found)


def _fit_maps(
    vectors: FloatArray,
    usable: BoolArray,
    interactions: Interactions,
    rank: int,
    penalties: tuple[float, ...],
    rng: np.random.Generator,
) -> tuple[FloatArray, list[FloatArray]]:
    """Center, float32 (dim,), and the map of each penalty, float32 (dim, rank)."""
    factors, counts = item_factors(interactions, rank, rng)
    learned = usable & (counts > 0)
    weights = counts[learned] / (counts[learned] + HALF_TRUST)
    inputs, targets = vectors[learned], factors[learned]
    center = inputs.mean(axis=0)
    total = np.maximum(weights.sum(), 1e-12)
    mean = (weights[:, None] * targets).sum(axis=0) / total
    # What all items share orders nothing, so only deviations are read.
    return center, ridge_map(inputs - center, targets - mean, weights, penalties)


def _read(vectors: FloatArray, center: FloatArray, directions: FloatArray) -> FloatArray:
    """What the texts say about behavior, unit vectors, float32 (n, rank)."""
    read = (vectors - center) @ directions
    norms = np.linalg.norm(read, axis=1, keepdims=True)
    return np.asarray(read / np.maximum(norms, np.float32(1e-12)), dtype=np.float32)


def _mixed(vectors: FloatArray, read: FloatArray, share: float) -> FloatArray:
    """Both side by side, of length 1; zero where there is no text."""
    if share == 0.0:
        return vectors
    mixed = np.hstack([np.sqrt(1.0 - share) * vectors, np.sqrt(share) * read])
    mixed[np.abs(vectors).sum(axis=1) == 0] = 0.0
    norms = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.maximum(norms, 1e-12), dtype=np.float32)
