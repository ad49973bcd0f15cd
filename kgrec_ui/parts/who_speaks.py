"""Which modalities speak for a list, against another list of the same person."""

from __future__ import annotations

import streamlit as st

from kgrec_ui.components import current_palette, show_figure
from kgrec_ui.plots.gate_shift_plot import draw_gate_shift
from kgrec_ui.views.step_answer import GateShift
from kgrec_ui.views.words import as_markdown

__all__ = ["who_speaks"]


def who_speaks(
    shift: GateShift, silent: str, *, heading: str, before_word: str, note: str, key: str
) -> None:
    """Share and gate of each modality before and now, in a frame.

    Args:
        shift: of the modalities.
        silent: the sentence in place of the bars, where none but popularity speaks; else "".
        heading: what is held against what, after "Who speaks: ".
        before_word: name of the hollow bars.
        note: small print below the bars.
        key: of the figure.
    """
    with st.container(border=True):
        if silent:
            st.markdown(f"**Who speaks**\n\n:gray[{silent}]")
            return
        st.markdown(f"**Who speaks: {heading}**\n\n:gray[{as_markdown(shift.sentence)}]")
        show_figure(
            draw_gate_shift(shift, current_palette(), before_word=before_word),
            key=key,
            alt=f"Share and gate of each modality, {before_word} and now. {shift.sentence}",
            table=shift.table.to_pandas(),
        )
        st.caption(note)
