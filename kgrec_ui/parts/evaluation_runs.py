"""Two runs side by side: who is better in what, and what differs in their settings."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_measurements
from kgrec_ui.components import current_palette, show_figure, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.plots.benchmark_plot import draw_changes
from kgrec_ui.state import Widget
from kgrec_ui.views.comparison_view import run_label, settings_table, split_conflict
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.words import as_markdown

__all__ = ["two_runs"]

CUTOFFS = (10, 20)


def two_runs(run: RunRecord) -> None:
    """Is one run better than another, on the same users, in words."""
    runs = {found.run_id: found for found in caching.workspace().runs(run.dataset_fingerprint)}
    if len(runs) < 2:
        empty_state(
            "There is one run only",
            "Train a second one on this data, with other settings or another model, to compare "
            "them here.",
            icon=":material/difference:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
        return
    a_id, b_id, k = _choose(run, runs)
    if a_id == b_id:
        st.info("These are the same run. Choose another one to compare with.")
        return
    conflict = split_conflict(runs[a_id], runs[b_id])
    if conflict:
        st.warning(conflict, icon=":material/difference:")
        return
    with reported_errors():
        _shown(runs[a_id], runs[b_id], k)


def _shown(a: RunRecord, b: RunRecord, k: int) -> None:
    names = f"A ({model_name(a.model)})", f"B ({model_name(b.model)})"
    view = caching_measurements.comparison(a.run_id, b.run_id, names, f"ndcg@{k}")
    with st.container(border=True):
        st.markdown(f"**{as_markdown(view.sentence)}**")
        st.caption(
            "Both lists of each user are compared; whiskers are 95 % intervals over users. "
            "To the right of 0 A is better."
        )
        show_figure(
            draw_changes(view.rows, view.axis_title, current_palette()),
            key="chart:two-runs",
            alt=f"Dot plot with intervals. {view.sentence}",
        )
        show_table(view.table.to_pandas(), alt=f"Differences of all metrics. {view.sentence}")
    rest = (
        "All other settings are the same."
        if a.model == b.model
        else "Settings of different models have nothing to do with each other and are left out."
    )
    st.markdown(f"**What differs between them**  \n:gray[{rest}]")
    show_table(
        settings_table(a, b).to_pandas(),
        alt="Settings and times in which the two runs differ.",
    )


def _choose(run: RunRecord, runs: Mapping[str, RunRecord]) -> tuple[str, str, int]:
    ids = list(runs)
    others = [id_ for id_ in ids if id_ != run.run_id]
    same = [id_ for id_ in others if not split_conflict(run, runs[id_])]
    left, right, last = st.columns([4, 4, 2], vertical_alignment="bottom")
    a_id = left.selectbox(
        "Run A",
        ids,
        index=ids.index(run.run_id),
        format_func=lambda id_: run_label(runs[id_]),
        key=Widget.EVALUATE_COMPARE.of("a"),
    )
    b_id = right.selectbox(
        "Run B",
        ids,
        index=ids.index((same or others)[0]),
        format_func=lambda id_: run_label(runs[id_]),
        key=Widget.EVALUATE_COMPARE.of("b"),
    )
    k = last.segmented_control(
        "Length of the list",
        CUTOFFS,
        default=CUTOFFS[-1],
        format_func=lambda value: f"first {value}",
        key=Widget.EVALUATE_COMPARE.of("k"),
        required=True,
    )
    return str(a_id), str(b_id), int(k or CUTOFFS[-1])
