"""The sections of the Cold start page; only the open one is computed, and a link can name it."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui.parts.many_items import many_items
from kgrec_ui.parts.new_item import new_item
from kgrec_ui.parts.newcomer import newcomer
from kgrec_ui.parts.scenario_list import scenario_list
from kgrec_ui.parts.shorter_history import shorter_history
from kgrec_ui.state import Param, Widget, get_state

__all__ = ["choose_section", "show_section"]

SECTIONS = {
    "newcomer": "A newcomer",
    "history": "Shorter history",
    "item": "A new item",
    "items": "Many new items",
    "scenarios": "Scenarios",
}
KEPT = "cold_part"
"""The Evaluate page has sections of its own, so the choice is remembered under another name."""


def choose_section() -> str:
    """Which section is open; kept in the page address as `part`."""
    asked = st.query_params.get(Param.PART, get_state().kept.get(KEPT, ""))
    st.session_state[Widget.COLD_KIND] = asked if asked in SECTIONS else "newcomer"
    chosen = st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=SECTIONS.__getitem__,
        key=Widget.COLD_KIND,
        label_visibility="collapsed",
        required=True,
        on_change=_remember,
    )
    section = str(chosen or "newcomer")
    get_state().kept[KEPT] = st.query_params[Param.PART] = section
    return section


def show_section(section: str, run: RunRecord) -> None:
    """Draw the open section."""
    shown = {
        "newcomer": newcomer,
        "history": shorter_history,
        "item": new_item,
        "items": many_items,
        "scenarios": scenario_list,
    }
    shown[section](run)


def _remember() -> None:
    st.query_params[Param.PART] = st.session_state[Widget.COLD_KIND]
