"""What decides how far new items reach, in a few words."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.views.reach_view import quiet_words

__all__ = ["new_items_note"]


def new_items_note(run: RunRecord) -> None:
    """How loud this run lets new items be, where the model chooses that."""
    words = quiet_words(caching.loaded_run(run.run_id))
    if words:
        st.info(words, icon=":material/volume_down:")
