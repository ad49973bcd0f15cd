"""The run in use on its test part: metrics next to simple models, cold and warm."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers
from kgrec_ui.components import current_palette, metric_row, show_figure, show_table
from kgrec_ui.guards import reported_errors, stop_with_empty_state
from kgrec_ui.job_panel import start_job
from kgrec_ui.plots.metrics_plot import draw_dots, draw_slices
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_count, format_score, format_share
from kgrec_ui.views.evaluation_view import (
    METRICS,
    dot_view,
    metric_table,
    slice_view,
    view_table,
)
from kgrec_ui.views.labels import model_name, split_name
from kgrec_ui.views.words import as_markdown

__all__ = ["all_results", "choose_metric", "headline", "models", "slices", "this_run"]

BASELINES = ("popularity", "item-knn", "ease")


def this_run(run: RunRecord, *, is_busy: bool) -> None:
    """All about the run in use: headline, models next to it, cold and warm."""
    own = headline(run)
    results = all_results(run, own, is_busy=is_busy)
    metric, k = choose_metric(own)
    models(results, run, metric, k)
    slices(results, run, metric, k)


def headline(run: RunRecord) -> EvaluationResult:
    """The metrics of the run in use; without a test part the page ends with what to do."""
    split = str(run.settings.get("split", {}).get("name", "random"))
    if split == "none":
        stop_with_empty_state(
            "Nothing was held out",
            f"The run {run.run_id} was trained on all interactions, so nothing is left to "
            "measure on. Train it again with a test part.",
            icon=":material/rule:",
            page="pages/3_Train.py",
            link="Train with a test part",
        )
    with reported_errors(stop=True):
        own = caching.evaluation(run.run_id)
    k = own.ks[-1]
    metric_row(
        [
            ("Test users", format_count(own.n_users), "Users with something held out."),
            *(
                (f"{METRICS[name].label}@{k}", format_score(own.metrics[f"{name}@{k}"]), gloss)
                for name, gloss in ((name, METRICS[name].gloss) for name in ("ndcg", "recall"))
            ),
            (
                f"Coverage@{k}",
                format_share(own.metrics[f"coverage@{k}"]),
                METRICS["coverage"].gloss,
            ),
            (
                f"Novelty@{k}",
                f"{format_score(own.metrics[f'novelty@{k}'])} bits",
                METRICS["novelty"].gloss,
            ),
        ]
    )
    st.caption(f"Split: {split_name(split)}. Items that a user had in training are not ranked.")
    return own


def choose_metric(own: EvaluationResult) -> tuple[str, int]:
    """Metric and cutoff that the plots show."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    offered = [name for name in METRICS if f"{name}@{own.ks[0]}" in own.metrics]
    metric = left.segmented_control(
        "Metric",
        offered,
        default=offered[0],
        format_func=lambda name: METRICS[name].label,
        key=Widget.EVALUATE_METRIC,
        required=True,
    )
    k = right.segmented_control(
        "Length of the list",
        own.ks,
        default=own.ks[-1],
        format_func=lambda value: f"first {value}",
        key=Widget.EVALUATE_METRIC.of("k"),
        required=True,
    )
    return str(metric), int(k or own.ks[-1])


def all_results(
    run: RunRecord, own: EvaluationResult, *, is_busy: bool
) -> dict[str, EvaluationResult]:
    """The run and its baselines by name; offers to measure the baselines when they are missing."""
    results = {_main(run): own}
    kept: dict[str, EvaluationResult] = {}
    with reported_errors():
        kept = caching_answers.kept_baselines(run.run_id, own.ks)
        results |= {model_name(name): result for name, result in kept.items()}
    missing = [name for name in BASELINES if name not in kept]
    if missing and not is_busy:
        _offer_baselines(run, missing, own.ks)
    return results


def models(results: Mapping[str, EvaluationResult], run: RunRecord, metric: str, k: int) -> None:
    """All models on one metric, and on all metrics as a table."""
    view = dot_view(results, metric, k, main=_main(run))
    with st.container(border=True):
        st.markdown(f"**Models on the same test part**  \n:gray[{as_markdown(view.sentence)}]")
        show_figure(
            draw_dots(view, current_palette()), key="models", alt=f"Dot plot. {view.sentence}"
        )
        table = metric_table(results, k)
        st.caption("Mean over the test users, 95 % interval in parentheses.")
        show_table(table.to_pandas(), alt="All metrics of all models, means with intervals.")
        _download(results, run)


def slices(results: Mapping[str, EvaluationResult], run: RunRecord, metric: str, k: int) -> None:
    """The same metric on items and users with and without training data."""
    if f"{metric}@{k}" not in next(iter(results.values())).per_user:
        st.info(
            f"{METRICS[metric].label} is a number of all lists together, so it has no cold and "
            "warm part. Choose another metric to see them."
        )
        return
    view = slice_view(results, metric, k, main=_main(run))
    with st.container(border=True):
        st.markdown(f"**Cold and warm**  \n:gray[{as_markdown(view.sentence)}]")
        show_figure(
            draw_slices(view, current_palette()),
            key="slices",
            alt=f"Dot plot of the cold and warm parts. {view.sentence}",
            table=view_table(view).to_pandas(),
        )


def _main(run: RunRecord) -> str:
    return f"{model_name(run.model)} (this run)"


def _offer_baselines(run: RunRecord, missing: list[str], ks: tuple[int, ...]) -> None:
    names = ", ".join(model_name(name) for name in missing)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**A number means little alone.** Simple models on the same test part show "
            f"whether it is good. Not measured yet: {names}."
        )
        if st.button("Measure baselines", key=Widget.EVALUATE_BASELINES, type="primary"):
            start_job("evaluate", {"run": run.run_id, "ks": list(ks), "baselines": list(missing)})
            st.rerun()


def _download(results: Mapping[str, EvaluationResult], run: RunRecord) -> None:
    rows = [
        {
            "model": model,
            "metric": name,
            "mean": value,
            "low": result.intervals.get(name, (None, None))[0],
            "high": result.intervals.get(name, (None, None))[1],
        }
        for model, result in results.items()
        for name, value in result.metrics.items()
    ]
    st.download_button(
        "Download all metrics (CSV)",
        pl.DataFrame(rows).write_csv(),
        file_name=f"metrics-{run.run_id}.csv",
        mime="text/csv",
        key=Widget.EVALUATE_EXPORT,
        on_click="ignore",
        icon=":material/download:",
    )
