"""What if: switch parts off or add a choice, and see the list ranked again."""

from __future__ import annotations

import streamlit as st

from kgrec_core.explanation.counterfactual import Counterfactual, Mode
from kgrec_core.explanation.masking import units_of
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.what_if import Change
from kgrec_core.recommender.contract import EvidenceUnit
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_changes, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import is_wanted, section_heading, show_table
from kgrec_ui.fitting import elided, fitting_rows, search_effort
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.ranked_list import LINE_LETTERS, LIST_HEIGHT, list_columns
from kgrec_ui.parts.recommendation import first_items
from kgrec_ui.parts.what_if_controls import choose_step
from kgrec_ui.parts.what_if_steps import show_steps
from kgrec_ui.pickers import item_picker
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.explanation_view import is_in_one_piece
from kgrec_ui.views.feedback_view import link_ids
from kgrec_ui.views.tried_steps import TriedSteps
from kgrec_ui.views.what_if_view import (
    Step,
    change_of_steps,
    counterfactual_words,
    effect_sentences,
    moves_view,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["what_if"]

MODES: dict[Mode, str] = {"interactions": "Choices", "links": "Links of the item"}
MOVE_COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width=45),
    "move": st.column_config.TextColumn("Move", width=50, help="Against the list before."),
    "item": st.column_config.TextColumn("Item", width=180),
    "rank before": st.column_config.TextColumn("Rank before", width=84),
    "id": None,
}
STILL_COLUMNS = {**MOVE_COLUMNS, **dict.fromkeys(("move", "rank before", "score before"))}
"""Before anything is changed there is nothing to compare with."""


def what_if(run: RunRecord, asked: Asked, k: int) -> None:
    """Steps on the left, the new list on the right; below, the smallest change for one item."""
    items = first_items(asked, k)
    tried = get_state().tried.setdefault(f"{asked.run_id}:{asked.user_id}", TriedSteps())
    left, right = st.columns([5, 9], gap="medium")
    with left:
        section_heading("What is different")
        choose_step(run, asked, tried.steps)
        show_steps(run, tried)
    with right:
        _list(run, asked, tried.steps, items, k)
    st.divider()
    _smallest(run, asked, tried, items, k)


def _list(run: RunRecord, asked: Asked, steps: list[Step], items: list[int], k: int) -> None:
    with reported_errors(stop=True):
        change = _change(run, asked, steps)
        answer = caching_changes.what_if(asked, change, k)
    names = caching.loaded_run(run.run_id).names
    view = moves_view(answer, names)
    section_heading(f"The first {view.table.height}")
    if change.is_empty:
        st.markdown(":gray[The list as it is. Choose something on the left and watch it change.]")
    else:
        st.markdown(f"**{as_markdown(view.sentence)}**")
    if view.note:
        st.caption(as_markdown(view.note))
    shown = elided(view.table.to_pandas(), LINE_LETTERS)
    show_table(
        shown,
        alt=f"The list after the change. {view.sentence}",
        height=LIST_HEIGHT,
        row_height=fitting_rows(shown, LINE_LETTERS),
        column_config=list_columns(
            view.table, STILL_COLUMNS if change.is_empty else MOVE_COLUMNS, "score before"
        ),
        key="what_if:list",
    )
    if view.gone:
        st.markdown(as_markdown(view.gone))
    if not change.is_empty:
        _effect(run, asked, change, items, k)


def _effect(run: RunRecord, asked: Asked, change: Change, items: list[int], k: int) -> None:
    """The change on one score: what goes, what comes, what the rest makes of it."""
    names = caching.loaded_run(run.run_id).names
    answer = caching_changes.what_if(asked, change, k)
    offered = list(dict.fromkeys([*items, *answer.after.item_indices.tolist()]))
    ids = {names.item_ids[item]: item for item in offered}
    chosen = st.selectbox(
        "What it does to one score",
        list(ids),
        format_func=lambda id_: names.item(ids[id_]),
        key=Widget.WHAT_IF.of("effect"),
    )
    with reported_errors():
        found = caching_changes.effect(asked, change, k, ids[chosen])
        for sentence in effect_sentences(found, names):
            st.markdown(as_markdown(sentence))


def _smallest(run: RunRecord, asked: Asked, tried: TriedSteps, items: list[int], k: int) -> None:
    """The smallest verified set of choices or links without which an item leaves the list."""
    dataset = caching.dataset(run.dataset_fingerprint)
    section_heading("What would change it?")
    st.caption(
        "A small set of choices, or of links of the item, without which the item leaves the list. "
        "Starts from the list as it is, without the steps above."
    )
    if is_in_one_piece(caching_recommend.explained(asked, items[0])):
        st.info(
            "This model knows the user as one vector learned from all choices together; taking "
            "choices out means folding the rest in again, so answers are about such a list."
        )
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        item_id = item_picker(dataset, "Item of the list", default=dataset.items.id_of(items[0]))
    with right:
        has_links = bool(caching.loaded_run(run.run_id).links_by_relation())
        chosen = st.segmented_control(
            "What may be removed",
            list(MODES.values()) if has_links else [MODES["interactions"]],
            default=MODES["interactions"],
            key=Widget.CHANGE_UNITS,
            required=True,
        )
    item_index = dataset.items.index_of(item_id)
    mode: Mode = "links" if chosen == MODES["links"] else "interactions"
    n_choices = caching_recommend.adapted(asked).evidence.item_indices.size
    effort = search_effort(dataset.n_items, n_choices)
    if not is_wanted(effort, "Search", Widget.CHANGE_UNITS.of("search")):
        return
    with reported_errors():
        found = caching_changes.counterfactual(asked, item_index, k, mode)
        names = caching.loaded_run(run.run_id).names
        sentence, proof = counterfactual_words(found, names)
        st.markdown(as_markdown(sentence))
        if isinstance(found, Counterfactual):
            st.markdown(f":green-badge[:material/verified: Verified] {as_markdown(proof)}")
            _try_it(tried, found, names)


def _try_it(tried: TriedSteps, found: Counterfactual, names: Names) -> None:
    """Take the answer over as the steps; own steps are kept and can be put back."""
    has_own = bool(tried.steps) and tried.steps != tried.answer
    if st.button(
        "Try it above",
        key=Widget.CHANGE_UNITS.of("try"),
        help="Your steps above make room for it. They can be put back."
        if has_own
        else "The steps above become these.",
    ):
        tried.try_answer(
            [
                *(Step("drop", (names.item_ids[unit.index],)) for unit in found.units),
                *(Step("link", link_ids(row, names)) for row in found.triples),
            ]
        )
        st.rerun()


def _change(run: RunRecord, asked: Asked, steps: list[Step]) -> Change:
    """The steps as a change; a past choice that is gone by now is passed over."""
    loaded = caching.loaded_run(run.run_id)
    known: set[EvidenceUnit] = set(units_of(caching_recommend.adapted(asked).evidence))
    items = loaded.dataset.items
    valid = [
        step
        for step in steps
        if step.kind != "drop"
        or (step.ids[0] in items and EvidenceUnit("item", items.index_of(step.ids[0])) in known)
    ]
    return change_of_steps(valid, items.ids, loaded.graph, loaded.like_weight)
