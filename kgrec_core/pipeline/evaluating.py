"""Measures runs and baselines on the same held-out items; keeps the results beside the run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.pipeline.inputs import RunInputs, prepare_inputs
from kgrec_core.pipeline.run_files import (
    METRICS_NAME,
    read_evaluation,
    read_recommender,
    write_evaluation,
)
from kgrec_core.pipeline.training import DEFAULT_KS, measure_on_test
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng
from kgrec_core.saved_settings import read_settings
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

__all__ = ["BASELINES", "baseline_results", "evaluate_run", "kept_baselines", "run_settings"]

BASELINES = ("popularity", "item-knn", "ease")


def evaluate_run(
    workspace: Workspace,
    run_id: str,
    ks: Sequence[int] = DEFAULT_KS,
    *,
    on_progress: OnProgress = no_progress,
) -> EvaluationResult:
    """What a run reaches on its test part; made once per set of cutoffs and then kept.

    Raises:
        ConfigError: a cutoff is below 1.
        MissingStepError: the run holds nothing out.
        UnknownIdError: there is no such run.
    """
    cutoffs = _checked_cutoffs(ks)
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id)
    path = folder / (METRICS_NAME if cutoffs == DEFAULT_KS else f"evaluation-{_key(cutoffs)}.json")
    kept = read_evaluation(path)
    if kept is not None:
        return kept
    settings = run_settings(record)
    on_progress(Progress("Loading the run", 0, 0, {}))
    inputs = prepare_inputs(workspace, record.dataset_fingerprint, settings)
    recommender = read_recommender(record.model, folder, inputs.data)
    result = measure_on_test(recommender, inputs, cutoffs, settings.seed, on_progress=on_progress)
    return _kept(result, path, record)


def baseline_results(
    workspace: Workspace,
    run_id: str,
    names: Sequence[str] = BASELINES,
    ks: Sequence[int] = DEFAULT_KS,
    *,
    on_progress: OnProgress = no_progress,
) -> dict[str, EvaluationResult]:
    """Baselines fitted on the same split as a run and measured in the same way, then kept.

    Args:
        workspace: where the run is.
        run_id: the run to compare with.
        names: registry names of the baselines; their default settings are used.
        ks: cutoffs.
        on_progress: hears about each baseline.

    Raises:
        ConfigError: a name is unknown or a cutoff is below 1.
        MissingStepError: the run holds nothing out.
    """
    cutoffs = _checked_cutoffs(ks)
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id)
    paths = {name: _baseline_path(folder, name, cutoffs) for name in names}
    results = {name: read_evaluation(path) for name, path in paths.items()}
    missing = [name for name, result in results.items() if result is None]
    inputs = _baseline_inputs(workspace, record) if missing else None
    for done, name in enumerate(missing):
        on_progress(Progress("Fitting baselines", done, len(missing), {}))
        if inputs is not None:
            seed = run_settings(record).seed
            result = _fit_and_measure(name, inputs, cutoffs, seed, on_progress)
            results[name] = _kept(result, paths[name], record)
    return {name: result for name, result in results.items() if result is not None}


def kept_baselines(
    workspace: Workspace,
    run_id: str,
    names: Sequence[str] = BASELINES,
    ks: Sequence[int] = DEFAULT_KS,
) -> dict[str, EvaluationResult]:
    """Those of `baseline_results` that were measured before; measures nothing itself."""
    cutoffs = _checked_cutoffs(ks)
    folder = workspace.run_folder(workspace.resolve_run(run_id).run_id)
    results = {name: read_evaluation(_baseline_path(folder, name, cutoffs)) for name in names}
    return {name: result for name, result in results.items() if result is not None}


def run_settings(record: RunRecord) -> TrainSettings:
    """The settings that a run was trained with.

    Raises:
        ArtifactError: they are of a later version, or hold a setting that is not known.
    """
    return read_settings(TrainSettings, "train", record.settings, f"the run {record.run_id}")


def _baseline_inputs(workspace: Workspace, record: RunRecord) -> RunInputs:
    settings = run_settings(record).model_copy(update={"text_model": "none"})
    return prepare_inputs(workspace, record.dataset_fingerprint, settings)


def _fit_and_measure(
    name: str, inputs: RunInputs, ks: tuple[int, ...], seed: int, on_progress: OnProgress
) -> EvaluationResult | None:
    recommender = create_recommender(name, {})
    recommender.fit(inputs.data, rng=make_rng(seed))
    return measure_on_test(recommender, inputs, ks, seed, on_progress=on_progress)


def _kept(result: EvaluationResult | None, path: Path, record: RunRecord) -> EvaluationResult:
    if result is None:
        split = record.settings.get("split", {}).get("name", "none")
        raise MissingStepError(
            f"The run {record.run_id} was trained on everything (split '{split}'), so nothing is "
            "held out to measure on. Train with another split, such as 'random'."
        )
    write_evaluation(result, path)
    return result


def _checked_cutoffs(ks: Sequence[int]) -> tuple[int, ...]:
    cutoffs = tuple(sorted(set(ks)))
    if not cutoffs or cutoffs[0] < 1:
        raise ConfigError(f"'k' must be 1 or larger in 'evaluate' (got {list(ks)}).")
    return cutoffs


def _baseline_path(folder: Path, name: str, cutoffs: tuple[int, ...]) -> Path:
    return folder / f"baseline-{name}-{_key(cutoffs)}.json"


def _key(ks: tuple[int, ...]) -> str:
    return "-".join(str(k) for k in ks)
