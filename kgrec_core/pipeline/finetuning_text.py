"""A text model that is trained further on the behavior in a data set."""

from __future__ import annotations

from pathlib import Path

from kgrec_core.config import SplitSettings
from kgrec_core.contracts import OnProgress, no_progress
from kgrec_core.data.splitting import make_split
from kgrec_core.embedding.text_encoder import PACKAGED_MODEL
from kgrec_core.embedding.text_finetuning import (
    FinetunedText,
    TextFinetuneSettings,
    finetune_text_model,
)
from kgrec_core.rng import make_rng
from kgrec_core.storage.workspace import Workspace

__all__ = ["finetune_text"]


def finetune_text(
    workspace: Workspace,
    dataset_fingerprint: str,
    folder: Path,
    settings: TextFinetuneSettings | None = None,
    *,
    base: str = PACKAGED_MODEL,
    split: SplitSettings | None = None,
    seed: int = 0,
    on_progress: OnProgress = no_progress,
) -> FinetunedText:
    """Train a text model on all but the test part of a split, and save it as a folder.

    A run that uses the model has to hold out the same test part, with the same settings of the
    split; with another one the model has seen what the run is tested on.

    Raises:
        ArtifactError: the data set is damaged, or the disk refuses.
        ConfigError: `folder` exists, or `base` is no usable model.
        DataError: too few texts or interactions.
    """
    dataset = workspace.load_dataset(dataset_fingerprint)
    known = make_split(dataset, split or SplitSettings()).fitting()
    return finetune_text_model(
        dataset.documents,
        known,
        folder,
        base=base,
        rng=make_rng(seed),
        settings=settings,
        on_progress=on_progress,
    )
