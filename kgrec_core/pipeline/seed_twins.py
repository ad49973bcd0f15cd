"""Twins of a run: the same data, split and settings, fitted with other seeds or flat attention.

They are kept in folders of their own inside the folder of the run, and are in no list: what they
are for is to say how much of an explanation is the luck of one seed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.evaluation.protocol import paired_difference
from kgrec_core.explanation.attention import UnitSpread, attention_spread
from kgrec_core.pipeline.evaluating import evaluate_run, run_settings
from kgrec_core.pipeline.inputs import RunInputs
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.run_files import (
    METRICS_NAME,
    read_evaluation,
    read_recommender,
    write_state,
)
from kgrec_core.pipeline.training import DEFAULT_KS, measure_on_test
from kgrec_core.recommender.contract import EvidenceUnit, UserEvidence
from kgrec_core.recommender.registry import create_recommender, settings_class
from kgrec_core.rng import make_rng
from kgrec_core.saved_settings import stamped
from kgrec_core.storage.artifacts import is_complete, write_folder, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["AttentionWorth", "SeedTwins", "make_twins", "twins"]

N_OTHER_SEEDS = 2
ATTENTION = "use_attention"


@dataclass(frozen=True)
class AttentionWorth:
    """Accuracy on the test part with attention, and with every choice counting the same.

    Attributes:
        metric: "ndcg@10".
        own: of the run.
        uniform: of its twin with uniform attention.
        difference: run minus twin over the same users, with the ends of its 95 % interval.
    """

    metric: str
    own: float
    uniform: float
    difference: tuple[float, float, float]

    @property
    def carries_little(self) -> bool:
        """True when uniform attention is not clearly less accurate."""
        return self.difference[1] <= 0


@dataclass(frozen=True)
class SeedTwins:
    """A run and its twins; all share data, split and graph, so evidence fits all of them.

    Attributes:
        seeds: the run itself, then those that were fitted with other seeds.
        uniform: fitted with uniform attention; None where the model has no such setting or the
            run is fitted so itself. The fusion model's channel for short histories still weighs
            choices against each other in closed form.
        worth: what attention is worth; None without `uniform` or without a test part.
    """

    seeds: tuple[LoadedRun, ...]
    uniform: LoadedRun | None
    worth: AttentionWorth | None

    def attention_spread(
        self, user: UserEvidence, item_index: int
    ) -> dict[EvidenceUnit, UnitSpread]:
        """Mean, smallest and largest attention of each unit over the seeds, for one pair."""
        return attention_spread([run.explain(user, item_index) for run in self.seeds])


@dataclass(frozen=True)
class _Twin:
    """One that is wanted: its settings and folder, and how progress names it."""

    settings: TrainSettings
    folder: Path
    words: str
    is_uniform: bool = False


def make_twins(
    workspace: Workspace, run_id: str, *, on_progress: OnProgress = no_progress
) -> SeedTwins:
    """Fit the twins that are not there yet; each one is kept as soon as it is finished.

    Args:
        workspace: where the run is.
        run_id: of any model; without the setting for attention there is no uniform twin.
        on_progress: hears about every stage; may raise `CancelledError`, and what is finished
            stays.

    Raises:
        ArtifactError: the run or its data is missing or damaged.
        UnknownIdError: there is no such run.
    """
    run = load_run(workspace, run_id)
    for twin in _wanted(run.settings, workspace.run_folder(run.record.run_id)):
        if not is_complete(twin.folder):
            _fit(twin, run.inputs, on_progress)
    return _read(workspace, run)


def twins(workspace: Workspace, run_id: str, *, run: LoadedRun | None = None) -> SeedTwins | None:
    """The twins of a run; None when they were not all made (`make_twins` makes them).

    Args:
        workspace: where the run is.
        run_id: the run.
        run: the same run where it is loaded already, which saves loading it again.

    Raises:
        ArtifactError: a folder is damaged.
        UnknownIdError: there is no such run.
    """
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id)
    if not all(is_complete(twin.folder) for twin in _wanted(run_settings(record), folder)):
        return None
    return _read(workspace, run or load_run(workspace, record.run_id))


def _wanted(settings: TrainSettings, folder: Path) -> Iterator[_Twin]:
    for seed in range(settings.seed + 1, settings.seed + 1 + N_OTHER_SEEDS):
        other = settings.model_copy(update={"seed": seed})
        yield _Twin(other, folder / f"twin-seed-{seed}", f"Fitting again with seed {seed}")
    flat = _uniform(settings)
    if flat is not None:
        yield _Twin(flat, folder / "twin-uniform", "Fitting with uniform attention", True)


def _uniform(settings: TrainSettings) -> TrainSettings | None:
    has_setting = ATTENTION in settings_class(settings.model).model_fields
    if not has_setting or not settings.model_settings.get(ATTENTION, True):
        return None
    flat = settings.model_settings | {ATTENTION: False}
    return settings.model_copy(update={"model_settings": flat})


def _fit(twin: _Twin, inputs: RunInputs, on_progress: OnProgress) -> None:
    def told(progress: Progress) -> None:
        stage = f"{twin.words}: {progress.stage[:1].lower()}{progress.stage[1:]}"
        on_progress(dataclasses.replace(progress, stage=stage))

    settings = twin.settings
    told(Progress("Starting", 0, 0, {}))
    recommender = create_recommender(settings.model, settings.model_settings)
    recommender.fit(inputs.data, rng=make_rng(settings.seed), on_progress=told)
    result = measure_on_test(recommender, inputs, DEFAULT_KS, settings.seed, on_progress=told)

    def write(folder: Path) -> None:
        write_state(recommender.state(), folder)
        write_json(folder / METRICS_NAME, result.to_json() if result else {})

    manifest = {"settings": stamped(settings.model_dump(mode="json"))}
    write_folder(twin.folder, write, kind="run", manifest=manifest, mutable=(METRICS_NAME,))


def _read(workspace: Workspace, run: LoadedRun) -> SeedTwins:
    wanted = list(_wanted(run.settings, workspace.run_folder(run.record.run_id)))
    seeds = [_loaded(twin, run) for twin in wanted if not twin.is_uniform]
    flat = next((twin for twin in wanted if twin.is_uniform), None)
    uniform = _loaded(flat, run) if flat else None
    return SeedTwins((run, *seeds), uniform, _worth(workspace, run, flat) if flat else None)


def _loaded(twin: _Twin, run: LoadedRun) -> LoadedRun:
    recommender = read_recommender(run.record.model, twin.folder, run.inputs.data)
    settings = stamped(twin.settings.model_dump(mode="json"))
    record = dataclasses.replace(run.record, settings=settings, is_active=False)
    return dataclasses.replace(run, record=record, settings=twin.settings, recommender=recommender)


def _worth(workspace: Workspace, run: LoadedRun, flat: _Twin) -> AttentionWorth | None:
    measured = read_evaluation(flat.folder / METRICS_NAME)
    if measured is None or not len(run.split.test):
        return None
    own = evaluate_run(workspace, run.record.run_id)
    metric = f"ndcg@{DEFAULT_KS[0]}"
    difference = paired_difference(own, measured, metric, make_rng(run.settings.seed))
    return AttentionWorth(metric, own.metrics[metric], measured.metrics[metric], difference)
