"""The profile of one user: what was done when, and which entities carry the list."""

from __future__ import annotations

import base64

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.recommendation import first_items
from kgrec_ui.plots.path_plot import draw_paths, drawing_height
from kgrec_ui.plots.timeline_plot import draw_timeline
from kgrec_ui.theme import format_count
from kgrec_ui.views.portrait_view import PortraitView
from kgrec_ui.views.recommendation_view import user_view
from kgrec_ui.views.words import as_markdown

__all__ = ["user_profile"]

TABLE_HEIGHT = 420
PORTRAIT_COLUMNS = {
    "interest": st.column_config.TextColumn("Entity", width=150),
    "kind": st.column_config.TextColumn("Kind", width=75),
    "by": st.column_config.TextColumn("Linked by", width=105),
    "part of the scores": st.column_config.NumberColumn(
        "Part of the scores", format="%.4f", width=118
    ),
    "items of the list": st.column_config.NumberColumn("Items of the list", format="%d", width=104),
    "from the history": st.column_config.TextColumn("From the history", width=210),
}


def user_profile(run: RunRecord, asked: Asked, k: int) -> None:
    """History and interest portrait."""
    with reported_errors(stop=True):
        user = caching_recommend.adapted(asked)
        dataset = caching.dataset(run.dataset_fingerprint)
        view = user_view(dataset, dataset.users.index_of(asked.user_id), user.evidence)
    section_heading(as_markdown(view.title))
    if not user.evidence.item_indices.size:
        empty_state(
            "No history",
            "The model knows no choice of this user, so there is nothing to draw. "
            "The section List and reasons shows what everybody gets.",
            icon=":material/history_toggle_off:",
        )
    else:
        _history(asked, view.history)
    with reported_errors(stop=True):
        items = first_items(asked, k)
        portrait = caching_recommend.portrait(asked, items)
    _portrait(portrait, len(items))


def _history(asked: Asked, words: str) -> None:
    timeline = caching_recommend.timeline(asked)
    with st.container(border=True):
        st.markdown("**History**")
        st.markdown(f":gray[{as_markdown(f'{words} {timeline.sentence}'.strip())}]")
        if timeline.kind != "none":
            show_figure(
                draw_timeline(timeline, current_palette()),
                key="timeline",
                alt=f"History of the user. {timeline.sentence}",
                table=timeline.table.to_pandas(),
            )


def _portrait(view: PortraitView, n_items: int) -> None:
    if view.is_empty:
        empty_state("No interest portrait", as_markdown(view.sentence), icon=":material/hub:")
        return
    with st.container(border=True):
        st.markdown(f"**Interest portrait: what carries the first {n_items}**")
        st.markdown(f":gray[{as_markdown(view.sentence)}]")
        page = draw_paths(view.drawing, current_palette())
        # A data address has no origin, so nothing in the drawing can reach the app around it.
        encoded = base64.b64encode(page.encode()).decode()
        st.iframe(
            f"data:text/html;charset=utf-8;base64,{encoded}",
            height=drawing_height(view.drawing),
            alt=f"Drawing of interests; the table below says the same. {view.sentence}",
        )
        st.caption(
            "Left: choices of the history. Right: entities, strongest in larger letters. The wider "
            "a line, the more of the scores travels along it; dashed lines lower scores. Dotted "
            "lines are no links of the data: people with the one often choose what has the other."
        )
        with st.expander(f"All entities as a table ({format_count(view.table.height)})"):
            st.caption("A path through two entities counts for both.")
            shown = view.table.to_pandas()
            show_table(
                shown,
                row_height=fitting_rows(shown, {"interest": 21, "from the history": 30}),
                alt="Entities with their part of the scores of the list.",
                height=TABLE_HEIGHT,
                column_config=PORTRAIT_COLUMNS,
                key="portrait",
            )
