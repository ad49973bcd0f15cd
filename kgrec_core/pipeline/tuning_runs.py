"""A search of settings on a data set of the workspace, kept so that pages can show it again."""

from __future__ import annotations

from pathlib import Path

from kgrec_core import __version__
from kgrec_core.config import TrainSettings
from kgrec_core.contracts import OnProgress, no_progress
from kgrec_core.errors import ArtifactError
from kgrec_core.pipeline.inputs import prepare_inputs
from kgrec_core.pipeline.tuning import TuningSettings, tune
from kgrec_core.pipeline.tuning_result import TuningResult
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.references import checked_name
from kgrec_core.storage.workspace import Workspace

__all__ = ["kept_tunings", "trials_so_far", "tune_dataset"]

PREFIX = "tuning-"
UNFINISHED_PREFIX = "trials-"
"""Trials of a search that goes on or was stopped; they go when it has ended by itself."""


def tune_dataset(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: TrainSettings,
    tuning: TuningSettings,
    *,
    on_progress: OnProgress = no_progress,
) -> TuningResult:
    """Search the settings of `settings.model` on the split of `settings`, and keep all trials.

    Args:
        workspace: where the data is.
        dataset_fingerprint: of a data set of the workspace.
        settings: model, split and text model; its model settings stay fixed.
        tuning: the budget.
        on_progress: hears about every trial, with its value and the best one so far.

    Raises:
        ConfigError: a setting breaks its rule.
        DataError: the split has no validation part.
    """
    folder = _folder(workspace, dataset_fingerprint)
    unfinished = folder / _file_name(UNFINISHED_PREFIX, settings, tuning)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ArtifactError(f"Cannot write into {folder}: {error.strerror}.") from None
    inputs = prepare_inputs(workspace, dataset_fingerprint, settings, on_progress=on_progress)
    result = tune(
        settings.model,
        inputs.data,
        tuning,
        fixed=settings.model_settings,
        on_progress=on_progress,
        on_trial=lambda found: write_json(unfinished, found.to_json()),
    )
    write_json(folder / _file_name(PREFIX, settings, tuning), result.to_json())
    unfinished.unlink(missing_ok=True)
    return result


def trials_so_far(
    workspace: Workspace,
    dataset_fingerprint: str,
    settings: TrainSettings,
    tuning: TuningSettings,
) -> TuningResult | None:
    """What a search that goes on, or was stopped, has tried; None before its first trial."""
    name = _file_name(UNFINISHED_PREFIX, settings, tuning)
    try:
        return TuningResult.from_json(read_json(_folder(workspace, dataset_fingerprint) / name))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None


def kept_tunings(workspace: Workspace, dataset_fingerprint: str) -> list[TuningResult]:
    """Searches that were made on a data set, the latest first; unreadable ones are left out."""
    folder = _folder(workspace, dataset_fingerprint)
    found = []
    for path in folder.glob(f"{PREFIX}*.json"):
        try:
            found.append((path.stat().st_mtime, TuningResult.from_json(read_json(path))))
        except (ArtifactError, KeyError, TypeError, ValueError, OSError):
            continue
    return [result for _, result in sorted(found, key=lambda pair: -pair[0])]


def _folder(workspace: Workspace, dataset_fingerprint: str) -> Path:
    return workspace.root / "benchmarks" / checked_name(dataset_fingerprint)


def _file_name(prefix: str, settings: TrainSettings, tuning: TuningSettings) -> str:
    asked = [settings.model_dump(mode="json"), tuning.model_dump(mode="json")]
    return f"{prefix}{settings.model}-{fingerprint_of([__version__, asked])}.json"
