"""Trains the last layers of a sentence encoder on which texts people choose together."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.contracts import IndexArray, OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.co_interactions import PairSampler, hold_out_items
from kgrec_core.embedding.contrast import in_batch_loss, scale_free_loss
from kgrec_core.embedding.text_encoder import PACKAGED_MODEL, open_encoder
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.storage.artifacts import write_folder

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = ["FinetunedText", "TextFinetuneSettings", "finetune_text_model"]

N_CHECK_PAIRS = 256
STAGE = "Fine-tuning the text model"


class TextFinetuneSettings(BaseModel):
    """How a sentence encoder is trained further."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_layers: int = Field(default=1, ge=1, description="Layers, counted from the last, that learn.")
    max_length: int = Field(
        default=96, ge=8, description="Word pieces of a text that are read while training."
    )
    temperature: float = Field(default=0.1, gt=0, description="Sharpness of the softmax.")
    learning_rate: float = Field(default=0.0002, gt=0, description="Step size of Adam.")
    batch_size: int = Field(default=32, ge=2, description="Pairs of texts per step.")
    max_steps: int = Field(default=120, ge=1, description="Steps at most.")
    steps_per_check: int = Field(default=15, ge=1, description="Steps between two checks.")
    patience: int = Field(default=3, ge=1, description="Checks without a gain before the end.")
    held_out_share: float = Field(
        default=0.1, gt=0, lt=1, description="Share of items whose texts only judge."
    )


@dataclass(frozen=True)
class FinetunedText:
    """What came of it.

    Attributes:
        folder: a sentence-transformers model; give it as the text model of a training.
        n_steps: steps that were kept; 0 when none helped, then the weights are the old ones.
        metrics: "loss before" and "loss after" on pairs with texts that were not trained on.
    """

    folder: Path
    n_steps: int
    metrics: dict[str, float]


def finetune_text_model(
    texts: Sequence[str],
    interactions: Interactions,
    folder: Path,
    *,
    base: str = PACKAGED_MODEL,
    rng: np.random.Generator,
    settings: TextFinetuneSettings | None = None,
    on_progress: OnProgress = no_progress,
) -> FinetunedText:
    """Pull the vectors of two texts of one history together, and save the model.

    Everything but the last layers is frozen; dropout is off, so the same seed gives the same
    weights. The weights of the check with the lowest loss on held-out items are kept.

    Args:
        texts: one per item, "" where there is none.
        interactions: histories, training part only.
        folder: where the model is saved; must not exist.
        base: "minilm" or the folder of a sentence-transformers model.
        rng: everything random.
        settings: None for the defaults.
        on_progress: hears about each step.

    Raises:
        ConfigError: `folder` exists, or `base` is no usable model.
        DataError: no user met two items with text, or the texts are not one per item.
        ArtifactError: the disk refuses.
    """
    chosen = settings or TextFinetuneSettings()
    if folder.exists():
        raise ConfigError(
            f"'folder' must not exist yet in 'finetune_text_model' (got {folder}). Name a new one."
        )
    if len(texts) != interactions.n_items:
        raise DataError(
            f"'texts' must have one entry per item, {interactions.n_items} (got {len(texts)})."
        )
    usable = np.array([bool(text.strip()) for text in texts], dtype=np.bool_)
    everything = PairSampler(interactions, usable)
    paired = np.isin(np.arange(usable.size), everything.items)
    held = hold_out_items(paired, chosen.held_out_share, rng)
    sampler = PairSampler(interactions, usable & ~held)
    judges = everything.items[held[everything.items]]
    check_pairs = everything.draw(N_CHECK_PAIRS, rng, among=judges if judges.size else None)
    fit = _Fit(open_encoder(base).network(), texts, chosen)
    n_steps, metrics = _fit_until_best(fit, sampler, check_pairs, rng, on_progress)
    _save(fit.network, folder, {"base": base, "n_steps": n_steps, "metrics": metrics})
    return FinetunedText(folder, n_steps, metrics)


def _fit_until_best(
    fit: _Fit,
    sampler: PairSampler,
    check_pairs: tuple[IndexArray, IndexArray],
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> tuple[int, dict[str, float]]:
    """Leaves the best weights in the network; the step they are from, and the losses."""
    settings = fit.settings
    before = best_loss = fit.check(check_pairs)
    best, best_step, n_without_gain = fit.weights(), 0, 0
    for step in range(1, settings.max_steps + 1):
        metrics = {"loss": fit.step(sampler.draw(settings.batch_size, rng))}
        if step % settings.steps_per_check == 0 or step == settings.max_steps:
            loss = metrics["loss on held-out items"] = fit.check(check_pairs)
            n_without_gain += 1
            if loss < best_loss:
                best, best_loss, best_step, n_without_gain = fit.weights(), loss, step, 0
        on_progress(Progress(STAGE, step, settings.max_steps, metrics))
        if n_without_gain >= settings.patience:
            break
    fit.restore(best)
    return best_step, {"loss before": before, "loss after": best_loss}


class _Fit:
    """The network with its last layers under Adam."""

    def __init__(
        self, network: SentenceTransformer, texts: Sequence[str], settings: TextFinetuneSettings
    ) -> None:
        import torch

        self.network, self.settings, self._texts = network.eval(), settings, texts
        self._parameters = _last_layers(network, settings.n_layers)
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=settings.learning_rate, weight_decay=0.0
        )

    def step(self, pairs: tuple[IndexArray, IndexArray]) -> float:
        """One step on a batch of pairs; the loss before it."""
        loss = in_batch_loss(*self._ends(*pairs), self.settings.temperature)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        return float(loss.detach())

    def check(self, pairs: tuple[IndexArray, IndexArray]) -> float:
        """Mean scale-free loss over fixed batches."""
        import torch

        size = self.settings.batch_size
        with torch.no_grad():
            losses = [
                scale_free_loss(*self._ends(pairs[0][i : i + size], pairs[1][i : i + size]))
                for i in range(0, pairs[0].size, size)
            ]
        return float(np.mean(losses))

    def weights(self) -> list[torch.Tensor]:
        """Copies of what learns."""
        return [copy.deepcopy(parameter.detach()) for parameter in self._parameters]

    def restore(self, weights: list[torch.Tensor]) -> None:
        """Put copies back."""
        import torch

        with torch.no_grad():
            for parameter, kept in zip(self._parameters, weights, strict=True):
                parameter.copy_(kept)

    def _ends(
        self, first: IndexArray, second: IndexArray
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Vectors of both ends, then their items."""
        import torch
        from torch.nn.functional import normalize

        device = self.network.device
        # An item that occurs twice in a batch is read once.
        items, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        with _shortened(self.network, self.settings.max_length):
            features = self.network.preprocess([self._texts[item] for item in items.tolist()])
        moved = {name: part.to(device) for name, part in features.items() if hasattr(part, "to")}
        vectors = normalize(self.network(moved)["sentence_embedding"], dim=1)
        both = vectors[torch.from_numpy(places).to(device)]
        indices = [torch.from_numpy(part).to(device) for part in (first, second)]
        n = first.size
        return both[:n], both[n:], indices[0], indices[1]


@contextmanager
def _shortened(network: SentenceTransformer, max_length: int) -> Iterator[None]:
    """Read no more than `max_length` word pieces, and give back the old setting."""
    before = network.max_seq_length
    network.max_seq_length = min(max_length, before or max_length)
    try:
        yield
    finally:
        network.max_seq_length = before


def _last_layers(network: SentenceTransformer, n_layers: int) -> list[torch.Tensor]:
    """Parameters of the last layers; all others are frozen.

    Raises:
        ConfigError: the model has no stack of layers, or fewer.
    """
    from torch.nn import ModuleList

    for parameter in network.parameters():
        parameter.requires_grad_(False)
    stacks = [module for module in network.modules() if isinstance(module, ModuleList)]
    longest = max(stacks, key=len, default=ModuleList())
    if len(longest) < n_layers:
        raise ConfigError(
            f"'n_layers' must be at most {len(longest)}, the layers of the model, in "
            f"'TextFinetuneSettings' (got {n_layers})."
        )
    chosen: list[torch.Tensor] = [
        p for layer in list(longest)[-n_layers:] for p in layer.parameters()
    ]
    for tensor in chosen:
        tensor.requires_grad_(True)
    return chosen


def _save(network: SentenceTransformer, folder: Path, manifest: dict[str, Any]) -> None:
    def write(aside: Path) -> None:
        network.save(str(aside), create_model_card=False, safe_serialization=True)

    write_folder(folder.absolute(), write, kind="text model", manifest=manifest)
