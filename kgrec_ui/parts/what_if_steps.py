"""The steps that are tried out, in groups; each can be taken back, and none is lost silently."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kgrec_core.explanation.names import Names
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_count
from kgrec_ui.views.tried_steps import StepGroup, TriedSteps, put_aside_words, step_groups
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["show_steps"]

MAX_SHOWN = 12
"""Steps of a group that are seen at once; the others are folded away."""
NAME_LENGTH = 30


def show_steps(run: RunRecord, tried: TriedSteps) -> None:
    """What is tried now, what it replaced, and the ways back."""
    names = caching.loaded_run(run.run_id).names
    labels = dict(zip(names.item_ids, names.graph.entity_labels, strict=False))
    _put_aside(tried, labels, names)
    if not tried.steps:
        st.caption("Nothing yet. Everything counts as trained.")
        return
    st.caption("Counting now. Press a step to take it back.")
    for group in step_groups(tried.steps, labels, names):
        _group(group, tried)
    with st.container(horizontal=True):
        if st.button("Undo last", key=Widget.WHAT_IF.of("undo"), icon=":material/undo:"):
            tried.remove([len(tried.steps) - 1])
            st.rerun()
        if st.button("Reset", key=Widget.WHAT_IF.of("reset"), icon=":material/restart_alt:"):
            tried.reset()
            st.rerun()


def _put_aside(tried: TriedSteps, labels: Mapping[str, str], names: Names) -> None:
    words = put_aside_words(tried, labels, names)
    if not words:
        return
    with st.container(border=True):
        st.markdown(f":material/history: {as_markdown(words)}")
        if st.button("Put my steps back", key=Widget.WHAT_IF.of("put_back")):
            tried.put_back()
            st.rerun()


def _group(group: StepGroup, tried: TriedSteps) -> None:
    n_steps = len(group.places)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{group.title}** ({format_count(n_steps)})", width="stretch")
            if n_steps > 1 and st.button(
                "Take all back",
                key=Widget.WHAT_IF.of("remove_all", group.title),
                type="tertiary",
            ):
                tried.remove(group.places)
                st.rerun()
        _steps(group, range(min(n_steps, MAX_SHOWN)), tried)
        if n_steps > MAX_SHOWN:
            with st.expander(f"{format_count(n_steps - MAX_SHOWN)} more", type="compact"):
                _steps(group, range(MAX_SHOWN, n_steps), tried)


def _steps(group: StepGroup, positions: range, tried: TriedSteps) -> None:
    with st.container(horizontal=True, gap="small"):
        for position in positions:
            place, name = group.places[position], group.names[position]
            if st.button(
                as_markdown(shortened(name, NAME_LENGTH)),
                key=Widget.WHAT_IF.of("remove", place),
                icon=":material/close:",
                help=f"Take back: {as_markdown(name)}",
                width="content",
            ):
                tried.remove([place])
                st.rerun()
