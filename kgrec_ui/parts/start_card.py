"""What training will take and the button that starts it, or a search of settings instead."""

from __future__ import annotations

import streamlit as st

from kgrec_core.config import TrainSettings
from kgrec_core.data.dataset import Dataset
from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching
from kgrec_ui.components import section_heading
from kgrec_ui.job_panel import start_job
from kgrec_ui.state import Widget
from kgrec_ui.views.cost_view import FAST, cost_view
from kgrec_ui.views.tuning_view import range_words
from kgrec_ui.views.words import as_markdown

__all__ = ["start_card"]

TASKS = {"train": "Train", "search": "Search settings"}
BESIDE = "Runs beside the app: you can leave this page or close the browser."


def start_card(
    record: DatasetRecord, dataset: Dataset, settings: TrainSettings, preset: str, *, is_busy: bool
) -> None:
    """One of two tasks: train once, or try settings first where the model has some to try."""
    with st.container(border=True):
        task = "train"
        if caching.search_space(settings.model):
            task = st.segmented_control(
                "What to do",
                list(TASKS),
                default="train",
                required=True,
                format_func=TASKS.__getitem__,
                key=Widget.TRAIN_TASK,
                persist_state="session",
                width="stretch",
            )
        if task == "search":
            _search(record, settings, is_busy=is_busy)
        else:
            _train(record, dataset, settings, preset, is_busy=is_busy)


def _train(
    record: DatasetRecord, dataset: Dataset, settings: TrainSettings, preset: str, *, is_busy: bool
) -> None:
    cost = cost_view(
        dataset,
        model=settings.model,
        uses_text=settings.text_model != "none",
        runs=caching.workspace().runs(record.fingerprint),
        preset=preset,
    )
    section_heading("What it will take")
    for what, amount, why in cost.lines:
        st.markdown(f"{what}: **{amount}**  \n:gray[:small[{why}]]")
    if _start_button("Train", Widget.TRAIN_START, is_busy=is_busy):
        start_job("train", _payload(record, settings))
        st.rerun()
    st.caption(BESIDE)
    if settings.model == "fusion" and preset != FAST:
        st.caption("Fusion weighs its settings on held-out choices itself while it trains.")


def _search(record: DatasetRecord, settings: TrainSettings, *, is_busy: bool) -> None:
    space = caching.search_space(settings.model)
    st.caption(
        "Tries settings on the validation part and keeps the best. The test part is not touched."
    )
    trials, minutes = st.columns(2)
    n_trials = trials.number_input(
        "Trials",
        min_value=2,
        max_value=200,
        value=20,
        key=Widget.SEARCH_TRIALS,
        persist_state="session",
        help="The first trial has the default settings.",
    )
    cap = minutes.number_input(
        "Minutes at most",
        min_value=1,
        max_value=600,
        value=10,
        key=Widget.SEARCH_MINUTES,
        persist_state="session",
        help="No trial goes on after this time, except the first.",
    )
    if _start_button("Start the search", Widget.SEARCH_START, is_busy=is_busy):
        # What the search may choose is not held fixed; all other settings stay as they are above.
        kept = {name: value for name, value in settings.model_settings.items() if name not in space}
        fixed = settings.model_copy(update={"model_settings": kept})
        tuning = {"n_trials": int(n_trials), "max_seconds": 60.0 * cap, "seed": settings.seed}
        start_job("tune", _payload(record, fixed) | {"tuning": tuning})
        st.rerun()
    st.caption(BESIDE)
    lines = [as_markdown(line) for line in range_words(space)]
    st.markdown("  \n".join([":small[**What is tried**]", *(f":small[{line}]" for line in lines)]))


def _start_button(label: str, widget: Widget, *, is_busy: bool) -> bool:
    return st.button(
        label,
        key=widget,
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=is_busy,
    )


def _payload(record: DatasetRecord, settings: TrainSettings) -> dict[str, object]:
    return {"dataset": record.fingerprint, "settings": settings.model_dump(mode="json")}
