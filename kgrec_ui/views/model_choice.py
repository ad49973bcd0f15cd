"""The models in groups that an analyst understands, and how far the scores of each can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from kgrec_core.data.dataset import Dataset
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.presets import PRESETS, Preset
from kgrec_ui.views.labels import MODEL_HELP

__all__ = [
    "MODALITY_SWITCHES",
    "MODEL_GROUPS",
    "ModelGroup",
    "available_parts",
    "group_of",
    "has_links",
    "idle_settings",
    "model_caption",
    "preset_label",
    "readability",
]

Readability = Literal["parts", "choices", "same", "whole"]

MODALITY_SWITCHES = {
    "use_collaborative": "Behavior",
    "use_graph": "Knowledge graph",
    "use_text": "Text",
    "use_social": "Friends",
    "use_attributes": "User attributes",
}


_ONLY_WITH = {
    "text_neighbors": "use_text",
    "adapt_text": "use_text",
    "use_embedding": "use_graph",
    "kg_model": "use_graph",
}
"""Settings of the fusion model that change nothing without a part."""


@dataclass(frozen=True)
class ModelGroup:
    """A few models of one kind.

    Attributes:
        key: short name.
        label: for people.
        help: what they have in common, one or two sentences.
        models: registry names, the suggested one first.
    """

    key: str
    label: str
    help: str
    models: tuple[str, ...]


MODEL_GROUPS: tuple[ModelGroup, ...] = (
    ModelGroup(
        "fusion",
        "Fusion",
        "The model of kgrec. It adds up what behavior, the knowledge graph, texts, friends and "
        "user attributes say, and shows every part of the sum.",
        ("fusion",),
    ),
    ModelGroup(
        "simple",
        "Simple and strong",
        "They learn from behavior alone, in seconds, and are hard to beat where histories are "
        "long. A good bar for everything else.",
        ("ease", "item-knn", "rp3beta", "popularity"),
    ),
    ModelGroup(
        "factors",
        "Factor models",
        "They learn a short vector for each user and item from behavior alone.",
        ("als", "bpr-mf", "mf-softmax", "lightgcn"),
    ),
    ModelGroup(
        "neural",
        "Neural networks",
        "Trained in many small steps, so they take longest; to be compared with. Their scores "
        "cannot be read.",
        ("kgat", "fusion-network", "anil"),
    ),
)

_READABILITY: dict[str, Readability] = {
    "fusion": "parts",
    "popularity": "same",
    **dict.fromkeys(("ease", "item-knn", "rp3beta", "als"), "choices"),
}
_READS: dict[Readability, str] = {
    "parts": ":green[:material/visibility:] Scores can be read: every part, with its paths.",
    "choices": ":green[:material/visibility:] Scores can be read: one part per past choice.",
    "same": ":green[:material/visibility:] Scores can be read: how popular an item is.",
    "whole": ":orange[:material/visibility_off:] Scores cannot be read: one number for the "
    "whole profile.",
}


def group_of(model: str) -> ModelGroup:
    """The group of a model; the first one for a model of none."""
    return next((group for group in MODEL_GROUPS if model in group.models), MODEL_GROUPS[0])


def readability(model: str) -> Readability:
    """How far a score can be taken apart: by part, by past choice, not at all.

    "same" is for a model whose scores are popularity alone.
    """
    return _READABILITY.get(model, "whole")


def model_caption(model: str) -> str:
    """What a model does and whether its scores can be read, as Markdown."""
    return f"{MODEL_HELP[model]}  \n{_READS[readability(model)]}"


def available_parts(dataset: Dataset) -> tuple[str, ...]:
    """The switches of the fusion model that have something to switch on this data."""
    parts = ["use_collaborative"]
    if has_links(dataset):
        parts.append("use_graph")
    if any(dataset.documents):
        parts.append("use_text")
    if dataset.social.size:
        parts.append("use_social")
    if any(column.owner == "user" for column in dataset.columns):
        parts.append("use_attributes")
    return tuple(parts)


def idle_settings(dataset: Dataset) -> frozenset[str]:
    """Settings of the fusion model that change nothing on this data: it has no texts or links."""
    parts = available_parts(dataset)
    return frozenset(name for name, part in _ONLY_WITH.items() if part not in parts)


def has_links(dataset: Dataset) -> bool:
    """True when a column, a tag or a triple says what items have in common."""
    has_column = any(column.owner == "item" for column in dataset.columns)
    return has_column or bool(dataset.tags.height or dataset.triples.height)


def preset_label(model: str, model_settings: Mapping[str, Any]) -> str:
    """The preset that settings of a run agree with; "Own" for none, "" for other models."""
    if model != "fusion":
        return ""
    try:  # the command line keeps numbers as they were typed
        settings = FusionSettings.model_validate(dict(model_settings))
    except ValidationError:  # a run of another version
        return "Own"
    return next((preset.label for preset in PRESETS if _agrees(preset, settings)), "Own")


def _agrees(preset: Preset, settings: FusionSettings) -> bool:
    """Same values as the preset in every setting that some preset changes."""
    wanted = FusionSettings(**preset.model_settings)
    changed = {name for other in PRESETS for name in other.model_settings}
    return all(getattr(settings, name) == getattr(wanted, name) for name in changed)
