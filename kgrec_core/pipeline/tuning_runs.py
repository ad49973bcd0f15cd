"""A search of settings on a data set of the workspace, kept so that pages can show it again."""

from __future__ import annotations

from kgrec_core import __version__
from kgrec_core.config import TrainSettings
from kgrec_core.contracts import OnProgress, no_progress
from kgrec_core.errors import ArtifactError
from kgrec_core.pipeline.inputs import prepare_inputs
from kgrec_core.pipeline.tuning import TuningResult, TuningSettings, tune
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.fingerprint import fingerprint_of
from kgrec_core.storage.references import checked_name
from kgrec_core.storage.workspace import Workspace

__all__ = ["kept_tunings", "tune_dataset"]

PREFIX = "tuning-"


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
    inputs = prepare_inputs(workspace, dataset_fingerprint, settings, on_progress=on_progress)
    result = tune(
        settings.model, inputs.data, tuning, fixed=settings.model_settings, on_progress=on_progress
    )
    asked = [settings.model_dump(mode="json"), tuning.model_dump(mode="json")]
    folder = workspace.root / "benchmarks" / checked_name(dataset_fingerprint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"Cannot make the folder {folder}: {error.strerror}.") from None
    key = fingerprint_of([__version__, asked])
    write_json(folder / f"{PREFIX}{settings.model}-{key}.json", result.to_json())
    return result


def kept_tunings(workspace: Workspace, dataset_fingerprint: str) -> list[TuningResult]:
    """Searches that were made on a data set, the latest first; unreadable ones are left out."""
    folder = workspace.root / "benchmarks" / checked_name(dataset_fingerprint)
    found = []
    for path in folder.glob(f"{PREFIX}*.json"):
        try:
            found.append((path.stat().st_mtime, TuningResult.from_json(read_json(path))))
        except (ArtifactError, KeyError, TypeError, ValueError, OSError):
            continue
    return [result for _, result in sorted(found, key=lambda pair: -pair[0])]
