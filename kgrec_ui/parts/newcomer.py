"""Parts of the Cold start page: somebody who is not in the data says what he likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from kgrec_core.graph.naming import TAG_TYPE
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers
from kgrec_ui.components import cutoff_slider, items_picker, users_picker
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.entity_picker import entity_search_picker
from kgrec_ui.parts.explanation import show_score
from kgrec_ui.parts.ranked_list import choosable_list
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.cold_start_view import ListChange, Newcomer, list_change, with_moves
from kgrec_ui.views.recommendation_view import ranked_table
from kgrec_ui.views.words import as_markdown

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["newcomer"]

CHOSEN = "newcomer_item"


def newcomer(run: RunRecord) -> None:
    """Say something on the left, see the list change on the right, and why."""
    said, shown = st.columns([1, 2], gap="medium")
    with said:
        person = _said(run)
    with shown:
        items = _list(run, person)
    if items:
        _why(run, person, items)


def _said(run: RunRecord) -> Newcomer:
    loaded = caching.loaded_run(run.run_id)
    st.subheader("What the newcomer says", anchor=False)
    likes = items_picker(
        loaded.dataset,
        "Liked items",
        Widget.COLD_ITEMS,
        Widget.COLD_ITEMS_SEARCH,
        placeholder="Choose items",
    )
    entities = entity_search_picker(
        run,
        "Interests",
        Widget.COLD_ENTITIES,
        Widget.COLD_ENTITIES_SEARCH,
        placeholder="People, genres, places …",
    )
    graph = loaded.graph
    known_tags = sorted(
        label
        for label, kind in zip(graph.entity_labels, graph.entity_types, strict=True)
        if kind == TAG_TYPE
    )
    tags: list[str] = []
    if known_tags:
        tags = st.multiselect(
            "Tags",
            known_tags,
            key=Widget.COLD_TAGS,
            persist_state="session",
            select_all=False,
            placeholder="Choose tags",
        )
    reads = loaded.encoder is not None
    words = st.text_area(
        "In own words",
        key=Widget.COLD_TEXT,
        persist_state="session",
        disabled=not reads,
        height=90,
        placeholder="One wish per line" if reads else "This run does not read texts",
        help="Compared with the texts of the items by the language model of the run."
        if reads
        else "Train the fusion model with a text model to use words.",
    )
    texts = tuple(line.strip() for line in words.splitlines() if line.strip()) if reads else ()
    friends, attributes = _about(loaded)
    return Newcomer(tuple(likes), tuple(entities), tuple(tags), texts, friends, attributes)


def _about(loaded: LoadedRun) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of friends and labels of attributes; asked for only where the data has some."""
    side = loaded.inputs.data.side
    friends: list[str] = []
    attributes: list[str] = []
    if side is not None and side.friends.nnz:
        friends = users_picker(
            loaded.dataset,
            "Known friends",
            Widget.COLD_FRIENDS,
            Widget.COLD_FRIENDS_SEARCH,
            placeholder="Choose users",
        )
    if side is not None and side.attribute_labels:
        attributes = st.multiselect(
            "About the person",
            sorted(side.attribute_labels),
            key=Widget.COLD_ATTRIBUTES,
            persist_state="session",
            select_all=False,
            placeholder="Age, occupation …",
        )
    return tuple(friends), tuple(attributes)


def _list(run: RunRecord, person: Newcomer) -> list[int]:
    k = cutoff_slider()
    before = _before(run, person)
    with reported_errors(stop=True):
        items, scores = caching_answers.ranking(run.run_id, person, k)
        reasons = caching_answers.main_reasons(run.run_id, person, items)
        earlier = None if before is None else caching_answers.ranking(run.run_id, before, k)[0]
    st.markdown(f"**{as_markdown(person.sentence)}**")
    if not items:
        st.info("Every item is liked already, so nothing is left to recommend.")
        return []
    names = caching.loaded_run(run.run_id).names
    change = _change(earlier, items, names.item_ids)
    table = with_moves(ranked_table(np.array(items), np.array(scores), reasons, names), change)
    labels = {names.item_ids[index]: names.item(index) for index in earlier or []}
    st.markdown(f":gray[{as_markdown(change.sentence(labels))}]")
    kept = get_state().kept
    ids = table["id"].to_list()
    choosable_list(
        table,
        key=Widget.COLD_EXPLAIN.of(run.run_id, hash((person, k))),
        chosen_row=ids.index(kept[CHOSEN]) if kept.get(CHOSEN) in ids else 0,
        on_choose=lambda row: kept.update({CHOSEN: ids[row]}),
        alt=f"The list of the newcomer. {change.sentence(labels)}",
    )
    st.caption("Choose a row to see why.")
    return items


def _why(run: RunRecord, person: Newcomer, items: list[int]) -> None:
    ids = caching.loaded_run(run.run_id).names.item_ids
    chosen = get_state().kept.get(CHOSEN)
    item = next((index for index in items if ids[index] == chosen), items[0])
    with reported_errors(stop=True):
        view = caching_answers.score_parts(run.run_id, person, item)
    st.divider()
    show_score(view, key="newcomer")


def _before(run: RunRecord, person: Newcomer) -> Newcomer | None:
    """What was known before the last change; notes the present state on the way."""
    seen = get_state().newcomers.setdefault(run.run_id, [])
    if not seen or seen[-1] != person:
        seen.append(person)
        del seen[:-2]
    return seen[0] if len(seen) == 2 else None


def _change(earlier: list[int] | None, items: list[int], ids: tuple[str, ...]) -> ListChange:
    before = None if earlier is None else [ids[index] for index in earlier]
    return list_change(before, [ids[index] for index in items])
