"""One control per kind of step: a past choice, a new one, a modality, a relation, a link."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kgrec_core.explanation.names import relation_words
from kgrec_core.recommender.muting import CanMute
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_changes, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.state import Widget
from kgrec_ui.theme import MODALITY_NAMES, format_count
from kgrec_ui.views.search_view import find_matches, option_label
from kgrec_ui.views.what_if_view import Step

__all__ = ["choose_step"]

KINDS = {
    "drop": "Take a choice out",
    "like": "Add a choice",
    "modality": "Switch off a modality",
    "relation": "Switch off a relation",
    "link": "Switch off a link",
}
N_LINKED_ITEMS = 10
MAX_OPTIONS = 3000
MAX_MATCHES = 50
"""Longer lists would slow the browser; they get a search box that narrows them first."""


def choose_step(run: RunRecord, asked: Asked, steps: list[Step]) -> None:
    """Kind, then what of it; the button adds the step and the list is ranked again."""
    kinds = _possible_kinds(run)
    kind = st.selectbox(
        "Change", kinds, format_func=KINDS.__getitem__, key=Widget.WHAT_IF.of("kind")
    )
    options = _options(run, asked, kind, steps)
    if not options:
        st.caption("Nothing of this kind is left to change.")
        return
    labels = dict(options)
    chosen = st.selectbox(
        "Which one",
        list(labels),
        format_func=labels.__getitem__,
        key=Widget.WHAT_IF.of("which", kind, asked.user_id),
    )
    if st.button("Apply", key=Widget.WHAT_IF.of("add"), type="primary", icon=":material/add:"):
        steps.append(chosen)
        st.rerun()
    if len(kinds) < len(KINDS):
        st.caption(
            "This model does not know which part of a score comes from which view or link, so only "
            "choices can be changed. The fusion model can switch off more."
        )


def _possible_kinds(run: RunRecord) -> list[str]:
    loaded = caching.loaded_run(run.run_id)
    if not isinstance(loaded.recommender, CanMute):
        return ["drop", "like"]
    if not loaded.links_by_relation():
        return ["drop", "like", "modality"]
    return list(KINDS)


def _options(
    run: RunRecord, asked: Asked, kind: str, steps: Sequence[Step]
) -> list[tuple[Step, str]]:
    """What can be changed, and how it is offered; what is changed already is left out."""
    makers = {
        "drop": _past_choices,
        "like": _new_choices,
        "modality": _modalities,
        "relation": _relations,
        "link": _links,
    }
    return [(step, label) for step, label in makers[kind](run, asked) if step not in set(steps)]


def _past_choices(run: RunRecord, asked: Asked) -> list[tuple[Step, str]]:
    names = caching.loaded_run(run.run_id).names
    known = caching_recommend.adapted(asked).evidence.item_indices.tolist()
    return [(Step("drop", (names.item_ids[item],)), names.item(item)) for item in known]


def _new_choices(run: RunRecord, asked: Asked) -> list[tuple[Step, str]]:
    dataset = caching.dataset(run.dataset_fingerprint)
    known = set(caching_recommend.adapted(asked).evidence.item_indices.tolist())
    places = [place for place in range(dataset.n_items) if place not in known]
    if len(places) > MAX_OPTIONS:
        text = st.text_input(
            "Search item by name or id",
            key=Widget.WHAT_IF_SEARCH,
            placeholder=f"{format_count(len(places))} to choose from; typing errors are fine",
        )
        found = find_matches(text, dataset.items.ids, dataset.item_labels, limit=MAX_MATCHES)
        places = [place for place in found if place not in known]
    return [
        (
            Step("like", (dataset.items.id_of(place),)),
            option_label(dataset.items.id_of(place), dataset.item_labels[place]),
        )
        for place in places
    ]


def _modalities(run: RunRecord, asked: Asked) -> list[tuple[Step, str]]:
    """Those that speak in this list."""
    items, _ = caching_recommend.ranking(asked, 1)
    spoken = {
        term.modality
        for item in items
        for term in caching_recommend.explained(asked, item).contributions
    }
    return [
        (Step("modality", (modality,)), MODALITY_NAMES[modality])
        for modality in MODALITY_NAMES
        if modality in spoken
    ]


def _relations(run: RunRecord, asked: Asked) -> list[tuple[Step, str]]:
    found = caching.loaded_run(run.run_id).links_by_relation()
    return [
        (Step("relation", (id_,)), f"{relation_words(id_)} ({format_count(n)} links)")
        for id_, n in found.items()
    ]


def _links(run: RunRecord, asked: Asked) -> list[tuple[Step, str]]:
    """Links behind the first items of the list, those that carry most first."""
    items, _ = caching_recommend.ranking(asked, N_LINKED_ITEMS)
    found: dict[Step, str] = {}
    for item in items:
        for reason in caching_changes.wrong_reasons(asked, item)[0]:
            if reason.triple is not None:
                found.setdefault(Step("link", reason.triple), reason.label)
    return list(found.items())
