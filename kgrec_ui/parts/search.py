"""A search of settings on the page: trials as they come, and what was best."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import JobRecord
from kgrec_ui import caching
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.guards import reported_errors
from kgrec_ui.job_panel import start_job
from kgrec_ui.plots.tuning_plot import draw_trials
from kgrec_ui.state import Widget
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.tuning_view import TuningView, tuning_view
from kgrec_ui.views.words import as_markdown

__all__ = ["search_outcome", "show_trials"]

TABLE_HEIGHT = 260
COLUMNS = {
    "Best": st.column_config.TextColumn(width=45),
    "Trial": st.column_config.NumberColumn(width=55),
    "Settings": st.column_config.TextColumn(width="large"),
    "Time": st.column_config.TextColumn(width=70),
    "Note": st.column_config.TextColumn(width=140),
}


def show_trials(job: JobRecord) -> None:
    """What a search has tried so far; says so before the first trial is done."""
    view = _view(job)
    if view is None:
        st.caption("The first trial, with the default settings, is on its way.")
        return
    st.markdown(f":gray[{as_markdown(view.sentence)}]")
    show_figure(
        draw_trials(view, current_palette()),
        key=Widget.SEARCH_USE.of(job.job_id, "chart"),
        alt=f"Value of each trial and the best so far. {view.sentence}",
    )
    show_table(
        view.table,
        alt="All trials with value, settings and time.",
        height=TABLE_HEIGHT,
        column_config=COLUMNS,
        key=Widget.SEARCH_USE.of(job.job_id, "table"),
    )


def search_outcome(job: JobRecord) -> None:
    """The trials of a search that is over, and a button that trains with the best settings."""
    view = _view(job)
    if view is None:
        return
    asked = job.payload["settings"]
    with st.container(border=True):
        words, button = st.columns([5, 3], vertical_alignment="center", gap="large")
        with words:
            section_heading(f"Best settings of {model_name(asked['model'])}")
            told = [f"{label} **{as_markdown(value)}**" for label, value in view.best_settings]
            st.markdown(", ".join(told) or "The default settings are the best that was found.")
        can_train = view.best_number is not None
        if button.button(
            "Train with these settings",
            key=Widget.SEARCH_USE,
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=not can_train,
        ):
            _train(job)
        show_trials(job)


def _train(job: JobRecord) -> None:
    result = caching.trials(job)
    if result is None:
        return
    settings = {**job.payload["settings"], "model_settings": result.settings}
    start_job("train", {"dataset": job.payload["dataset"], "settings": settings})
    st.rerun()


def _view(job: JobRecord) -> TuningView | None:
    with reported_errors():
        result = caching.trials(job)
        if result is not None:
            return tuning_view(result, n_trials=job.payload["tuning"]["n_trials"])
    return None
