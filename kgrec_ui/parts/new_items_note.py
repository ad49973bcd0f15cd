"""What decides how far new items reach, in a few words."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.guards import empty_state
from kgrec_ui.views.reach_view import placing_obstacle, quiet_words
from kgrec_ui.views.words import as_markdown

__all__ = ["can_place", "new_items_note"]


def can_place(run: RunRecord) -> bool:
    """Whether the run can place items that nobody has chosen; says why where it cannot."""
    obstacle = placing_obstacle(caching.loaded_run(run.run_id))
    if obstacle:
        empty_state(
            "This run cannot place new items",
            as_markdown(obstacle),
            icon=":material/block:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
    return not obstacle


def new_items_note(run: RunRecord) -> None:
    """How loud this run lets new items be, where the model chooses that."""
    words = quiet_words(caching.loaded_run(run.run_id))
    if words:
        st.info(words, icon=":material/info:")
