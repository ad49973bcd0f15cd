"""Evidence against items: which choice speaks for what, with every cell to open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kgrec_core.recommender.contract import Modality
from kgrec_ui import caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import current_palette, show_figure, show_table
from kgrec_ui.fitting import elided, fitting_rows
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.recommendation import first_items
from kgrec_ui.plots.heat_plot import draw_heat
from kgrec_ui.state import Widget
from kgrec_ui.theme import MODALITY_NAMES
from kgrec_ui.views.heat_view import HeatCell, HeatView, cell_words
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["heat_map"]

ALL = "all"
KINDS = {"score": "Part of the score", "attention": "Attention"}
TABLE_HEIGHT = 420
TERM_COLUMNS = {
    "modality": st.column_config.TextColumn("Modality", width=165),
    "attention": st.column_config.NumberColumn("Attention", format="%.4f", width=76),
    "gate": st.column_config.NumberColumn("Gate", format="%.4f", width=70),
    "kernel": st.column_config.NumberColumn("Kernel", format="%.4f", width=70),
    "contribution": st.column_config.NumberColumn("Contribution", format="%.5f", width=95),
    "paths": st.column_config.TextColumn("Strongest paths", width=340),
}
PATH_LETTERS = {"paths": 50}
"""Letters that fit into one line of the column; whole paths stand beside the list."""


def heat_map(asked: Asked, k: int) -> None:
    """The matrix, the chosen cell, and its terms."""
    items = first_items(asked, k)
    is_attention, modality = _what_is_shown(asked, items)
    with reported_errors(stop=True):
        view = caching_recommend.heat(asked, items, modality, is_attention=is_attention)
    if view.note:
        empty_state("No matrix", as_markdown(view.note), icon=":material/grid_off:")
        return
    if not view.evidence:
        st.info(view.sentence)
        return
    st.markdown(f":gray[{as_markdown(view.sentence)}]")
    chart = st.container(border=True)
    cell = _chosen_cell(view)
    with chart:
        show_figure(
            draw_heat(view, current_palette(), cell),
            key=Widget.HEAT.of("chart"),
            alt=f"Heat map of choices and items. {view.sentence}",
            on_select=_take_click,
            selection_mode="points",
        )
        st.caption(
            "Rows: what is known about the user, strongest first. Columns: the list, best first. "
            "Click a cell, or choose it below, to see what it is made of."
        )
        with st.expander("Show as table", type="compact"):
            show_table(
                view.table.to_pandas(),
                alt=f"The same numbers. {view.sentence}",
                height=TABLE_HEIGHT,
                column_config=_table_columns(view),
                key="heat:table",
            )
    _drill_down(asked, view, cell)


def _table_columns(view: HeatView) -> dict[str, Any]:
    """The evidence stays in sight while the items are scrolled through."""
    n_digits = "%.3f" if view.is_attention else "%.4f"
    numbers = [name for name in view.table.columns if name != "evidence"]
    return {
        "evidence": st.column_config.TextColumn("Evidence", width=165, pinned=True),
        **{
            name: st.column_config.NumberColumn(shortened(name, 22), format=n_digits, width=130)
            for name in numbers[:-1]
        },
        numbers[-1]: st.column_config.NumberColumn("In all", format=n_digits, width=75),
    }


def _what_is_shown(asked: Asked, items: Sequence[int]) -> tuple[bool, Modality | None]:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    kind = left.segmented_control(
        "Cells show",
        list(KINDS),
        default="score",
        format_func=KINDS.__getitem__,
        key=Widget.HEAT.of("kind"),
        required=True,
        help="Attention: how much weight a choice gets. Part of the score: what it then says, with "
        "its sign.",
    )
    spoken: set[str] = set()
    with reported_errors(stop=True):
        for pair in caching_recommend.explained_list(asked, items):
            spoken |= {str(term.modality) for term in pair.contributions}
    offered = [ALL, *(name for name in MODALITY_NAMES if name in spoken)]
    chosen = right.selectbox(
        "Modality",
        offered,
        format_func=lambda name: "All together" if name == ALL else MODALITY_NAMES[name],
        key=Widget.HEAT.of("modality"),
    )
    modality: Any = None if chosen == ALL else chosen
    return kind == "attention", modality


def _chosen_cell(view: HeatView) -> HeatCell:
    """Two pickers, so that a cell can be chosen without a mouse; a click sets both."""
    rows = range(len(view.evidence))
    columns = range(len(view.items))
    for widget, offered in (("row", rows), ("column", columns)):
        key = Widget.HEAT.of(widget)
        if st.session_state.get(key, 0) not in offered:
            st.session_state[key] = 0
    left, right = st.columns(2)
    row = left.selectbox(
        "Evidence", rows, format_func=lambda place: view.evidence[place], key=Widget.HEAT.of("row")
    )
    column = right.selectbox(
        "Recommended item",
        columns,
        format_func=lambda place: f"{place + 1}. {view.items[place]}",
        key=Widget.HEAT.of("column"),
    )
    return HeatCell(int(row or 0), int(column or 0))


def _drill_down(asked: Asked, view: HeatView, cell: HeatCell) -> None:
    st.markdown(f"**{as_markdown(cell_words(view, cell))}**")
    unit = view.units[cell.row]
    if unit is None:
        st.caption("This row adds up all smaller ones. Choose a single one to see its terms.")
        return
    with reported_errors():
        terms = caching_recommend.heat_cell(asked, view.item_indices[cell.column], unit)
        if not terms.height:
            st.caption("This choice says nothing about this item.")
            return
        shown = elided(terms.to_pandas(), PATH_LETTERS)
        show_table(
            shown,
            alt="The terms of this cell.",
            column_config=TERM_COLUMNS,
            row_height=fitting_rows(shown, PATH_LETTERS),
            key="heat:terms",
        )
        st.caption(
            "Attention × gate × kernel = contribution. The contributions add up to the cell."
        )


def _take_click() -> None:
    points = st.session_state[Widget.HEAT.of("chart")]["selection"]["points"]
    if points:
        row, column = points[0]["customdata"][:2]
        st.session_state[Widget.HEAT.of("row")] = int(row)
        st.session_state[Widget.HEAT.of("column")] = int(column)
