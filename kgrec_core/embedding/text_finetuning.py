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

from kgrec_core.contracts import (
    BoolArray,
    FloatArray,
    IndexArray,
    OnProgress,
    Progress,
    no_progress,
)
from kgrec_core.data.interactions import Interactions
from kgrec_core.embedding.co_interactions import PairSampler
from kgrec_core.embedding.contrast import in_batch_loss
from kgrec_core.embedding.text_encoder import PACKAGED_MODEL, open_encoder
from kgrec_core.embedding.text_ranking import (
    HiddenItems,
    hidden_item_folds,
    is_clear_gain,
    ndcg_of_texts,
)
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.storage.artifacts import write_folder

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = ["FinetunedText", "TextFinetuneSettings", "finetune_text_model"]

MAX_CHECKED = 500
"""Texts that are encoded for a check at most, half of them hidden ones."""
CHECK_BATCH = 64
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
        metrics: "ndcg before" and "ndcg after", the ranking of hidden items by their texts.
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
    weights. A part of the items is hidden from training; the weights that rank it best by texts
    are kept, and the old ones when these gain no more than two standard errors.

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
    PairSampler(interactions, usable)  # says so when there is nothing to learn from
    folds = hidden_item_folds(interactions, usable, share=chosen.held_out_share, n_folds=1, rng=rng)
    hidden = next(folds, None)
    sampler = PairSampler(hidden.known if hidden else interactions, usable)
    fit = _Fit(open_encoder(base).network(), texts, chosen)
    judge = _Judge(fit, hidden, usable, rng) if hidden else None
    n_steps, metrics = _fit_until_best(fit, sampler, judge, rng, on_progress)
    _save(fit.network, folder, {"base": base, "n_steps": n_steps, "metrics": metrics})
    return FinetunedText(folder, n_steps, metrics)


def _fit_until_best(
    fit: _Fit,
    sampler: PairSampler,
    judge: _Judge | None,
    rng: np.random.Generator,
    on_progress: OnProgress,
) -> tuple[int, dict[str, float]]:
    """Leaves the best weights in the network; the step they are from, and the metrics."""
    if judge is None:  # without a judge nothing can be believed
        return 0, {}
    settings = fit.settings
    before = best_found = judge.ndcg()
    old = best = fit.weights()
    best_step = n_without_gain = 0
    for step in range(1, settings.max_steps + 1):
        metrics = {"loss": fit.step(sampler.draw(settings.batch_size, rng))}
        if step % settings.steps_per_check == 0 or step == settings.max_steps:
            found = judge.ndcg()
            metrics["ndcg of hidden items"] = float(found.mean())
            n_without_gain += 1
            if found.mean() > best_found.mean():
                best, best_found, best_step, n_without_gain = fit.weights(), found, step, 0
        on_progress(Progress(STAGE, step, settings.max_steps, metrics))
        if n_without_gain >= settings.patience:
            break
    if not is_clear_gain(before, best_found):
        best, best_found, best_step = old, before, 0
    fit.restore(best)
    metrics = {"ndcg before": float(before.mean()), "ndcg after": float(best_found.mean())}
    return best_step, metrics


class _Judge:
    """Ranks hidden items by texts, among a part of all texts that is drawn once."""

    def __init__(
        self, fit: _Fit, hidden: HiddenItems, usable: BoolArray, rng: np.random.Generator
    ) -> None:
        self._fit, self._n_items = fit, usable.size
        asked = hidden.items
        if asked.size > MAX_CHECKED // 2:
            asked = np.sort(rng.choice(asked, MAX_CHECKED // 2, replace=False))
        self._hidden = hidden.among(asked)
        met = usable & (hidden.known.item_counts() > 0)
        others = np.flatnonzero(met)
        n_others = min(MAX_CHECKED - asked.size, others.size)
        self._encoded = np.union1d(asked, rng.choice(others, n_others, replace=False))

    def ndcg(self) -> FloatArray:
        """NDCG@20 of each asked user with the weights of now, float32 (m,)."""
        vectors = self._fit.encode(self._encoded)
        everything = np.zeros((self._n_items, vectors.shape[1]), dtype=np.float32)
        everything[self._encoded] = vectors
        return ndcg_of_texts(everything, self._hidden)


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
        loss.backward()
        self._optimizer.step()
        return float(loss.detach())

    def encode(self, items: IndexArray) -> FloatArray:
        """Unit vectors of the texts of items, float32 (n, dim)."""
        import torch

        with torch.no_grad():
            parts = [
                self._vectors(items[first : first + CHECK_BATCH])
                for first in range(0, items.size, CHECK_BATCH)
            ]
        return np.asarray(torch.cat(parts).cpu().numpy(), dtype=np.float32)

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

        device = self.network.device
        # An item that occurs twice in a batch is read once.
        items, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        both = self._vectors(items)[torch.from_numpy(places).to(device)]
        indices = [torch.from_numpy(part).to(device) for part in (first, second)]
        n = first.size
        return both[:n], both[n:], indices[0], indices[1]

    def _vectors(self, items: IndexArray) -> torch.Tensor:
        """Unit vectors that gradients flow through, (n, dim)."""
        from torch.nn.functional import normalize

        with _shortened(self.network, self.settings.max_length):
            features = self.network.preprocess([self._texts[item] for item in items.tolist()])
        device = self.network.device
        moved = {name: part.to(device) for name, part in features.items() if hasattr(part, "to")}
        return normalize(self.network(moved)["sentence_embedding"], dim=1)


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
    for learned in chosen:
        learned.requires_grad_(True)
    return chosen


def _save(network: SentenceTransformer, folder: Path, manifest: dict[str, Any]) -> None:
    def write(aside: Path) -> None:
        network.save(str(aside), create_model_card=False, safe_serialization=True)

    write_folder(folder.absolute(), write, kind="text model", manifest=manifest)
