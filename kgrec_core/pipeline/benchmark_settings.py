"""What a benchmark measures: its settings, and the cells that they come down to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kgrec_core import __version__
from kgrec_core.config import SplitSettings, TrainSettings, checked
from kgrec_core.errors import ConfigError
from kgrec_core.pipeline.ablation import Contender, ablation_contenders
from kgrec_core.pipeline.inputs import text_model_of
from kgrec_core.pipeline.tuning import TuningSettings
from kgrec_core.recommender.registry import settings_class
from kgrec_core.storage.fingerprint import fingerprint_of

__all__ = ["PROTOCOLS", "BenchmarkSettings", "Cell", "Protocol", "cells_of", "code_fingerprint"]

Protocol = Literal["accuracy", "cold-items", "few-shot"]
PROTOCOLS: tuple[Protocol, ...] = ("accuracy", "cold-items", "few-shot")

MEASURING_PACKAGES = ("data", "graph", "embedding", "recommender", "evaluation", "pipeline")


class BenchmarkSettings(BaseModel):
    """Which models are measured, on what, and how often."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[str, ...] = Field(
        default=("fusion", "ease", "item-knn", "popularity"),
        min_length=1,
        description="Models to measure.",
    )
    model_settings: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Settings of a model that differ from its defaults."
    )
    protocols: tuple[Protocol, ...] = Field(
        default=("accuracy",),
        min_length=1,
        description="accuracy: the split below, with the long tail; cold-items: items that nobody "
        "has chosen yet; few-shot: newcomers with a few known items.",
    )
    split: SplitSettings = Field(
        default=SplitSettings(), description="What the accuracy protocol holds out."
    )
    seeds: tuple[int, ...] = Field(
        default=(0,), min_length=1, description="Each seed is one split and one fit."
    )
    ks: tuple[int, ...] = Field(default=(10, 20), min_length=1, description="Lengths of the lists.")
    shots: tuple[int, ...] = Field(
        default=(1, 3, 5, 10), description="Known items of a newcomer in the few-shot protocol."
    )
    cold_fraction: float = Field(
        default=0.15, gt=0, lt=1, description="Share of items that the cold-items protocol hides."
    )
    newcomer_fraction: float = Field(
        default=0.2, gt=0, lt=1, description="Share of users that the few-shot protocol hides."
    )
    warm_fraction: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="Share of each user's known items that is held out beside the hidden ones in "
        "the cold-items protocol.",
    )
    text_model: str = Field(default="minilm", description='Text model, or "none".')
    tuning: TuningSettings | None = Field(
        default=None, description="Budget for choosing settings; none measures the defaults."
    )
    ablation: bool = Field(
        default=False, description="Also measure the reference with each modality switched off."
    )
    reference: str = Field(
        default="fusion", description="The model that all others are compared with."
    )
    n_explained: int = Field(
        default=100, ge=0, description="Pairs of user and item whose explanation is added up."
    )
    n_bootstrap: int = Field(default=1000, ge=1, description="Resamples per interval.")


class Cell(BaseModel):
    """One thing that is done in a process of its own: a model on one split with one seed.

    Attributes:
        kind: "tune" chooses settings, "measure" fits and measures.
        code: hash of the code that measures, so that another version measures again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["tune", "measure"]
    dataset: str
    protocol: Protocol
    split: SplitSettings
    model: str
    settings: dict[str, Any]
    seed: int
    text_model: str
    tuning: TuningSettings | None = None
    ks: tuple[int, ...] = (10, 20)
    shots: tuple[int, ...] = ()
    warm_fraction: float = 0.0
    n_explained: int = 0
    n_bootstrap: int = 1000
    code: str = ""

    @property
    def key(self) -> str:
        """Equal for cells that give equal numbers; also the name of their file."""
        return fingerprint_of(["cell", __version__, self.model_dump(mode="json")])


@dataclass(frozen=True)
class PlannedCell:
    """A cell and the row of the table that it belongs to."""

    label: str
    cell: Cell


def cells_of(dataset_fingerprint: str, settings: BenchmarkSettings) -> list[PlannedCell]:
    """All cells of a benchmark in the order in which they are measured, one model at a time.

    Raises:
        ConfigError: a model or one of its settings is unknown, or the reference is not measured.
    """
    contenders = _contenders(settings)
    labels = [contender.label for contender in contenders]
    if len(contenders) > 1 and settings.reference not in labels:
        raise ConfigError(
            f"'reference' must be one of the measured models {', '.join(labels)} in "
            f"'BenchmarkSettings' (got '{settings.reference}')."
        )
    return [
        PlannedCell(
            contender.label, _cell(dataset_fingerprint, settings, protocol, seed, contender)
        )
        for protocol in settings.protocols
        for seed in settings.seeds
        for contender in contenders
    ]


@cache
def code_fingerprint() -> str:
    """Hash of the source files that a measurement depends on."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for package in MEASURING_PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _contenders(settings: BenchmarkSettings) -> list[Contender]:
    found = [
        Contender(model, model, settings.model_settings.get(model, {}))
        for model in dict.fromkeys(settings.models)
    ]
    if not settings.ablation:
        return found
    return found + ablation_contenders(
        settings.reference, settings.model_settings.get(settings.reference, {})
    )


def _cell(
    dataset_fingerprint: str,
    settings: BenchmarkSettings,
    protocol: Protocol,
    seed: int,
    contender: Contender,
) -> Cell:
    values = TrainSettings(model=contender.model, text_model=settings.text_model)
    tuning = settings.tuning
    return Cell(
        kind="measure",
        dataset=dataset_fingerprint,
        protocol=protocol,
        split=_split(settings, protocol, seed),
        model=contender.model,
        settings=_checked_settings(contender),
        seed=seed,
        text_model=text_model_of(values),
        tuning=tuning.model_copy(update={"seed": seed}) if tuning else None,
        ks=tuple(sorted(set(settings.ks))),
        shots=settings.shots if protocol == "few-shot" else (),
        warm_fraction=settings.warm_fraction if protocol == "cold-items" else 0.0,
        n_explained=settings.n_explained,
        n_bootstrap=settings.n_bootstrap,
        code=code_fingerprint(),
    )


def _split(settings: BenchmarkSettings, protocol: Protocol, seed: int) -> SplitSettings:
    changes: dict[str, Any] = {"seed": seed}
    if protocol == "cold-items":
        changes |= {"name": "cold-items", "test_fraction": settings.cold_fraction}
    if protocol == "few-shot":
        changes |= {"name": "cold-users", "test_fraction": settings.newcomer_fraction}
    return settings.split.model_copy(update=changes)


def _checked_settings(contender: Contender) -> dict[str, Any]:
    """The settings as given; wrong ones are refused before anything slow happens."""
    checked(settings_class(contender.model), contender.settings)
    return dict(contender.settings)
