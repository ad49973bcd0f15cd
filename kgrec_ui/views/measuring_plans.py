"""What a page asks of a measuring job, and what it will cost in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import format_seconds
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.words import counted

__all__ = [
    "NEWCOMER_RIVALS",
    "ablation_payload",
    "benchmark_payload",
    "cost_words",
    "newcomer_payload",
]

NEWCOMER_RIVALS = ("ease", "popularity", "anil")
MODELS_WITH_TEXT = ("fusion", "fusion-network", "anil")


def benchmark_payload(
    run: RunRecord, models: Sequence[str], protocols: Sequence[str], n_seeds: int
) -> dict[str, Any]:
    """Models next to each other on the data of a run; its own model with the run's settings."""
    reference = run.model if run.model in models or not models else models[0]
    settings = _settings(run) | {
        "models": list(models),
        "protocols": list(protocols),
        "seeds": list(range(n_seeds)),
        "reference": reference,
    }
    return {"dataset": run.dataset_fingerprint, "settings": settings}


def ablation_payload(run: RunRecord) -> dict[str, Any]:
    """The model of a run with each of its parts switched off, on one split."""
    settings = _settings(run) | {
        "models": [run.model],
        "reference": run.model,
        "ablation": True,
        "n_explained": 0,
    }
    return {"dataset": run.dataset_fingerprint, "settings": settings}


def newcomer_payload(run: RunRecord) -> dict[str, Any]:
    """The model of a run and its rivals on users of whom only a few choices are known."""
    models = list(dict.fromkeys([run.model, *NEWCOMER_RIVALS]))
    settings = _settings(run) | {
        "models": models,
        "protocols": ["few-shot"],
        "reference": run.model,
        "n_explained": 0,
    }
    return {"dataset": run.dataset_fingerprint, "settings": settings}


def cost_words(run: RunRecord, n_fits: int) -> str:
    """How long it takes, judged by the fit of the run."""
    seconds = sum(run.seconds.get(stage, 0.0) for stage in ("fit", "evaluate"))
    words = counted(n_fits, "fit")
    if not seconds:
        return f"{words}, a few seconds each for the simple models."
    return (
        f"{words}; one of {model_name(run.model)} took {format_seconds(seconds)} when this run was "
        f"made, so reckon with up to {format_seconds(max(60.0, n_fits * (seconds + 5)))}. "
        "It runs beside the app and goes on where it was stopped."
    )


def _settings(run: RunRecord) -> dict[str, Any]:
    """What all measurements take over from a run."""
    values = run.settings
    found: dict[str, Any] = {"model_settings": {run.model: values.get("model_settings", {})}}
    split = values.get("split", {})
    if split and split.get("name") != "none":
        found["split"] = split
    if run.model in MODELS_WITH_TEXT:
        found["text_model"] = values.get("text_model", "minilm")
    return found
