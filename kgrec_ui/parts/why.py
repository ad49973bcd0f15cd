"""Why an item has its score: the reasons at once, every part of the sum when it is wanted."""

from __future__ import annotations

import streamlit as st

from kgrec_ui.components import section_heading
from kgrec_ui.parts.explanation import show_score
from kgrec_ui.state import Widget
from kgrec_ui.views.score_view import ScoreView
from kgrec_ui.views.words import as_markdown

__all__ = ["why"]


def why(view: ScoreView, *, key: str) -> None:
    """Sentences, and below a switch the whole section of the Recommend page.

    Four charts, a drawing and three tables cost the browser seconds at every step, so they wait
    until somebody asks.

    Args:
        view: what is shown.
        key: sets it apart from a second one on the page.
    """
    is_wanted = st.toggle(
        "Show every part of the score",
        key=Widget.COLD_APART,
        persist_state="session",
        help="Bars from the bias to the score, attention, modalities, paths and all contributions.",
    )
    if is_wanted:
        show_score(view, key=key)
        return
    section_heading(f"Why “{as_markdown(view.item_label)}”?")
    if view.note:
        st.info(view.note, icon=":material/visibility_off:")
        return
    lines = [f"- {as_markdown(line.text)} :gray[{line.value}]" for line in view.reasons]
    st.markdown("\n".join(lines) or view.silence)
    st.markdown(f":gray[{as_markdown(view.by_reason.statement)}]")
