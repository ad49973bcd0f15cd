"""Fits a model on a data set and keeps it as a run of the workspace."""

from __future__ import annotations

import dataclasses
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kgrec_core import __version__
from kgrec_core.config import TrainSettings, checked
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.device import pick_device
from kgrec_core.errors import ConfigError
from kgrec_core.evaluation.protocol import EvaluationResult, evaluate
from kgrec_core.pipeline.histories import Histories, ranker
from kgrec_core.pipeline.inputs import RunInputs, prepare_inputs, text_model_of
from kgrec_core.pipeline.measuring import (
    ProgressLog,
    StageClock,
    library_versions,
    peak_memory_mb,
)
from kgrec_core.pipeline.run_files import METRICS_NAME, write_state
from kgrec_core.pipeline.tensorboard_log import FOLDER_NAME as TENSORBOARD_FOLDER
from kgrec_core.pipeline.tensorboard_log import write_tensorboard
from kgrec_core.recommender.contract import Recommender
from kgrec_core.recommender.registry import create_recommender, settings_class
from kgrec_core.rng import make_rng
from kgrec_core.saved_settings import stamped
from kgrec_core.storage.artifacts import write_folder, write_json
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

__all__ = ["DEFAULT_KS", "measure_on_test", "new_run_id", "train"]

DEFAULT_KS = (10, 20)


def train(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: TrainSettings,
    *,
    on_progress: OnProgress = no_progress,
    run_id: str | None = None,
) -> RunRecord:
    """Split, build what is missing, fit, measure on the test part, and save.

    The run is in the lists only when all of it is on disk; stopping at any moment before leaves
    nothing behind.

    Args:
        workspace: where the data is and the run goes.
        dataset_fingerprint: of a data set of the workspace.
        settings: model, split, text model, seed, and the feedback that counts.
        on_progress: hears about every stage; may raise `CancelledError` to stop.
        run_id: name of the run; a readable unique one by default.

    Raises:
        ConfigError: a setting breaks its rule.
        ArtifactError: the data set is missing or damaged.
        DataError: the data cannot be split as asked.
    """
    _check_model(settings)
    clock, log = StageClock(), ProgressLog(on_progress)
    log(Progress("Reading the data", 0, 0, {}))
    inputs = prepare_inputs(workspace, dataset_fingerprint, settings, on_progress=log, clock=clock)
    recommender = create_recommender(settings.model, settings.model_settings)
    with clock.stage("fit"):
        log(Progress("Fitting the model", 0, 0, {}))
        rng = make_rng(settings.seed)
        validation = recommender.fit(inputs.data, rng=rng, on_progress=log)
    with clock.stage("evaluate"):
        result = measure_on_test(recommender, inputs, DEFAULT_KS, settings.seed, on_progress=log)
    log(Progress("Saving the run", 0, 1, {}))
    record = RunRecord(
        run_id=run_id or new_run_id(settings.model),
        fingerprint=_run_fingerprint(inputs, settings),
        dataset_fingerprint=dataset_fingerprint,
        dataset_name=inputs.dataset.name,
        graph_fingerprint=inputs.full_graph_fingerprint,
        model=settings.model,
        settings=stamped(settings.model_dump(mode="json")),
        seconds=dict(clock.seconds),
        peak_memory_mb=peak_memory_mb(),
        metrics=dict(result.metrics) if result else {},
        validation_metrics={name: float(value) for name, value in validation.items()},
        created_at=time.time(),
    )
    _save(workspace, record, recommender, result, log)
    return record


def measure_on_test(
    recommender: Recommender,
    inputs: RunInputs,
    ks: tuple[int, ...],
    seed: int,
    *,
    on_progress: OnProgress = no_progress,
) -> EvaluationResult | None:
    """What a fitted model reaches on the test part; None when nothing is held out."""
    if len(inputs.split.test) == 0:
        return None
    rank = ranker(recommender, Histories(inputs.split.fitting(), inputs.data.side), max(ks))
    return evaluate(rank, inputs.split, ks=ks, rng=make_rng(seed), on_progress=on_progress)


def new_run_id(model: str) -> str:
    """A readable id that sorts by time within a model: "fusion-20260714-101512-ab12"."""
    return f"{model}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _check_model(settings: TrainSettings) -> None:
    """Refuse wrong settings before anything slow happens."""
    known = settings_class(settings.model)
    for name in settings.model_settings:
        if name not in known.model_fields:
            raise ConfigError(
                f"There is no setting '{name}' of the model '{settings.model}'. "
                f"It has: {', '.join(known.model_fields) or 'none'}."
            )
    checked(known, settings.model_settings)


def _run_fingerprint(inputs: RunInputs, settings: TrainSettings) -> str:
    values = settings.model_dump(mode="json") | {"text_model": text_model_of(settings)}
    data = (inputs.dataset.fingerprint, inputs.full_graph_fingerprint)
    return fingerprint_of(["run", __version__, *data, values])


def _save(
    workspace: Workspace,
    record: RunRecord,
    recommender: Recommender,
    result: EvaluationResult | None,
    log: ProgressLog,
) -> None:
    def write(folder: Path) -> None:
        write_state(recommender.state(), folder)
        write_json(folder / "settings.json", record.settings)
        write_json(folder / METRICS_NAME, result.to_json() if result else {})
        log.write(folder / "log.jsonl")
        write_tensorboard(
            folder,
            log.lines,
            started_at=log.started_at,
            settings=record.settings,
            seconds=record.seconds,
            metrics=record.metrics,
            validation_metrics=record.validation_metrics,
        )

    fields: dict[str, Any] = dataclasses.asdict(record)
    del fields["dataset_name"], fields["is_active"]
    manifest = {"record": fields, "libraries": library_versions(), "device": str(pick_device())}
    folder = workspace.run_folder(record.run_id)
    # Metrics are made again when a later version cannot read them, and curves may be cleared away;
    # neither must look like damage.
    mutable = (METRICS_NAME, TENSORBOARD_FOLDER)
    if not write_folder(folder, write, kind="run", manifest=manifest, mutable=mutable):
        raise ConfigError(f"'run_id' must be new in 'train' (got {record.run_id}).")
    workspace.record_run(record)
