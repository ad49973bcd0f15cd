"""Long tail: one slider, and what holding popular items back costs and brings."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.long_tail import LongTailCurve
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_measurements
from kgrec_ui.components import current_palette, show_figure
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.evaluation_jobs import offer_job
from kgrec_ui.plots.trade_off_plot import draw_long_tail_trade_off
from kgrec_ui.state import Widget
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.long_tail_view import long_tail_view
from kgrec_ui.views.words import as_markdown

__all__ = ["long_tail"]


def long_tail(run: RunRecord, *, is_busy: bool) -> None:
    """The trade-off of the run, or the offer to measure it."""
    if run.model != "fusion":
        empty_state(
            f"{model_name(run.model)} cannot hold popular items back",
            "Only fusion models have that setting. Train one on this data, or choose a fusion run "
            "on the Train page.",
            icon=":material/landscape:",
            page="pages/3_Train.py",
            link="Train a fusion model",
        )
        return
    with reported_errors():
        curve = caching_measurements.long_tail(run.run_id)
        if curve is None:
            offer_job(
                "More of the catalog, at what price?",
                "Popular items can be held back so that rare ones come up. The run is measured at "
                "21 strengths on its test part, without fitting it anew. It takes under a minute "
                "for a few thousand users.",
                button="Measure the trade-off",
                kind="long-tail",
                payload={"run": run.run_id},
                widget=Widget.TAIL_START,
                icon=":material/landscape:",
                is_busy=is_busy,
            )
            return
        _shown(curve)


def _shown(curve: LongTailCurve) -> None:
    strength = st.slider(
        "How much popular items are held back",
        min_value=0.0,
        max_value=1.0,
        value=curve.own_strength,
        step=0.05,
        key=Widget.TAIL_STRENGTH,
        persist_state="session",
        help="0 is the most accurate; at 1 the most popular item loses a whole typical largest "
        "score.",
    )
    view = long_tail_view(curve, strength)
    with st.container(border=True):
        st.markdown(f"**{as_markdown(view.sentence)}**")
        show_figure(
            draw_long_tail_trade_off(view, current_palette()),
            key="chart:long-tail",
            alt=f"Accuracy, tail and catalog over the strength. {view.sentence}",
            table=view.table.to_pandas(),
        )
        st.caption(
            f"{view.how} This run was trained with {curve.own_strength:g}; to use another "
            "strength, train with “Long tail” set to it under More settings."
        )
