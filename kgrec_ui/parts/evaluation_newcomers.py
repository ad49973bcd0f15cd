"""Short histories: how good the lists are for people of whom little is known."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_measurements
from kgrec_ui.components import current_palette, show_figure
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.evaluation_jobs import job_button, offer_job
from kgrec_ui.plots.length_plot import draw_short_histories
from kgrec_ui.state import Widget
from kgrec_ui.views.labels import metric_name, model_name
from kgrec_ui.views.measuring_plans import NEWCOMER_RIVALS, cost_words, newcomer_payload
from kgrec_ui.views.short_history_view import (
    measured_models,
    missing_models,
    short_history_view,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["newcomers"]

OFFERED = ("ndcg", "recall", "hit_rate")


def newcomers(run: RunRecord, *, is_busy: bool) -> None:
    """Curves over the number of known items, or the offer to measure them."""
    payload = newcomer_payload(run)
    with reported_errors():
        report = _latest(run)
        if report is None:
            offer_job(
                "How much must be known about a person?",
                "A fifth of the users is hidden from training. 1, 3, 5 and 10 of their items are "
                "shown to each model, and the rest has to be found; next to this model stand "
                "item regression, the popular items and meta-learning. "
                f"{cost_words(run, len({run.model, *NEWCOMER_RIVALS}))}",
                button="Measure short histories",
                kind="benchmark",
                payload=payload,
                widget=Widget.SHORT_START,
                icon=":material/person_add:",
                is_busy=is_busy,
            )
            return
        _shown(report, run)
        job_button(
            "Measure with the settings of this run",
            kind="benchmark",
            payload=payload,
            widget=Widget.SHORT_START,
            is_busy=is_busy,
            is_main=False,
        )


def _latest(run: RunRecord) -> BenchmarkReport | None:
    """The latest benchmark with newcomers that holds the run's model and most of its rivals."""
    found = caching_measurements.benchmarks(run.dataset_fingerprint)
    fitting = [report for report in found if run.model in measured_models(report)]
    return max(fitting, key=lambda report: -len(missing_models(report, run.model)), default=None)


def _shown(report: BenchmarkReport, run: RunRecord) -> None:
    k = max(report.settings["ks"])
    metric = st.segmented_control(
        "Metric",
        [f"{name}@{k}" for name in OFFERED],
        default=f"ndcg@{k}",
        format_func=metric_name,
        key=Widget.SHORT_METRIC,
        required=True,
    )
    view = short_history_view(report, str(metric or f"ndcg@{k}"), main=run.model)
    missing = missing_models(report, run.model)
    if missing:
        names = ", ".join(model_name(model) for model in missing)
        st.caption(f"Not measured yet: {names}. The button below measures all of them.")
    with st.container(border=True):
        st.markdown(f"**{as_markdown(view.sentence)}**")
        st.caption(view.how)
        show_figure(
            draw_short_histories(view, current_palette()),
            key="chart:short-histories",
            alt=f"Lines over the number of known items. {view.sentence}",
            table=view.table.to_pandas(),
        )
