"""A fitted model as a folder of the workspace, and back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from kgrec_core.errors import ArtifactError, ConfigError, KgrecError
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.recommender.contract import Recommender, RecommenderState, TrainingData
from kgrec_core.recommender.registry import restore_recommender
from kgrec_core.saved_settings import present, stamped
from kgrec_core.storage.artifacts import read_json, read_manifest, write_json

__all__ = [
    "METRICS_NAME",
    "read_evaluation",
    "read_recommender",
    "read_state",
    "write_evaluation",
    "write_state",
]

STATE_NAME = "state.json"
WEIGHTS_NAME = "weights.safetensors"
METRICS_NAME = "metrics.json"


def write_state(state: RecommenderState, folder: Path) -> None:
    """Settings as JSON, arrays as safetensors."""
    arrays = {name: np.require(array, requirements="C") for name, array in state.arrays.items()}
    save_file(arrays, folder / WEIGHTS_NAME)
    (folder / STATE_NAME).write_text(
        json.dumps(stamped(state.settings), ensure_ascii=False), "utf-8"
    )


def read_state(model: str, folder: Path) -> RecommenderState:
    """What `write_state` wrote of a model with this registry name, in this or an older version.

    Raises:
        ArtifactError: the run is incomplete or damaged, or its settings are of a later version.
    """
    read_manifest(folder, kind="run")
    saved = read_json(folder / STATE_NAME)
    if not isinstance(saved, dict):
        raise ArtifactError(f"{folder / STATE_NAME} does not hold a fitted model. Train again.")
    saved = {"model": model, **saved}
    settings = present("fitted", saved, f"the run in {folder}")
    try:
        return RecommenderState(settings, load_file(folder / WEIGHTS_NAME))
    except (SafetensorError, OSError) as error:
        raise ArtifactError(f"{folder / WEIGHTS_NAME} is damaged: {error}. Train again.") from None


def read_recommender(model: str, folder: Path, data: TrainingData) -> Recommender:
    """The fitted model of a run folder over the data it was fitted on.

    Raises:
        ArtifactError: the run is incomplete or damaged.
    """
    state = read_state(model, folder)
    try:
        return restore_recommender(model, state, data)
    except ConfigError as error:
        raise ArtifactError(
            f"The settings of the fitted '{model}' in {folder} cannot be read: {error} "
            "Use the version of kgrec that saved them, or train again."
        ) from None
    except KgrecError:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # The files can be read, but do not hold what this model writes.
        raise ArtifactError(
            f"{folder} is damaged: it does not hold a fitted '{model}' "
            f"({type(error).__name__}: {error}). Train again."
        ) from error


def write_evaluation(result: EvaluationResult, path: Path) -> None:
    """Keep a result beside the run; a crash leaves none or a whole one."""
    write_json(path, result.to_json())


def read_evaluation(path: Path) -> EvaluationResult | None:
    """The kept result; None when there is none or it cannot be read and is better made again."""
    try:
        return EvaluationResult.from_json(read_json(path))
    except (ArtifactError, KeyError, TypeError, ValueError):
        return None
