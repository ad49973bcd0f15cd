"""An exploration as tables; choosing a row does the same as a click into the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui import walking
from kgrec_ui.components import show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.exploration_view import STRENGTH_HELP, ExplorationView
from kgrec_ui.views.overlay_view import Overlay
from kgrec_ui.views.words import counted

__all__ = [
    "CARRIED_CONFIG",
    "LINK_CONFIG",
    "LINK_LETTERS",
    "STRENGTH_COLUMN",
    "exploration_tables",
    "pick_table",
]

TABLE_HEIGHT = 360
TABS = ("Entities drawn", "Links drawn")
STRENGTH_COLUMN = st.column_config.ProgressColumn(
    "Strength",
    min_value=0,
    max_value=100,
    format="%.0f",
    width=110,
    help=f"The strongest neighbor of the start is 100. {STRENGTH_HELP}",
)
CARRIED_CONFIG = {
    "Part of the scores": st.column_config.NumberColumn(
        "Part of scores",
        format="%+.4f",
        width=95,
        help="Sum of all paths through it, of the whole list.",
    ),
    "Share of the strongest": st.column_config.ProgressColumn(
        "Carries",
        min_value=0,
        max_value=100,
        format="%.0f",
        width=90,
        help="Sum of the sizes of its paths; the strongest of the whole list is 100.",
    ),
    "Paths": st.column_config.NumberColumn(width=55),
    "Role": st.column_config.TextColumn(width=145),
}
ENTITY_CONFIG = {
    "Entity": st.column_config.TextColumn(width=230),
    "Steps": st.column_config.NumberColumn(width=60, help="From the start, along the drawing."),
    "Links": st.column_config.NumberColumn(format="localized", width=70),
    "Links drawn": st.column_config.NumberColumn(width=90),
    "Strength": STRENGTH_COLUMN,
    "Through": st.column_config.TextColumn(help="The expanded entity that brought it."),
}
LINK_CONFIG = {
    "From": st.column_config.TextColumn(width=165),
    "Relation": st.column_config.TextColumn(width=95),
    "To": st.column_config.TextColumn(width=165),
    "Stated in": st.column_config.TextColumn(
        width=215, help="The first place; lines are counted from 1, the header included."
    ),
}
LINK_LETTERS = {"From": 25, "To": 25, "Stated in": 33}
"""Letters of one line in these columns."""


def exploration_tables(
    graph: KnowledgeGraph, view: ExplorationView | Overlay, selected: int, *, scene: str
) -> None:
    """Entities and links; a chosen row selects the entity, or the far end of the link.

    With an overlay the rows that carry most come first, with what they carry.
    """
    # Only the open one is made: with 2,000 entities the other costs as much again at every click.
    entities, links = st.tabs(TABS, key=Widget.GRAPH_TABS, on_change="rerun")
    if entities.open:
        with entities:
            st.caption(f"{counted(len(view.entity_order), 'entity', 'entities')} in the drawing")
            pick_table(
                view.entities,
                key=Widget.GRAPH_ROWS.of("entities", scene),
                alt="Entities of the drawing. Choosing a row selects the entity.",
                on_row=lambda row: walking.select(graph, view.entity_order[row]),
                column_config=ENTITY_CONFIG | CARRIED_CONFIG,
            )
    elif links.open:
        with links:
            _links(graph, view, selected, scene)


def pick_table(
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    on_row: Callable[[int], None],
    column_config: Mapping[str, Any],
    letters: Mapping[str, int] | None = None,
) -> None:
    """A table of which one row can be chosen, also by keyboard.

    Args:
        table: data frame.
        key: unique on the page.
        alt: for screen readers.
        on_row: called before the page runs with the position of the chosen row.
        column_config: of the columns.
        letters: how many fit into one line, by column; with more, rows have two lines.
    """
    whole = f"{key}:{_round_of(key)}"

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
        row_height=fitting_rows(table, letters or {}),
    )


def _round_of(key: str) -> int:
    """Goes up when rows are chosen and a drawing was clicked since: a new table has no marks.

    A table without marks keeps its key, so that nothing of it has to be sent again.
    """
    state = get_state()
    picks, number = state.table_rounds.get(key, (state.picks, 0))
    if picks != state.picks:
        shown = st.session_state.get(f"{key}:{number}")
        number += bool(shown is not None and shown.selection.rows)
    state.table_rounds[key] = (state.picks, number)
    return number


def _links(
    graph: KnowledgeGraph, view: ExplorationView | Overlay, selected: int, scene: str
) -> None:
    st.caption(f"{counted(len(view.link_order), 'link')} in the drawing")
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
        column_config=LINK_CONFIG | CARRIED_CONFIG,
        letters=LINK_LETTERS,
    )
