"""Settings of a run as controls, their cost in words, and the list of finished runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import pandas as pd
from pydantic import BaseModel

from kgrec_core.config import SplitName
from kgrec_core.data.dataset import Dataset
from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import (
    format_bytes,
    format_score,
    format_seconds,
    format_share,
    format_when,
)
from kgrec_ui.views.labels import model_name, split_name
from kgrec_ui.views.model_choice import MODALITY_SWITCHES, preset_label

__all__ = [
    "SettingField",
    "possible_splits",
    "runs_table",
    "setting_fields",
    "setting_label",
]

_USES = {
    "use_collaborative": "behavior",
    "use_graph": "graph",
    "use_embedding": "embedding",
    "use_text": "text",
    "use_social": "friends",
    "use_attributes": "attributes",
}
_OTHERS_USE = {
    "popularity": "counts",
    "kgat": "behavior + graph",
    "fusion-network": "behavior + graph + text",
    "anil": "behavior + graph + text",
}
RUN_COLUMNS = (
    *("In use", "Model", "Trained", "Uses", "Split"),
    *("NDCG@20", "Recall@20", "Time", "Memory"),
)
MANY_PARTS = 3
"""From here on it is shorter to say what a run does not use."""
THREE_PARTS = ("use_collaborative", "use_graph", "use_text")
_SETTING_LABELS = {
    "cold_item_cost": "Price of showing new items",
    "n_rounds": "Rounds of the search",
    "selection_k": "List length to choose by",
    "text_neighbors": "Texts to listen to",
    "n_neighbors": "Neighbors per item",
    "use_vectors": "Learned item vectors",
    "graph_vectors": "Links shape item vectors",
    "use_embedding": "Vectors learned from links",
    "kg_model": "How links are learned",
    "use_neighbors": "Items chosen together",
    "use_order": "Order of choices",
    "use_few_shots": "Help for short histories",
    "long_tail": "Hold back popular items",
    "l2": "Smoothing (L2)",
    "embedding_dim": "Length of the vectors",
    "n_layers": "Layers",
    "n_iterations": "Rounds",
    "n_steps": "Steps",
    "n_heads": "Attention heads",
    "n_negatives": "Items compared with",
    "n_epochs": "Passes over the users",
    "max_epochs": "Most passes over the users",
    "epochs_without_validation": "Passes without validation",
    "batch_users": "Users per step",
    "users_per_batch": "Users per step",
}


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
                label=setting_label(name),
                help=info.description or "",
                kind=kind,
                default=info.get_default(call_default_factory=True),
                low=_limit(info.metadata, ("ge", "gt")),
                high=_limit(info.metadata, ("le", "lt")),
                choices=choices,
            )
        )
    return fields


def setting_label(name: str) -> str:
    """A setting as people read it."""
    return _SETTING_LABELS.get(name, name.replace("_", " ").capitalize())


def possible_splits(dataset: Dataset) -> list[SplitName]:
    """The kinds of split that this data allows, the suggested one first."""
    splits: list[SplitName] = ["random"]
    if dataset.given_parts is not None:
        splits.insert(0, "given")
    if dataset.interactions.has_times:
        splits += ["leave-last-out", "temporal"]
    return [*splits, "cold-items", "cold-users", "none"]


def runs_table(
    runs: Sequence[RunRecord],
    *,
    in_use: str | None,
    timezone: str | None,
    parts: Sequence[str] = THREE_PARTS,
) -> pd.DataFrame:
    """One row per run, in the order given; `parts` are the switches that this data has."""
    rows = []
    for run in runs:
        split = run.settings.get("split", {})
        share = split.get("test_fraction")
        has_share = split.get("name") not in ("given", "none", "leave-last-out")
        rows.append(
            {
                "In use": "✓" if run.run_id == in_use else "",
                "Model": _model_words(run),
                "Trained": format_when(run.created_at, timezone),
                "Uses": _uses(run, parts) + (" + feedback" if run.settings.get("feedback") else ""),
                "Split": split_name(str(split.get("name", "")))
                + (f", {format_share(share)}" if share and has_share else ""),
                "NDCG@20": _metric(run, "ndcg@20"),
                "Recall@20": _metric(run, "recall@20"),
                "Time": format_seconds(sum(run.seconds.values())),
                "Memory": format_bytes(run.peak_memory_mb * 1e6),
            }
        )
    return pd.DataFrame(rows, columns=RUN_COLUMNS)


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


def _metric(run: RunRecord, name: str) -> str:
    return format_score(run.metrics[name]) if name in run.metrics else "–"


def _model_words(run: RunRecord) -> str:
    """The model with its preset: "Fusion, accurate"."""
    preset = preset_label(run.model, run.settings.get("model_settings", {})).lower()
    words = "own settings" if preset == "own" else preset
    return f"{model_name(run.model)}, {words}" if words else model_name(run.model)


def _uses(run: RunRecord, parts: Sequence[str]) -> str:
    if run.model != "fusion":
        return _OTHERS_USE.get(run.model, "behavior")
    chosen = run.settings.get("model_settings", {})
    names = [_USES[part] for part in parts if chosen.get(part, True)]
    if run.settings.get("text_model") == "none" and "text" in names:
        names.remove("text")
    missing = [_USES[part] for part in parts if _USES[part] not in names]
    if len(parts) >= MANY_PARTS and len(missing) <= 1:
        return f"all but {missing[0]}" if missing else "everything"
    return " + ".join(names)
