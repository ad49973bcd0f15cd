"""Parts of the Cold start page: an item that nobody has touched yet, and who would get it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kgrec_core.pipeline.new_item_reach import LOUDNESS
from kgrec_core.pipeline.new_items import NewItemForm
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers, caching_new_items
from kgrec_ui.caching_new_items import NewItem
from kgrec_ui.components import is_wanted, section_heading, show_table
from kgrec_ui.fitting import elided, fitting_rows
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.entity_picker import entity_search_picker
from kgrec_ui.parts.new_items_note import can_place, new_items_note
from kgrec_ui.parts.ranked_list import LINE_LETTERS, choosable_list, list_columns
from kgrec_ui.parts.why import why
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.audience_view import attribute_types, audience_sentence
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.reach_view import loudness_words
from kgrec_ui.views.recommendation_view import ranked_table
from kgrec_ui.views.words import as_markdown

__all__ = ["new_item"]

CHOSEN = "audience_user"
N_USERS_SHOWN = 20
N_NEAREST = 10
PAIRS_AT_ONCE = 1_000
"""So many pairs of user and item are as much work as one item that is scored again and again."""
AUDIENCE_COLUMNS = {
    "user": st.column_config.TextColumn("User", width="medium"),
    "rank": st.column_config.NumberColumn("Rank", width=60, help="Of the new item in their list."),
    "history": st.column_config.NumberColumn("Interactions", width=90),
    "id": None,
}
AUDIENCE_LETTERS = {"user": 32}
"""Letters that fit into one line of this column."""
REACH_COLUMNS = {
    "new items": st.column_config.TextColumn("New items", width=110),
    "people who get it": st.column_config.NumberColumn(
        "People who get it", format="localized", width=115
    ),
    "of all": st.column_config.NumberColumn("Of all asked", format="%.1f %%", width=95),
    "held-out choices found": st.column_config.NumberColumn(
        "Held-out choices found", format="localized", width=145
    ),
    "change": st.column_config.NumberColumn(
        "Change",
        format="localized",
        width=70,
        help="Held-out choices found, against the lists as trained and without this item.",
    ),
}
NEAREST_COLUMNS = {
    "item": st.column_config.TextColumn("Item", width="medium"),
    "shared links": st.column_config.TextColumn("Shared links", width="medium"),
    "links in common": st.column_config.NumberColumn(
        "Links in common", format="%.0f %%", help="Of all links that the two have."
    ),
    "text similarity": st.column_config.NumberColumn(
        "Text similarity", format="%.2f", help="Cosine of the texts: 1 is the same, 0 unrelated."
    ),
}
NEAREST_LETTERS = {"item": 40, "shared links": 40}
"""Letters that fit into one line of these columns."""


def new_item(run: RunRecord) -> None:
    """Describe an item on the left; its audience and neighbors on the right; then one user."""
    if not can_place(run):
        return
    described, shown = st.columns([1, 2], gap="medium")
    with described:
        form = _form(run)
    with shown:
        if form is None:
            _invitation()
            return
        item = _louder(run, form)
        user_id = _audience(run, item)
    _nearest(run, form)
    if user_id is not None:
        _one_user(run, item, user_id)


def _louder(run: RunRecord, form: NewItemForm) -> NewItem:
    """Choose how loud new items are; beside it stands what each choice would do."""
    section_heading("How far it reaches")
    new_items_note(run)
    dataset = caching.dataset(run.dataset_fingerprint)
    pairs = dataset.n_users * dataset.n_items // PAIRS_AT_ONCE
    if not is_wanted(pairs, "Ask everybody, at every loudness", Widget.COLD_REACH):
        return NewItem(form)
    with reported_errors(stop=True):
        view = caching_new_items.reach(run.run_id, form, N_NEAREST)
    if view is None:
        return NewItem(form)
    st.markdown(as_markdown(view.sentence))
    show_table(
        view.table.to_pandas(),
        alt=f"People reached and held-out choices lost by loudness. {view.sentence}",
        column_config=REACH_COLUMNS,
    )
    st.caption(
        "The same fitted model, asked with louder new items; nothing is stored. Held-out choices "
        f"are what users of the test part really chose: those that stand in the first {N_NEAREST} "
        "are found, and a new item above them can push them out."
    )
    loudness = st.segmented_control(
        "How loud new items are below",
        LOUDNESS,
        default=LOUDNESS[0],
        format_func=loudness_words,
        key=Widget.COLD_LOUDNESS,
        required=True,
        wrap=True,
        help="The lists below follow this choice. To keep it, train with another price.",
    )
    return NewItem(form, float(loudness or LOUDNESS[0]))


def _form(run: RunRecord) -> NewItemForm | None:
    """The described item, None while it has no name or nothing to go by."""
    reads = caching.loaded_run(run.run_id).encoder is not None
    section_heading("The new item")
    label = st.text_input(
        "Name", key=Widget.COLD_NEW_LABEL, persist_state="session", placeholder="Its title"
    )
    text = st.text_area(
        "Text",
        key=Widget.COLD_NEW_TEXT,
        persist_state="session",
        disabled=not reads,
        height=120,
        placeholder="What it is about" if reads else "This run does not read texts",
    )
    entities = entity_search_picker(
        run,
        "Links",
        Widget.COLD_NEW_ENTITIES,
        Widget.COLD_NEW_ENTITIES.of("search"),
        placeholder="People, genres, tags …",
    )
    linked = dict.fromkeys([*_attributes(run), *entities])
    said = text.strip() if reads else ""
    if not label.strip() or not (said or linked):
        return None
    return NewItemForm(label.strip(), said, tuple(linked))


def _attributes(run: RunRecord) -> list[str]:
    """Entities of the types with few values, such as genre or decade: chosen from lists."""
    graph = caching.loaded_run(run.run_id).graph
    types = attribute_types(graph)
    if not types:
        return []
    chosen: list[str] = []
    with st.expander("Attributes", icon=":material/tune:", expanded=True):
        for kind, ids in types.items():
            chosen += st.multiselect(
                kind.replace("_", " ").capitalize(),
                ids,
                format_func=lambda id_: graph.entity_labels[graph.entities.index_of(id_)],
                key=Widget.COLD_NEW_ATTRIBUTE.of(run.dataset_fingerprint, kind),
                persist_state="session",
                select_all=False,
                placeholder="Choose",
            )
    return chosen


def _invitation() -> None:
    empty_state(
        "Who would get it?",
        "Give the item a name, and a text, an attribute or at least one link. Nothing is trained "
        "again: the item is placed by what it is about.",
        icon=":material/person_search:",
    )


def _audience(run: RunRecord, item: NewItem) -> str | None:
    with reported_errors(stop=True):
        table = caching_new_items.audience(run.run_id, item, N_USERS_SHOWN)
    n_users = caching.loaded_run(run.run_id).dataset.n_users
    sentence = audience_sentence(table, N_NEAREST, n_users)
    section_heading("Who would get it")
    st.markdown(f":gray[{as_markdown(sentence)}]")
    if not table.height:
        return None
    kept, ids = get_state().kept, table["id"].to_list()
    chosen = kept.get(CHOSEN) if kept.get(CHOSEN) in ids else ids[0]
    choosable_list(
        table,
        key=Widget.COLD_SUBMIT.of(run.run_id, hash(item)),
        chosen_row=ids.index(chosen),
        on_choose=lambda row: kept.update({CHOSEN: ids[row]}),
        columns=AUDIENCE_COLUMNS,
        letters=AUDIENCE_LETTERS,
        alt=f"Users with the rank and score of the new item. {sentence}",
    )
    st.caption("Choose a row to see why this user would get it.")
    return str(chosen)


def _nearest(run: RunRecord, form: NewItemForm) -> None:
    with reported_errors():
        table = caching_new_items.nearest(run.run_id, form, N_NEAREST)
        section_heading("Nearest items")
        if not table.height:
            st.markdown(":gray[No known item shares a link or a similar text with it.]")
            return
        shown = table.to_pandas()
        show_table(
            shown,
            row_height=fitting_rows(shown, NEAREST_LETTERS),
            alt="Known items with links or text in common with the new one.",
            column_config=NEAREST_COLUMNS,
        )


def _one_user(run: RunRecord, item: NewItem, user_id: str) -> None:
    with reported_errors(stop=True):
        extended = caching_new_items.run_with(run.run_id, item)
        view = caching_new_items.score_parts(run.run_id, user_id, item)
        before, _ = caching_answers.ranking(run.run_id, user_id, N_NEAREST)
        now = caching_new_items.user_answer(run.run_id, user_id, N_NEAREST, item)
        audience = caching_new_items.audience(run.run_id, item, N_USERS_SHOWN)
    ids = extended.names.item_ids
    change = list_change([ids[index] for index in before], [ids[index] for index in now.items])
    labels = {ids[index]: extended.names.item(index) for index in before}
    ranked = ranked_table(np.array(now.items), np.array(now.scores), now.reasons, extended.names)
    table = with_moves(ranked, change)
    rank = int(audience["rank"][audience["id"].to_list().index(user_id)])
    st.divider()
    section_heading(f"The list of {as_markdown(view.user_label)} with the new item")
    sentence = f"{item.form.label} stands at rank {rank}. {change.sentence(labels)}"
    st.markdown(f":gray[{as_markdown(sentence)}]")
    shown = elided(table.to_pandas(), LINE_LETTERS)
    show_table(
        shown,
        alt=f"The changed list. {sentence}",
        row_height=fitting_rows(shown, LINE_LETTERS),
        column_config=list_columns(table),
    )
    why(view, key="new_item")
