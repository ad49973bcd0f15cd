"""Settings of a training run: model, preset, split, parts, and all the rest below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from kgrec_core.config import CountedFeedback, TrainSettings, checked
from kgrec_core.data.dataset import Dataset
from kgrec_core.errors import ConfigError
from kgrec_core.recommender.presets import PRESETS, Preset
from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching, caching_recommend
from kgrec_ui.active import use_run
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.start_card import start_card
from kgrec_ui.state import Widget
from kgrec_ui.views.cost_view import MODELS_WITH_TEXT
from kgrec_ui.views.feedback_view import feedback_words
from kgrec_ui.views.labels import SPLIT_HELP, model_name, split_name
from kgrec_ui.views.model_choice import (
    MODALITY_SWITCHES,
    MODEL_GROUPS,
    available_parts,
    idle_settings,
    model_caption,
)
from kgrec_ui.views.train_view import SettingField, possible_splits

__all__ = ["take_run", "training_form"]

TEXT_MODELS = {
    "minilm": "MiniLM (comes with kgrec)",
    "none": "None",
    "own": "Own model folder",
}


def training_form(record: DatasetRecord, *, is_busy: bool) -> None:
    """Choose, see the cost, start.

    Args:
        record: what is trained on.
        is_busy: a training job is shown already, so no other can be started from here.
    """
    with reported_errors(stop=True):
        dataset = caching.dataset(record.fingerprint)
    left, right = st.columns([2, 1], gap="large")
    with left:
        model = _model()
        preset = _preset(model)
        values = {"model": model, **_split(dataset), **_modalities(model, dataset)}
        counted = _feedback(record)
        seed, own = _advanced(model, preset, idle_settings(dataset))
        values["seed"] = seed
        values["model_settings"] = {**values["model_settings"], **own}
    with right, reported_errors():
        _check_modalities(values["model_settings"])
        settings = checked(TrainSettings, values).model_copy(update={"feedback": counted})
        start_card(record, dataset, settings, preset.label if preset else "", is_busy=is_busy)


def take_run(result: dict[str, Any]) -> None:
    """Work with the run that a job has made."""
    use_run(caching.workspace().resolve_run(str(result["run"])))


def _model() -> str:
    """First the kind of model, then the model."""
    keys = [group.key for group in MODEL_GROUPS]
    labels = {group.key: group.label for group in MODEL_GROUPS}
    key = st.segmented_control(
        "Kind of model",
        keys,
        default=keys[0],
        required=True,
        format_func=labels.__getitem__,
        key=Widget.TRAIN_GROUP,
        persist_state="session",
    )
    group = next(group for group in MODEL_GROUPS if group.key == key)
    st.caption(group.help)
    if len(group.models) == 1:
        return group.models[0]
    chosen: str = st.radio(
        "Model",
        group.models,
        format_func=model_name,
        captions=[model_caption(name) for name in group.models],
        key=Widget.TRAIN_MODEL.of(group.key),
        persist_state="session",
    )
    return chosen


def _preset(model: str) -> Preset | None:
    """A named set of settings; only the fusion model has them."""
    if model != "fusion":
        return None
    names = {preset.name: preset for preset in PRESETS}
    chosen: str = st.radio(
        "Preset",
        list(names),
        format_func=lambda name: names[name].label,
        captions=[preset.description for preset in PRESETS],
        key=Widget.TRAIN_PRESET,
        persist_state="session",
    )
    return names[chosen]


def _split(dataset: Dataset) -> dict[str, Any]:
    options = possible_splits(dataset)
    left, right = st.columns([3, 2], vertical_alignment="top")
    with left:
        name = st.selectbox(
            "Hold out for the test",
            options,
            format_func=split_name,
            key=Widget.TRAIN_SPLIT,
            persist_state="session",
            help="What is held out is never shown to training; accuracy is measured on it.",
        )
        st.caption(SPLIT_HELP[name])
    values: dict[str, Any] = {"name": name}
    has_share = name in ("random", "temporal", "cold-items", "cold-users")
    with right:
        percent = st.slider(
            "Test share (%)",
            min_value=5,
            max_value=50,
            value=20,
            step=5,
            key=Widget.TRAIN_TEST_SHARE,
            persist_state="session",
            disabled=not has_share,
        )
    if has_share:
        values["test_fraction"] = percent / 100
    return {"split": values}


def _modalities(model: str, dataset: Dataset) -> dict[str, Any]:
    """What is switched on; only parts that this data has can be switched."""
    if model != "fusion":
        reads = model in MODELS_WITH_TEXT
        return {"text_model": _text_model() if reads else "none", "model_settings": {}}
    parts = available_parts(dataset)
    chosen = st.pills(
        "What the model may use",
        parts,
        selection_mode="multi",
        default=parts,
        format_func=MODALITY_SWITCHES.__getitem__,
        key=Widget.TRAIN_MODALITIES.of(*parts),
        persist_state="session",
        help="Switch parts off to see what each one brings.",
    )
    # Parts that the data does not have are off only when all others are: then nothing is left.
    switches = {name: name in chosen for name in parts}
    if not chosen:
        switches = dict.fromkeys(MODALITY_SWITCHES, False)
    text_model = _text_model() if switches.get("use_text") else "none"
    return {"text_model": text_model, "model_settings": switches}


def _check_modalities(settings: dict[str, Any]) -> None:
    if not any(settings.get(name, True) for name in MODALITY_SWITCHES):
        raise ConfigError("Switch on at least one part: a model needs something to learn from.")


def _feedback(record: DatasetRecord) -> CountedFeedback:
    """What people said about recommendations, if the training is to count it."""
    with reported_errors(stop=True):
        said = caching_recommend.counted(record.fingerprint)
    if said.is_empty:
        return said
    is_wanted = st.toggle(
        "Count feedback",
        key=Widget.TRAIN_FEEDBACK,
        persist_state="session",
        help="Likes become interactions, disliked items are not shown to that user, blocked links "
        "are left out of the graph. What is held out for the test stays held out.",
    )
    st.caption(f"{feedback_words(said)} so far.")
    return said if is_wanted else CountedFeedback()


def _text_model() -> str:
    kind: str = st.selectbox(
        "Text model",
        list(TEXT_MODELS),
        format_func=TEXT_MODELS.__getitem__,
        key=Widget.TRAIN_TEXT_MODEL,
        persist_state="session",
        help="Turns descriptions into numbers, on this machine. Nothing is sent anywhere.",
        width=320,
    )
    if kind != "own":
        return kind
    path: str = st.text_input(
        "Folder of a sentence-transformers model",
        key=Widget.TRAIN_TEXT_PATH,
        persist_state="session",
        placeholder="/models/my-encoder",
    )
    return path.strip() or "none"


def _advanced(
    model: str, preset: Preset | None, idle: frozenset[str]
) -> tuple[int, dict[str, Any]]:
    """Seed and settings of the model but the idle ones; the preset's are their start values."""
    starts = preset.model_settings if preset else {}
    with st.expander("More settings", icon=":material/tune:"):
        columns = st.columns(2, gap="medium")
        with columns[0]:
            seed = st.number_input(
                "Seed",
                min_value=0,
                value=0,
                key=Widget.TRAIN_SEED,
                persist_state="session",
                help="The same data, settings and seed give the same numbers.",
            )
        own: dict[str, Any] = {}
        fields = [field for field in caching.model_fields(model) if field.name not in idle]
        for position, field in enumerate(fields, start=1):
            with columns[position % len(columns)]:
                start = starts.get(field.name, field.default)
                name = preset.name if preset else ""
                own[field.name] = _setting(model, name, replace(field, default=start))
    return int(seed), own


def _setting(model: str, preset: str, field: SettingField) -> Any:
    common: dict[str, Any] = {
        "key": Widget.TRAIN_SETTING.of(model, preset, field.name),
        "help": field.help or None,
        "persist_state": "session",
    }
    if field.kind == "switch":
        return st.toggle(field.label, value=bool(field.default), **common)
    if field.kind == "choice":
        return st.selectbox(
            field.label, field.choices, index=field.choices.index(field.default), **common
        )
    if field.kind == "text":
        return st.text_input(field.label, value=str(field.default), **common)
    as_type = int if field.kind == "whole" else float
    return st.number_input(
        field.label,
        min_value=None if field.low is None else as_type(field.low),
        max_value=None if field.high is None else as_type(field.high),
        value=as_type(field.default),
        **common,
    )
