"""Settings of a training run, what it will cost, and the runs so far."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kgrec_core.config import TrainSettings, checked
from kgrec_core.data.dataset import Dataset
from kgrec_core.errors import ConfigError
from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching
from kgrec_ui.active import use_run
from kgrec_ui.components import reader_timezone, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.job_panel import start_job
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_when
from kgrec_ui.views.labels import MODEL_HELP, SPLIT_HELP, model_name, split_name
from kgrec_ui.views.train_view import (
    MODALITY_SWITCHES,
    SettingField,
    cost_view,
    model_options,
    possible_splits,
    runs_table,
)

__all__ = ["run_list", "take_run", "training_form"]

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
        values = {"model": _model(), **_split(dataset)}
        values |= _modalities(values["model"])
        seed, own = _advanced(values["model"])
        values["seed"] = seed
        values["model_settings"] = {**values["model_settings"], **own}
    with right, reported_errors():
        _check_modalities(values["model_settings"])
        settings = checked(TrainSettings, values)
        _cost_and_start(record, dataset, settings, is_busy=is_busy)


def take_run(result: dict[str, Any]) -> None:
    """Work with the run that a job has made."""
    use_run(caching.workspace().resolve_run(str(result["run"])))


def run_list(record: DatasetRecord, in_use: str | None) -> None:
    """All runs on this data set, and which one the other pages use."""
    runs = caching.workspace().runs(record.fingerprint)
    st.header("Runs on this data set", anchor=False)
    if not runs:
        empty_state(
            "No run yet",
            "Finished runs appear here with their accuracy, time and memory, to be compared.",
            icon=":material/list_alt:",
        )
        return
    names = {
        run.run_id: f"{model_name(run.model)} · {format_when(run.created_at, reader_timezone())}"
        f" · {run.run_id}"
        for run in runs
    }
    ids = list(names)
    # The select box follows the run in use, which may also come from the address.
    st.session_state[Widget.ACTIVATE_RUN] = in_use
    st.selectbox(
        "Run that all pages use",
        ids,
        format_func=lambda run_id: names.get(run_id, run_id),
        key=Widget.ACTIVATE_RUN,
        on_change=_activate,
        width=620,
    )
    show_table(
        runs_table(runs, in_use=in_use, timezone=reader_timezone()),
        alt="Finished runs with accuracy, time and memory.",
        height=430,
        key=Widget.RUN_TABLE,
    )
    st.caption(
        "NDCG@20 and Recall@20 are measured on the held-out test part; higher is better. "
        "Only runs with the same split can be compared."
    )


def _activate() -> None:
    with reported_errors():
        use_run(caching.workspace().resolve_run(str(st.session_state[Widget.ACTIVATE_RUN])))


def _model() -> str:
    options = list(model_options())
    chosen: str = st.radio(
        "Model",
        options,
        format_func=model_name,
        captions=[MODEL_HELP.get(name, "") for name in options],
        key=Widget.TRAIN_MODEL,
        persist_state="session",
    )
    return chosen


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


def _modalities(model: str) -> dict[str, Any]:
    if model != "fusion":
        return {"text_model": "none", "model_settings": {}}
    chosen = st.pills(
        "What the model may use",
        list(MODALITY_SWITCHES),
        selection_mode="multi",
        default=list(MODALITY_SWITCHES),
        format_func=MODALITY_SWITCHES.__getitem__,
        key=Widget.TRAIN_MODALITIES,
        persist_state="session",
        help="Switch parts off to see what each one brings.",
    )
    switches = {name: name in chosen for name in MODALITY_SWITCHES}
    text_model = "none"
    if switches["use_text"]:
        text_model = _text_model()
    return {"text_model": text_model, "model_settings": switches}


def _check_modalities(settings: dict[str, Any]) -> None:
    if not any(settings.get(name, True) for name in MODALITY_SWITCHES):
        raise ConfigError(
            f"Switch on at least one of {', '.join(MODALITY_SWITCHES.values())}: "
            "a model needs something to learn from."
        )


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


def _advanced(model: str) -> tuple[int, dict[str, Any]]:
    with st.expander("More settings", icon=":material/tune:"):
        columns = st.columns(3)
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
        for position, field in enumerate(caching.model_fields(model), start=1):
            with columns[position % 3]:
                own[field.name] = _setting(model, field)
    return int(seed), own


def _setting(model: str, field: SettingField) -> Any:
    common: dict[str, Any] = {
        "key": Widget.TRAIN_SETTING.of(model, field.name),
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


def _cost_and_start(
    record: DatasetRecord, dataset: Dataset, settings: TrainSettings, *, is_busy: bool
) -> None:
    cost = cost_view(
        dataset,
        model=settings.model,
        uses_text=settings.text_model != "none",
        runs=caching.workspace().runs(record.fingerprint),
    )
    with st.container(border=True):
        st.markdown("#### What it will take")
        for what, amount, why in cost.lines:
            st.markdown(f"{what}: **{amount}**  \n:gray[:small[{why}]]")
        if st.button(
            "Train",
            key=Widget.TRAIN_START,
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=is_busy,
        ):
            start_job(
                "train",
                {"dataset": record.fingerprint, "settings": settings.model_dump(mode="json")},
            )
            st.rerun()
        st.caption("Runs beside the app: you can leave this page or close the browser.")
