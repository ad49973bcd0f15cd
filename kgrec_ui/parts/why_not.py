"""Why not this item: its rank, and the difference of two sums term by term."""

from __future__ import annotations

import streamlit as st

from kgrec_core.explanation.names import Names
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_changes, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.recommendation import first_items
from kgrec_ui.pickers import item_picker
from kgrec_ui.plots.difference_plot import draw_differences
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import format_count
from kgrec_ui.views.why_not_view import DifferenceView
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["why_not"]

TABLE_HEIGHT = 420


def why_not(run: RunRecord, asked: Asked, k: int) -> None:
    """Any item against one of the list."""
    items = first_items(asked, k)
    dataset = caching.dataset(run.dataset_fingerprint)
    names = caching.loaded_run(run.run_id).names
    left, right = st.columns(2, gap="medium")
    with left:
        item_id = item_picker(
            dataset, "Why not this item?", default=dataset.items.id_of(_next_item(asked, k))
        )
    item_index = dataset.items.index_of(item_id)
    with right:
        against = _rival(items, item_index, names)
    if against is None:
        st.info("The list has no other item to compare with. Choose a longer list.")
        return
    with reported_errors(stop=True):
        view = caching_changes.why_not(asked, item_index, against)
    _answer(view, names.item(item_index), names.item(against))


def _next_item(asked: Asked, k: int) -> int:
    """The best item that just missed the list: the one people ask about."""
    longer, _ = caching_recommend.ranking(asked, k + 1)
    return longer[-1]


def _rival(items: list[int], item_index: int, names: Names) -> int | None:
    """One item of the list, the first one unless another is chosen."""
    by_id = {names.item_ids[item]: item for item in items if item != item_index}
    if not by_id:
        return None
    ids = list(by_id)
    wanted = st.query_params.get(Param.AGAINST, get_state().kept.get(Param.AGAINST, ""))
    st.session_state[Widget.WHY_NOT_RIVAL] = wanted if wanted in ids else ids[0]
    chosen: str = st.selectbox(
        "Compared with",
        ids,
        format_func=lambda id_: f"{items.index(by_id[id_]) + 1}. {names.item(by_id[id_])}",
        key=Widget.WHY_NOT_RIVAL,
        on_change=_remember,
    )
    get_state().kept[Param.AGAINST] = chosen
    st.query_params[Param.AGAINST] = chosen
    return by_id[chosen]


def _answer(view: DifferenceView, item: str, other: str) -> None:
    section_heading(f"Why not “{as_markdown(item)}”?")
    st.markdown(as_markdown(view.headline))
    if view.sentences:
        lines = [f"- {as_markdown(line.text)} :gray[{line.value}]" for line in view.sentences]
        st.markdown("\n".join(lines))
    with st.container(border=True):
        ends = [as_markdown(shortened(name)) for name in (item, other)]
        st.markdown(f"**“{ends[0]}” minus “{ends[1]}”**")
        if view.is_exact:
            st.markdown(f":gray[{as_markdown(view.statement)}]")
        else:
            st.error(view.statement, icon=":material/error:")
        show_figure(
            draw_differences(view, current_palette()),
            key="why_not",
            alt=f"Bars of differences. {view.statement}",
        )
        st.caption("Hatched bars speak for the other item. Point at a bar for both values.")
        with st.expander(f"All differences as a table ({format_count(view.table.height)})"):
            shown = view.table.to_pandas()
            show_table(
                shown,
                row_height=fitting_rows(shown, {"what": 31}),
                alt="Each difference with both values.",
                height=TABLE_HEIGHT,
                column_config=_columns(item, other),
                key="why_not:table",
            )


def _columns(item: str, other: str) -> dict[str, object]:
    return {
        "what": st.column_config.TextColumn("What", width=220),
        "modality": st.column_config.TextColumn("Modality", width=165),
        "asked item": st.column_config.NumberColumn(
            shortened(item, 18), format="%.5f", width=130, help=f"Part of the score of {item}."
        ),
        "other item": st.column_config.NumberColumn(
            shortened(other, 18), format="%.5f", width=130, help=f"Part of the score of {other}."
        ),
        "difference": st.column_config.NumberColumn("Difference", format="%.5f", width=92),
    }


def _remember() -> None:
    st.query_params[Param.AGAINST] = st.session_state[Widget.WHY_NOT_RIVAL]
