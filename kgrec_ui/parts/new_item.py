"""Parts of the Cold start page: an item that nobody has touched yet, and who would get it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kgrec_core.pipeline.new_items import NewItemForm
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers
from kgrec_ui.components import section_heading, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.entity_picker import entity_search_picker
from kgrec_ui.parts.explanation import show_score
from kgrec_ui.parts.ranked_list import choosable_list, list_columns
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.audience_view import attribute_types, audience_sentence
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.recommendation_view import ranked_table
from kgrec_ui.views.words import as_markdown

__all__ = ["new_item"]

CHOSEN = "audience_user"
N_USERS_SHOWN = 20
N_NEAREST = 10
AUDIENCE_COLUMNS = {
    "user": st.column_config.TextColumn("User", width="medium"),
    "rank": st.column_config.NumberColumn("Rank", width=60, help="Of the new item in their list."),
    "history": st.column_config.NumberColumn("Interactions", width=90),
    "id": None,
}
NEAREST_COLUMNS = {
    "item": st.column_config.TextColumn("Item", width="medium"),
    "shared links": st.column_config.TextColumn("Shared links", width="medium"),
    "links in common": st.column_config.NumberColumn(
        "Links in common", format="percent", help="Of all links that the two have."
    ),
    "text similarity": st.column_config.NumberColumn(
        "Text similarity", format="%.2f", help="Cosine of the texts: 1 is the same, 0 unrelated."
    ),
}


def new_item(run: RunRecord) -> None:
    """Describe an item on the left; its audience and neighbors on the right; then one user."""
    described, shown = st.columns([1, 2], gap="medium")
    with described:
        form = _form(run)
    with shown:
        if form is None:
            _invitation()
            return
        user_id = _audience(run, form)
    if user_id is None:
        return
    _nearest(run, form)
    _one_user(run, form, user_id)


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


def _audience(run: RunRecord, form: NewItemForm) -> str | None:
    with reported_errors(stop=True):
        table = caching_answers.audience(run.run_id, form, N_USERS_SHOWN)
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
        key=Widget.COLD_SUBMIT.of(run.run_id, hash(form)),
        chosen_row=ids.index(chosen),
        on_choose=lambda row: kept.update({CHOSEN: ids[row]}),
        columns=AUDIENCE_COLUMNS,
        alt=f"Users with the rank and score of the new item. {sentence}",
    )
    st.caption("Choose a row to see why this user would get it.")
    return str(chosen)


def _nearest(run: RunRecord, form: NewItemForm) -> None:
    with reported_errors():
        table = caching_answers.nearest(run.run_id, form, N_NEAREST)
        section_heading("Nearest items")
        if not table.height:
            st.markdown(":gray[No known item shares a link or a similar text with it.]")
            return
        show_table(
            table.to_pandas(),
            alt="Known items with links or text in common with the new one.",
            column_config=NEAREST_COLUMNS,
        )


def _one_user(run: RunRecord, form: NewItemForm, user_id: str) -> None:
    with reported_errors(stop=True):
        extended = caching_answers.run_with(run.run_id, form)
        item = extended.dataset.n_items - 1
        view = caching_answers.score_parts(run.run_id, user_id, item, form)
        before, _ = caching_answers.ranking(run.run_id, user_id, N_NEAREST)
        items, scores = caching_answers.ranking(run.run_id, user_id, N_NEAREST, form)
        reasons = caching_answers.main_reasons(run.run_id, user_id, items, form)
    ids = extended.names.item_ids
    change = list_change([ids[index] for index in before], [ids[index] for index in items])
    labels = {ids[index]: extended.names.item(index) for index in before}
    table = with_moves(
        ranked_table(np.array(items), np.array(scores), reasons, extended.names), change
    )
    st.divider()
    section_heading(f"The list of {as_markdown(view.user_label)} with the new item")
    audience = caching_answers.audience(run.run_id, form, N_USERS_SHOWN)
    rank = int(audience["rank"][audience["id"].to_list().index(user_id)])
    sentence = f"{form.label} stands at rank {rank}. {change.sentence(labels)}"
    st.markdown(f":gray[{as_markdown(sentence)}]")
    show_table(
        table.to_pandas(),
        alt=f"The changed list. {sentence}",
        column_config=list_columns(table),
    )
    show_score(view, key="new_item")
