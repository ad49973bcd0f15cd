"""The sections of a page: one is open, only that one is computed, and a link can name it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kgrec_ui.state import Param, Widget, get_state

__all__ = ["choose_section"]


def choose_section(sections: Mapping[str, str], widget: Widget) -> str:
    """Which section is open; kept in the page address as `part`, and over visits to other pages.

    Args:
        sections: name in the address -> label; the first one opens when none is named.
        widget: key of the control, and what the choice is remembered under.
    """
    first = next(iter(sections))
    kept = f"{widget}:{Param.PART}"  # pages share the parameter, not the choice
    asked = st.query_params.get(Param.PART, get_state().kept.get(kept, ""))
    st.session_state[widget] = asked if asked in sections else first

    def remember() -> None:
        st.query_params[Param.PART] = st.session_state[widget]

    chosen = st.segmented_control(
        "Section",
        list(sections),
        format_func=sections.__getitem__,
        key=widget,
        label_visibility="collapsed",
        required=True,
        on_change=remember,
    )
    section = str(chosen or first)
    get_state().kept[kept] = section
    st.query_params[Param.PART] = section
    return section
