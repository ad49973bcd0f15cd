"""Benchmark: choose models and start it; kept ones as plot, words and table."""

from __future__ import annotations

import streamlit as st

from kgrec_core.config import MODEL_NAMES
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_measurements
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.evaluation_jobs import job_button
from kgrec_ui.plots.benchmark_plot import draw_benchmark
from kgrec_ui.state import Widget
from kgrec_ui.views.benchmark_view import (
    PROTOCOL_HELP,
    PROTOCOL_NAMES,
    benchmark_view,
    compares_models,
    measured_metrics,
    measured_parts,
    part_name,
    report_label,
)
from kgrec_ui.views.labels import metric_name, model_name
from kgrec_ui.views.measuring_plans import benchmark_payload, cost_words
from kgrec_ui.views.words import as_markdown

__all__ = ["benchmark"]

RIVALS = ("ease", "item-knn", "popularity")
MOST_SEEDS = 5


def benchmark(run: RunRecord, *, is_busy: bool) -> None:
    """The form, folded once something is measured, and the kept results."""
    with reported_errors():
        found = caching_measurements.benchmarks(run.dataset_fingerprint)
        kept = [report for report in found if report.means and compares_models(report)]
        if not kept:
            section_heading(":material/leaderboard: No benchmark yet")
            st.markdown(
                "Fit several models on the same splits, test each difference, and see what each "
                "model costs."
            )
        with st.expander("Measure models", expanded=not kept, icon=":material/play_arrow:"):
            _form(run, is_busy=is_busy)
        if kept:
            _kept(kept)


def _form(run: RunRecord, *, is_busy: bool) -> None:
    default = list(dict.fromkeys([run.model, *RIVALS]))
    models = st.multiselect(
        "Models",
        MODEL_NAMES,
        default=default,
        format_func=model_name,
        key=Widget.BENCHMARK_MODELS,
        help=f"{model_name(run.model)} is measured with the settings of the run in use and is the "
        "one that all others are compared with; the others take their defaults.",
    )
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    protocols = left.pills(
        "Measured on",
        list(PROTOCOL_NAMES),
        selection_mode="multi",
        default=["accuracy"],
        format_func=PROTOCOL_NAMES.__getitem__,
        key=Widget.BENCHMARK_PROTOCOLS,
        help="  \n".join(
            f"**{PROTOCOL_NAMES[name]}**: {PROTOCOL_HELP[name]}." for name in PROTOCOL_HELP
        ),
    )
    n_seeds = right.number_input(
        "Seeds",
        min_value=1,
        max_value=MOST_SEEDS,
        value=1,
        key=Widget.BENCHMARK_SEEDS,
        help="Each seed is another split and another fit.",
    )
    n_fits = len(models) * len(protocols) * int(n_seeds)
    st.caption(cost_words(run, n_fits) if n_fits else "Choose at least one model and one measure.")
    job_button(
        "Start the benchmark",
        kind="benchmark",
        payload=benchmark_payload(run, models, protocols, int(n_seeds)),
        widget=Widget.BENCHMARK_START,
        is_busy=is_busy or not n_fits,
    )


def _kept(kept: list[BenchmarkReport]) -> None:
    place = 0
    if len(kept) > 1:
        place = st.selectbox(
            "Benchmark",
            range(len(kept)),
            format_func=lambda number: report_label(kept[number]),
            key=Widget.BENCHMARK_REPORT,
        )
    report = kept[place]
    protocol, part, metric = _choose(report)
    view = benchmark_view(report, protocol, part, metric)
    with st.container(border=True):
        st.markdown(f"**{as_markdown(view.sentence)}**")
        st.caption(view.how)
        show_figure(
            draw_benchmark(view, current_palette()),
            key="chart:benchmark",
            alt=f"Dot plot with intervals. {view.sentence}",
        )
        number = st.column_config.NumberColumn
        show_table(
            view.table.to_pandas(),
            alt=f"All models with metrics, tests and costs. {view.sentence}",
            column_config={
                **{metric_name(name): number(format="%.3f") for name in measured_metrics(report)},
                "Fit (s)": number(format="%.1f", help="Mean over the seeds, on this machine."),
                "Users per s": number(format="localized", help="Users whose items are scored."),
                "Memory (MB)": number(
                    format="%.0f", help="Most at one time, of the whole process."
                ),
            },
        )
        for failure in view.failures:
            st.warning(f"Not measured: {failure}", icon=":material/error:")


def _choose(report: BenchmarkReport) -> tuple[str, str, str]:
    parts, metrics = measured_parts(report), measured_metrics(report)
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    protocol, part = left.selectbox(
        "Measured on",
        parts,
        format_func=lambda found: part_name(*found),
        key=Widget.BENCHMARK_PART,
    )
    metric = right.segmented_control(
        "Metric",
        metrics,
        default=metrics[0],
        format_func=metric_name,
        key=Widget.BENCHMARK_METRIC,
        required=True,
    )
    return protocol, part, str(metric or metrics[0])
