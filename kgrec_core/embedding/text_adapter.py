"""A small map on frozen sentence vectors that learns from behavior which texts go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.device import pick_device
from kgrec_core.embedding.co_interactions import PairSampler, hold_out_items
from kgrec_core.embedding.contrast import in_batch_loss, scale_free_loss
from kgrec_core.errors import ArtifactError, DataError

if TYPE_CHECKING:
    import torch

__all__ = ["TextAdapter", "TextAdapterSettings", "fit_text_adapter"]

N_CHECK_PAIRS = 1024
CHECK_BATCH = 256
STAGE = "Adapting texts to behavior"


class TextAdapterSettings(BaseModel):
    """How sentence vectors are adapted to behavior."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(
        default=64, ge=1, description="How many directions the map can change; more fit closer."
    )
    temperature: float = Field(
        default=0.3, gt=0, description="Sharpness of the softmax over texts; smaller is sharper."
    )
    learning_rate: float = Field(default=0.001, gt=0, description="Step size of Adam.")
    weight_decay: float = Field(
        default=0.01, ge=0, description="Pull back to the frozen vectors, per step."
    )
    batch_size: int = Field(default=256, ge=2, description="Pairs of items per step.")
    max_steps: int = Field(default=600, ge=1, description="Steps at most.")
    steps_per_check: int = Field(default=20, ge=1, description="Steps between two checks.")
    patience: int = Field(default=8, ge=1, description="Checks without a gain before the end.")
    held_out_share: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="Share of items that only judge: the map must hold for items it has not seen.",
    )


@dataclass(frozen=True)
class TextAdapter:
    """y = x + x down up, scaled to length 1.

    Attributes:
        down: float32 (dim, rank).
        up: float32 (rank, dim).
        n_steps: steps of the fit that were kept; 0 when no step helped on held-out items, and
            then the adapter changes nothing.
        metrics: "loss before" and "loss after" on pairs with held-out items, at the temperature
            that suits each best.
    """

    down: FloatArray
    up: FloatArray
    n_steps: int
    metrics: dict[str, float]

    def apply(self, vectors: FloatArray) -> FloatArray:
        """Adapted unit vectors, float32 (n, dim); zero rows stay zero.

        Raises:
            DataError: the vectors have another length than those it was fitted on.
        """
        if vectors.shape[1] != self.down.shape[0]:
            raise DataError(
                f"The adapter takes vectors of length {self.down.shape[0]} (got "
                f"{vectors.shape[1]}). Use the text model it was fitted with, or fit it again."
            )
        moved = vectors + vectors @ self.down @ self.up
        norms = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(norms, np.float32(1e-12)), dtype=np.float32)

    def to_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Everything but the metrics, as arrays."""
        n_steps = np.array([self.n_steps], dtype=np.int64)
        return {"down": self.down, "up": self.up, "n_steps": n_steps}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray[Any, Any]]) -> TextAdapter:
        """What `to_arrays` gave, without metrics.

        Raises:
            ArtifactError: an array is missing.
        """
        try:
            return cls(arrays["down"], arrays["up"], int(arrays["n_steps"][0]), {})
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
    """Learn which directions of a sentence vector matter for what people choose together.

    Two items of one history are a pair; in-batch softmax (see `contrast`). The fit ends when the
    loss on pairs with held-out items no longer falls, and starts from the frozen vectors, so an
    adapter that does not generalize is never returned.

    Args:
        vectors: unit vectors of item texts, zero rows without text, float32 (n_items, dim).
        interactions: histories, training part only.
        rng: everything random.
        settings: None for the defaults.
        on_progress: hears about each check.

    Raises:
        DataError: no user met two items with text, or the vectors are not one per item.
    """
    chosen = settings or TextAdapterSettings()
    if vectors.shape[0] != interactions.n_items:
        raise DataError(
            f"'vectors' must have one row per item, {interactions.n_items} "
            f"(got {vectors.shape[0]}). Encode the texts of the same data set."
        )
    usable = np.abs(vectors).sum(axis=1) > 0
    everything = PairSampler(interactions, usable)
    held = hold_out_items(
        np.isin(np.arange(usable.size), everything.items), chosen.held_out_share, rng
    )
    sampler = PairSampler(interactions, usable & ~held)
    judges = everything.items[held[everything.items]]
    check_pairs = everything.draw(N_CHECK_PAIRS, rng, among=judges if judges.size else None)
    fit = _Fit(vectors, chosen, rng)
    before = best_loss = fit.check(check_pairs)
    best, best_step, n_without_gain = fit.state(), 0, 0
    for step in range(1, chosen.max_steps + 1):
        fit.step(sampler.draw(chosen.batch_size, rng))
        if step % chosen.steps_per_check and step != chosen.max_steps:
            continue
        loss = fit.check(check_pairs)
        on_progress(Progress(STAGE, step, chosen.max_steps, {"loss": loss}))
        n_without_gain += 1
        if loss < best_loss:
            best, best_loss, best_step, n_without_gain = fit.state(), loss, step, 0
        if n_without_gain >= chosen.patience:
            break
    return TextAdapter(*best, best_step, {"loss before": before, "loss after": best_loss})


class _Fit:
    """The two matrices under Adam."""

    def __init__(
        self, vectors: FloatArray, settings: TextAdapterSettings, rng: np.random.Generator
    ) -> None:
        import torch

        device = pick_device()
        self._vectors = torch.from_numpy(np.ascontiguousarray(vectors)).to(device)
        self._settings = settings
        dim = vectors.shape[1]
        drawn = rng.normal(size=(dim, settings.rank)).astype(np.float32) * dim**-0.5
        self._down = torch.from_numpy(drawn).to(device).requires_grad_(True)
        # Zeros: the map starts as the identity.
        self._up = torch.zeros((settings.rank, dim), device=device, requires_grad=True)
        self._optimizer = torch.optim.AdamW(
            [self._down, self._up], lr=settings.learning_rate, weight_decay=settings.weight_decay
        )

    def step(self, pairs: tuple[IndexArray, IndexArray]) -> None:
        """One step on a batch of pairs."""
        self._optimizer.zero_grad()
        loss = in_batch_loss(*self._ends(*pairs), self._settings.temperature)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def check(self, pairs: tuple[IndexArray, IndexArray]) -> float:
        """Mean scale-free loss over fixed batches."""
        import torch

        first, second = pairs
        with torch.no_grad():
            losses = [
                scale_free_loss(
                    *self._ends(first[i : i + CHECK_BATCH], second[i : i + CHECK_BATCH])
                )
                for i in range(0, first.size, CHECK_BATCH)
            ]
        return float(np.mean(losses))

    def state(self) -> tuple[FloatArray, FloatArray]:
        """Copies of both matrices."""
        down, up = (part.detach().cpu().numpy().copy() for part in (self._down, self._up))
        return down, up

    def _ends(
        self, first: IndexArray, second: IndexArray
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Adapted vectors of both ends, then their items."""
        import torch
        from torch.nn.functional import normalize

        device = self._vectors.device
        items = [torch.from_numpy(part).to(device) for part in (first, second)]
        rows = [self._vectors[part] for part in items]
        moved = [normalize(part + part @ self._down @ self._up, dim=1) for part in rows]
        return moved[0], moved[1], items[0], items[1]
