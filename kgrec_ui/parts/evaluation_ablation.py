"""Ablation: the model of the run with each of its parts switched off."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_measurements
from kgrec_ui.components import current_palette, show_figure
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.evaluation_jobs import job_button, offer_job
from kgrec_ui.plots.benchmark_plot import draw_changes
from kgrec_ui.state import Widget
from kgrec_ui.views.ablation_view import ablation_view, n_switches
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.measuring_plans import ablation_payload, cost_words
from kgrec_ui.views.words import as_markdown

__all__ = ["ablation"]

NO_BREAK = "\u00a0%"


def ablation(run: RunRecord, *, is_busy: bool) -> None:
    """The latest kept ablation of the run's model, or the offer to make one."""
    n_parts = n_switches(run.model)
    if not n_parts:
        empty_state(
            f"{model_name(run.model)} has no parts to switch off",
            "It learns from behavior alone. Train a fusion model to see what behavior, the "
            "knowledge graph and texts bring.",
            icon=":material/extension_off:",
            page="pages/3_Train.py",
            link="Train a fusion model",
        )
        return
    with reported_errors():
        report = _latest(run)
        if report is None:
            offer_job(
                "What does each part bring?",
                "The model is fitted again without the knowledge graph, without texts, and so on; "
                f"what is lost is what the part brings. {cost_words(run, n_parts + 1)}",
                button="Measure every part",
                kind="benchmark",
                payload=ablation_payload(run),
                widget=Widget.ABLATION_START,
                icon=":material/extension:",
                is_busy=is_busy,
            )
            return
        _shown(report)
        job_button(
            "Measure with the settings of this run",
            kind="benchmark",
            payload=ablation_payload(run),
            widget=Widget.ABLATION_START,
            is_busy=is_busy,
            is_main=False,
        )


def _latest(run: RunRecord) -> BenchmarkReport | None:
    found = caching_measurements.benchmarks(run.dataset_fingerprint)
    fitting = (
        report
        for report in found
        if report.settings["ablation"]
        and report.settings["reference"] == run.model
        and "accuracy" in report.settings["protocols"]
    )
    return next(fitting, None)


def _shown(report: BenchmarkReport) -> None:
    view = ablation_view(report, f"ndcg@{max(report.settings['ks'])}")
    with st.container(border=True):
        st.markdown(f"**{as_markdown(view.headline)}**")
        st.caption(view.how)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            show_figure(
                draw_changes(view.rows, view.axis_title, current_palette()),
                key="chart:ablation",
                alt=f"Dot plot with intervals. {view.headline}",
                table=view.table.to_pandas(),
            )
        lines = "\n".join(f"- {as_markdown(row.sentence)}" for row in view.rows)
        right.markdown(lines.replace(" %", NO_BREAK))
