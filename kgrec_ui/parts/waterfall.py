"""The waterfall of one score, and below it the terms of the modality that is chosen."""

from __future__ import annotations

import streamlit as st

from kgrec_ui.components import current_palette, show_figure, show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.plots.waterfall_plot import draw_waterfall
from kgrec_ui.state import Widget
from kgrec_ui.theme import MODALITY_NAMES, format_count
from kgrec_ui.views.score_view import ScoreView
from kgrec_ui.views.waterfall_view import (
    WaterfallView,
    spoken_modalities,
    terms_of,
    terms_sentence,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["waterfall"]

ALL = "All"
GROUPINGS = ("One bar per reason", "One bar per contribution")
TABLE_HEIGHT = 420
TERM_COLUMNS = {
    "what": st.column_config.TextColumn("What", width=330),
    "modality": st.column_config.TextColumn("Modality", width=190),
    "part of the score": st.column_config.NumberColumn(
        "Part of the score", format="%.6f", width=130
    ),
    "bar": st.column_config.TextColumn(
        "Bar", width=110, help="A bar of its own, or the one of all smaller ones of the modality."
    ),
}


def waterfall(view: ScoreView, key: str) -> None:
    """Bars from bias to score; a click on one, or the pills below, lists a modality."""
    if not view.by_reason.terms.height:
        _bias_alone(view)
        return
    with st.container(border=True):
        title, choice = st.columns([3, 2], vertical_alignment="center")
        title.markdown("**From bias to score**")
        grouping = choice.segmented_control(
            "One bar per",
            GROUPINGS,
            default=GROUPINGS[0],
            key=Widget.RECOMMEND_GROUPING.of(key),
            required=True,
            label_visibility="collapsed",
        )
        steps = view.by_reason if grouping == GROUPINGS[0] else view.by_contribution
        _sum(steps)
        chart, chosen = f"{key}:waterfall", Widget.RECOMMEND_MODALITY.of(key)
        show_figure(
            draw_waterfall(steps, current_palette()),
            key=chart,
            alt=f"Waterfall of the score. {steps.statement}",
            on_select=lambda: _take_click(chart, chosen),
            selection_mode="points",
        )
        st.caption(
            "Hatched bars lower the score. Point at a bar for what is behind it. Click it, or "
            "choose its modality here, to list every term."
        )
        _terms(steps, key, chosen)


def _bias_alone(view: ScoreView) -> None:
    """Two bars of the same length would say no more than the sum in words."""
    with st.container(border=True):
        st.markdown("**From bias to score**")
        _sum(view.by_reason)


def _sum(steps: WaterfallView) -> None:
    if steps.is_exact:
        st.markdown(f":gray[{as_markdown(steps.statement)}]")
    else:
        st.error(steps.statement, icon=":material/error:")


def _terms(steps: WaterfallView, key: str, widget: str) -> None:
    """The same numbers as a table, by modality."""
    counts = {ALL: steps.terms.height, **spoken_modalities(steps)}
    if st.session_state.get(widget) not in (None, *counts):
        st.session_state[widget] = None
    chosen: str | None = st.pills(
        "List the terms of",
        list(counts),
        format_func=lambda name: f"{name} ({format_count(counts[name])})",
        key=widget,
    )
    if chosen is None:
        return
    modality = None if chosen == ALL else chosen
    st.markdown(as_markdown(terms_sentence(steps, modality)))
    shown = terms_of(steps, modality).to_pandas()
    show_table(
        shown,
        row_height=fitting_rows(shown, {"what": 50}),
        alt=f"Terms of the score. {terms_sentence(steps, modality)}",
        height=TABLE_HEIGHT,
        column_config=TERM_COLUMNS,
        key=f"{key}:terms",
    )


def _take_click(chart: str, widget: str) -> None:
    """The modality of the bar that was clicked; bias and score have none and list everything."""
    points = st.session_state[chart]["selection"]["points"]
    if points:
        modality = str(points[0]["customdata"][2])
        st.session_state[widget] = MODALITY_NAMES.get(modality, ALL)
