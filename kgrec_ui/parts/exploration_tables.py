"""An exploration as tables; choosing a row does the same as a click into the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui import walking
from kgrec_ui.components import show_table
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.exploration_view import STRENGTH_HELP, ExplorationView

__all__ = ["LINK_CONFIG", "exploration_tables", "pick_table"]

TABLE_HEIGHT = 360
STRENGTH_COLUMN = st.column_config.ProgressColumn(
    "Strength",
    min_value=0,
    max_value=100,
    format="%.0f",
    width=110,
    help=f"The strongest neighbor of the start is 100. {STRENGTH_HELP}",
)
ENTITY_CONFIG = {
    "Entity": st.column_config.TextColumn(width=260),
    "Steps": st.column_config.NumberColumn(width=60, help="From the start, along the drawing."),
    "Links": st.column_config.NumberColumn(format="localized", width=70),
    "Links drawn": st.column_config.NumberColumn(width=90),
    "Strength": STRENGTH_COLUMN,
    "Through": st.column_config.TextColumn(help="The expanded entity that brought it."),
}
LINK_CONFIG = {
    "From": st.column_config.TextColumn(width=210),
    "To": st.column_config.TextColumn(width=210),
    "Line": st.column_config.TextColumn(width=60, help="Counted from 1, the header included."),
    "Stated in rows": st.column_config.NumberColumn(width=100),
}


def exploration_tables(
    graph: KnowledgeGraph, view: ExplorationView, selected: int, *, scene: str
) -> None:
    """Entities and links; a chosen row selects the entity, or the far end of the link."""
    entities, links = st.tabs(
        [f"Entities drawn ({len(view.entity_order):,})", f"Links drawn ({len(view.link_order):,})"]
    )
    with entities:
        pick_table(
            view.entities,
            key=Widget.GRAPH_ROWS.of("entities", scene),
            alt="Entities of the drawing. Choosing a row selects the entity.",
            on_row=lambda row: walking.select(graph, view.entity_order[row]),
            column_config=ENTITY_CONFIG,
        )
    with links:
        _links(graph, view, selected, scene)


def pick_table(
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    on_row: Callable[[int], None],
    column_config: Mapping[str, Any],
) -> None:
    """A table of which one row can be chosen, also by keyboard.

    Args:
        table: data frame.
        key: unique on the page.
        alt: for screen readers.
        on_row: called before the page runs with the position of the chosen row.
        column_config: of the columns.
    """
    whole = f"{key}:{get_state().picks}"

    def chosen() -> None:
        rows: Sequence[int] = st.session_state[whole].selection.rows
        if rows:
            on_row(int(rows[0]))

    show_table(
        table,
        alt=alt,
        height=TABLE_HEIGHT,
        key=whole,
        on_select=chosen,
        selection_mode="single-row",
        column_config=column_config,
    )


def _links(graph: KnowledgeGraph, view: ExplorationView, selected: int, scene: str) -> None:
    is_own = st.toggle(
        "Only links of the selected entity",
        key=Widget.GRAPH_OWN_LINKS,
        persist_state="session",
    )
    table, order = view.links, view.link_order
    if is_own:
        rows = [
            row for row, triple in enumerate(order) if selected in graph.triples[triple, [0, 2]]
        ]
        table, order = table.iloc[rows], tuple(order[row] for row in rows)
    if not order:
        st.caption("No link of it is drawn.")
        return

    def pick(row: int) -> None:
        head, _, tail = (int(value) for value in graph.triples[order[row]])
        walking.select(graph, head if selected == tail else tail, order[row])

    pick_table(
        table,
        key=Widget.GRAPH_ROWS.of("links", scene, is_own, selected if is_own else ""),
        alt="Links of the drawing with their places in the files.",
        on_row=pick,
        column_config=LINK_CONFIG,
    )
