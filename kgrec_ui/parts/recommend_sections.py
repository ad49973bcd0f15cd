"""The sections of the Recommend page; only the open one is computed, and a link can name it."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.feedback_log import feedback_log
from kgrec_ui.parts.heat_map import heat_map
from kgrec_ui.parts.recommendation import list_and_reasons
from kgrec_ui.parts.side_by_side import side_by_side
from kgrec_ui.parts.user_profile import user_profile
from kgrec_ui.parts.what_if import what_if
from kgrec_ui.parts.why_not import why_not
from kgrec_ui.state import Widget
from kgrec_ui.views.feedback_view import adjustment_words

__all__ = ["count_feedback", "show_section"]


def count_feedback(run: RunRecord, user_id: str) -> Asked:
    """The user with the feedback that counts; says so, and can be switched off to compare."""
    with reported_errors(stop=True):
        asked = caching_recommend.ask(run, user_id)
        if asked.adjustment.is_empty:
            return asked
        ignores_links = caching_recommend.adapted(asked).ignores_links
        words = adjustment_words(asked.adjustment, ignores_links=ignores_links)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/thumbs_up_down: {words}", width="stretch")
        is_counted = st.toggle(
            "Count feedback",
            value=True,
            key=Widget.RECOMMEND_ALL_FEEDBACK,
            help="Off: the page shows what the run says without feedback. Nothing is forgotten.",
        )
    return asked if is_counted else caching_recommend.ask(run, user_id, with_feedback=False)


def show_section(section: str, run: RunRecord, asked: Asked, k: int) -> None:
    """Draw the open section."""
    if section == "profile":
        user_profile(run, asked, k)
    elif section == "why-not":
        why_not(run, asked, k)
    elif section == "what-if":
        what_if(run, asked, k)
    elif section == "heat":
        heat_map(asked, k)
    elif section == "compare":
        side_by_side(run, asked, k)
    elif section == "feedback":
        feedback_log(run, k)
    else:
        list_and_reasons(run, asked, k)
