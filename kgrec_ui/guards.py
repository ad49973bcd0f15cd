"""What a page needs before it can work; the empty state when it is not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st

from kgrec_core.errors import KgrecError
from kgrec_core.storage.records import DatasetRecord, GraphRecord, RunRecord
from kgrec_ui.active import find_active, link_params
from kgrec_ui.components import section_heading

__all__ = [
    "empty_state",
    "reported_errors",
    "require_dataset",
    "require_graph",
    "require_run",
    "stop_with_empty_state",
]


@contextmanager
def reported_errors(*, stop: bool = False) -> Iterator[None]:
    """Show our own errors as a sentence; anything else is a bug and goes on.

    Args:
        stop: end the page after the sentence, for parts that everything below depends on.
    """
    try:
        yield
    except KgrecError as error:
        st.error(str(error), icon=":material/error:")
        if stop:
            st.stop()


def empty_state(
    title: str, why: str, *, icon: str, page: str | None = None, link: str | None = None
) -> None:
    """A quiet box that says what is missing, why it is needed, and where it is made."""
    with st.container(border=True):
        section_heading(f"{icon} {title}")
        st.markdown(why)
        if page and link:
            st.page_link(
                page,
                label=f"**{link}**",
                icon=":material/arrow_forward:",
                query_params=link_params(),
            )


def stop_with_empty_state(
    title: str, why: str, *, icon: str, page: str | None = None, link: str | None = None
) -> NoReturn:
    """`empty_state`, and nothing below it."""
    empty_state(title, why, icon=icon, page=page, link=link)
    st.stop()


def require_dataset(why: str = "This page works on your data.") -> DatasetRecord:
    """The data set in use, or the empty state and the end of the page."""
    with reported_errors(stop=True):
        active = find_active()
    if active.dataset is None:
        stop_with_empty_state(
            "No data yet",
            f"{why} Load the sample or bring your own files first; it takes about a minute.",
            icon=":material/database:",
            page="pages/1_Data.py",
            link="Go to Data",
        )
    return active.dataset


def require_graph(
    why: str = "This page walks along the knowledge graph.",
) -> tuple[DatasetRecord, GraphRecord]:
    """The data set in use and its graph, or the empty state and the end of the page."""
    dataset = require_dataset(why)
    graph = find_active().graph
    if graph is None:
        stop_with_empty_state(
            "The knowledge graph is not built yet",
            f"{why} It is made from the linked columns and triples of “{dataset.name}”.",
            icon=":material/hub:",
            page="pages/2_Knowledge_graph.py",
            link="Build the knowledge graph",
        )
    return dataset, graph


def require_run(why: str = "This page asks a trained model.") -> RunRecord:
    """The run in use, or the empty state and the end of the page."""
    dataset = require_dataset(why)
    run = find_active().run
    if run is None:
        stop_with_empty_state(
            "No trained model yet",
            f"{why} Nothing has been trained on “{dataset.name}” so far. "
            "The suggested settings are a good start.",
            icon=":material/model_training:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
    return run
