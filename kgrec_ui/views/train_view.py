"""Settings of a run as controls, their cost in words, and the list of finished runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import pandas as pd
from pydantic import BaseModel

from kgrec_core.config import MODEL_NAMES, SplitName
from kgrec_core.data.dataset import Dataset
from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import (
    format_bytes,
    format_count,
    format_score,
    format_seconds,
    format_share,
    format_when,
)
from kgrec_ui.views.labels import model_name, split_name

__all__ = [
    "MODALITY_SWITCHES",
    "CostView",
    "SettingField",
    "cost_view",
    "model_options",
    "possible_splits",
    "runs_table",
    "setting_fields",
]

MODALITY_SWITCHES = {
    "use_collaborative": "Behavior",
    "use_graph": "Knowledge graph",
    "use_text": "Text",
}
_USES = {"use_collaborative": "behavior", "use_graph": "graph", "use_text": "text"}
_SETTING_LABELS = {
    "cold_item_cost": "Price of showing new items",
    "n_rounds": "Rounds of the search",
    "selection_k": "List length to choose by",
    "text_neighbors": "Texts to listen to",
    "n_neighbors": "Neighbors per item",
}
WORDS_PER_SECOND = 3000.0
"""Words that the packaged text model encodes per second on one core (measured, 32-bit floats)."""
ENCODER_START_SECONDS = 10.0
START_SECONDS = 5.0
MULTIPLICATIONS_PER_SECOND = 2e10
SOLVES = 14
"""Dense systems that the search on the validation part solves, about."""
PROGRAM_BYTES = 6e8
ENCODER_BYTES = 6e8
DENSE_MATRICES = 4


@dataclass(frozen=True)
class SettingField:
    """One setting of a model as a control.

    Attributes:
        name: as the core calls it.
        label: as people read it.
        help: what it does.
        kind: which control shows it.
        default: used unless changed.
        low: smallest allowed value, None for no limit.
        high: largest allowed value, None for no limit.
        choices: allowed values of a choice.
    """

    name: str
    label: str
    help: str
    kind: Literal["switch", "whole", "number", "choice", "text"]
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class CostView:
    """What training will take, in words.

    Attributes:
        lines: (what, how much, why) each.
        is_measured: the time comes from an earlier run and not from a rule of thumb.
    """

    lines: tuple[tuple[str, str, str], ...]
    is_measured: bool


def setting_fields(settings_class: type[BaseModel]) -> list[SettingField]:
    """The controls of a model, except the switches of modalities."""
    fields = []
    for name, info in settings_class.model_fields.items():
        if name in MODALITY_SWITCHES:
            continue
        kind, choices = _kind(info.annotation)
        fields.append(
            SettingField(
                name=name,
                label=_SETTING_LABELS.get(name, name.replace("_", " ").capitalize()),
                help=info.description or "",
                kind=kind,
                default=info.get_default(call_default_factory=True),
                low=_limit(info.metadata, ("ge", "gt")),
                high=_limit(info.metadata, ("le", "lt")),
                choices=choices,
            )
        )
    return fields


def possible_splits(dataset: Dataset) -> list[SplitName]:
    """The kinds of split that this data allows, the suggested one first."""
    splits: list[SplitName] = ["random"]
    if dataset.given_parts is not None:
        splits.insert(0, "given")
    if dataset.interactions.has_times:
        splits += ["leave-last-out", "temporal"]
    return [*splits, "cold-items", "cold-users", "none"]


def cost_view(
    dataset: Dataset, *, model: str, uses_text: bool, runs: Sequence[RunRecord]
) -> CostView:
    """Texts to encode, time and memory of one training run.

    Args:
        dataset: what it is trained on.
        model: registry name.
        uses_text: whether item texts are encoded.
        runs: earlier runs on the same data, newest first; their times are the best guess.
    """
    texts = [text for text in dataset.documents if text] if uses_text else []
    n_words = sum(len(text.split()) for text in texts)
    earlier = next((run for run in runs if run.model == model), None)
    lines = []
    if model == "fusion":
        lines.append(_text_line(texts, n_words, uses_text))
    if earlier is not None:
        seconds = sum(earlier.seconds.values())
        lines.append(("Time", f"about {format_seconds(seconds)}", "as long as the last such run"))
    else:
        seconds = _seconds(dataset, model, n_words)
        lines.append(("Time", _rough(seconds), "a rule of thumb for this machine"))
    lines.append(_memory_line(dataset, model, bool(texts), earlier))
    return CostView(tuple(lines), earlier is not None)


def runs_table(
    runs: Sequence[RunRecord], *, in_use: str | None, timezone: str | None
) -> pd.DataFrame:
    """One row per run, in the order given."""
    rows = []
    for run in runs:
        split = run.settings.get("split", {})
        share = split.get("test_fraction")
        has_share = split.get("name") not in ("given", "none", "leave-last-out")
        rows.append(
            {
                "In use": "✓" if run.run_id == in_use else "",
                "Model": model_name(run.model),
                "Uses": _uses(run),
                "Trained": format_when(run.created_at, timezone),
                "Split": split_name(str(split.get("name", "")))
                + (f", {format_share(share)}" if share and has_share else ""),
                "NDCG@20": _metric(run, "ndcg@20"),
                "Recall@20": _metric(run, "recall@20"),
                "Time": format_seconds(sum(run.seconds.values())),
                "Memory": format_bytes(run.peak_memory_mb * 1e6),
            }
        )
    columns = ["In use", "Model", "Uses", "Trained", "Split", "NDCG@20", "Recall@20"]
    return pd.DataFrame(rows, columns=[*columns, "Time", "Memory"])


def model_options() -> tuple[str, ...]:
    """All models, the suggested one first."""
    return MODEL_NAMES


def _kind(
    annotation: Any,
) -> tuple[Literal["switch", "whole", "number", "choice", "text"], tuple[Any, ...]]:
    if get_origin(annotation) is Literal:
        return "choice", get_args(annotation)
    if annotation is bool:
        return "switch", ()
    if annotation is int:
        return "whole", ()
    if annotation is float:
        return "number", ()
    return "text", ()


def _limit(metadata: Sequence[Any], names: tuple[str, ...]) -> float | None:
    for rule in metadata:
        for name in names:
            value = getattr(rule, name, None)
            if value is not None:
                return float(value)
    return None


def _text_line(texts: Sequence[str], n_words: int, uses_text: bool) -> tuple[str, str, str]:
    if not uses_text:
        return ("Texts", "none", "text is switched off")
    if not texts:
        return ("Texts", "none", "no item of this data set has a text")
    mean = n_words / len(texts)
    return (
        "Texts to read",
        format_count(len(texts)),
        f"{format_count(mean)} words each; read once, then kept",
    )


def _seconds(dataset: Dataset, model: str, n_words: int) -> float:
    side = min(dataset.n_users, dataset.n_items)
    solve = (side**3 + len(dataset.interactions) * 50) / MULTIPLICATIONS_PER_SECOND
    n_solves = {"fusion": SOLVES, "ease": 4}.get(model, 0)
    encoding = ENCODER_START_SECONDS + n_words / WORDS_PER_SECOND if n_words else 0.0
    return START_SECONDS + encoding + n_solves * solve


def _rough(seconds: float) -> str:
    """A guess without false digits."""
    for limit, words in (
        (15, "under 15 s"),
        (45, "under a minute"),
        (150, "1 to 3 minutes"),
        (600, "3 to 10 minutes"),
        (3600, "10 minutes to an hour"),
    ):
        if seconds < limit:
            return words
    return "more than an hour"


def _memory_line(
    dataset: Dataset, model: str, has_text: bool, earlier: RunRecord | None
) -> tuple[str, str, str]:
    if earlier is not None:
        return (
            "Memory",
            format_bytes(earlier.peak_memory_mb * 1e6),
            "the peak of the last such run",
        )
    side = min(dataset.n_users, dataset.n_items) if model == "fusion" else dataset.n_items
    matrices = 0 if model == "popularity" else DENSE_MATRICES
    needed = PROGRAM_BYTES + matrices * 4.0 * side**2 + (ENCODER_BYTES if has_text else 0)
    return ("Memory", f"about {format_bytes(needed)}", "program, text model and dense matrices")


def _metric(run: RunRecord, name: str) -> str:
    return format_score(run.metrics[name]) if name in run.metrics else "–"


def _uses(run: RunRecord) -> str:
    if run.model != "fusion":
        return "behavior"
    chosen = run.settings.get("model_settings", {})
    names = [word for key, word in _USES.items() if chosen.get(key, True)]
    if run.settings.get("text_model") == "none" and "text" in names:
        names.remove("text")
    return " + ".join(names)
