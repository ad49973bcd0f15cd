"""The controls of a newcomer: one thing is said at a time, and becomes a step at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from kgrec_core.graph.naming import TAG_TYPE
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.newcomer_steps import MAX_VALUE, Step, StepKind
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching
from kgrec_ui.parts.lab_address import change_history
from kgrec_ui.state import Widget, get_state
from kgrec_ui.views.search_view import find_matches, option_label
from kgrec_ui.views.step_history import KIND_ICONS, KIND_NAMES, StepHistory

__all__ = ["say_something", "take_step"]

MAX_OPTIONS = 3000
"""Longer lists would slow the browser; they get a search box that narrows them first."""
N_MATCHES = 30
DISLIKE_HELP = (
    "The item leaves this newcomer's list. If it was liked before, that like counts no more. "
    "Nothing else changes: the models learn from choices, not from dislikes, so what a dislike "
    "says about other items is unknown, and every score stays the sum of its named contributions."
)


def say_something(run: RunRecord, history: StepHistory) -> None:
    """Choose the kind, then the thing; choosing it adds the step."""
    loaded = caching.loaded_run(run.run_id)
    kinds = _kinds(loaded)
    kind = st.pills(
        "What the newcomer says",
        kinds,
        default="like",
        format_func=lambda name: f"{KIND_ICONS[name]} {KIND_NAMES[name]}",
        key=Widget.COLD_SAY,
        required=True,
        wrap=True,
    )
    if history.is_full:
        st.info("This newcomer has said all that a history holds. Take a step away first.")
        return
    pickers: dict[StepKind, Callable[[RunRecord, LoadedRun, StepKind], None]] = {
        "like": _item,
        "dislike": _item,
        "interest": _interest,
        "tag": _tag,
        "words": _words,
        "friend": _friend,
        "attribute": _attribute,
    }
    pickers[kind or "like"](run, loaded, kind or "like")
    if kind == "dislike":
        st.caption(DISLIKE_HELP)


def take_step(data: str, step: Step) -> None:
    """Add a step to the newcomer of a data set; made for callbacks."""
    history = get_state().histories.get(data, StepHistory())
    change_history(data, history.added(step))


def _kinds(loaded: LoadedRun) -> list[StepKind]:
    """What can be said to this run about this data."""
    side, graph = loaded.inputs.data.side, loaded.graph
    possible: dict[StepKind, bool] = {
        "like": True,
        "dislike": True,
        "interest": len(graph.entities) > graph.n_items,
        "tag": TAG_TYPE in graph.entity_types,
        "words": loaded.encoder is not None and bool(loaded.text_vectors.any()),
        "friend": side is not None and bool(side.friends.nnz),
        "attribute": side is not None and bool(side.attribute_labels),
    }
    return [kind for kind, is_possible in possible.items() if is_possible]


def _item(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    dataset = loaded.dataset
    _choice(run, kind, "Item", dataset.items.ids, dataset.item_labels)


def _friend(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    dataset = loaded.dataset
    _choice(run, kind, "Friend", dataset.users.ids, dataset.user_labels)


def _interest(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    graph = loaded.graph
    text = st.text_input(
        "Search interests",
        key=Widget.COLD_SAY_SEARCH.of(kind),
        placeholder="People, genres, places …",
        help="Typing errors are fine. What is found can be chosen below.",
        persist_state="session",
    ).strip()
    if text:
        found = caching.entity_search(run.dataset_fingerprint).find(text, limit=2 * N_MATCHES)
    else:
        found = caching.best_linked(run.dataset_fingerprint, None, 2 * N_MATCHES)
    indices = [index for index in found if index >= graph.n_items][:N_MATCHES]
    if text and not indices:
        st.caption(f"Nothing is called like “{text}”.")
        return
    names = {
        graph.entities.id_of(index): f"{graph.entity_labels[index]} "
        f"({graph.entity_types[index].replace('_', ' ')})"
        for index in indices
    }
    placeholder = f"{len(names)} found" if text else "Most linked first"
    _select(run, kind, "Interest", list(names), names.__getitem__, placeholder)


def _tag(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    graph = loaded.graph
    rows = zip(graph.entity_labels, graph.entity_types, strict=True)
    tags = sorted({label for label, type_ in rows if type_ == TAG_TYPE})
    _choice(run, kind, "Tag", tags, tags)


def _attribute(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    side = loaded.inputs.data.side
    labels = sorted(side.attribute_labels) if side is not None else []
    _choice(run, kind, "About the person", labels, labels)


def _words(run: RunRecord, loaded: LoadedRun, kind: StepKind) -> None:
    key = Widget.COLD_SAY.of(run.dataset_fingerprint, kind)

    def take() -> None:
        words = " ".join(st.session_state[key].split())
        st.session_state[key] = ""
        if words:
            take_step(run.dataset_fingerprint, Step("words", words))

    st.text_input(
        "In own words",
        key=key,
        max_chars=MAX_VALUE,
        on_change=take,
        placeholder="A quiet film about the sea …",
        help="Compared with the texts of the items by the language model of the run. Press Enter.",
    )


def _choice(
    run: RunRecord, kind: StepKind, label: str, ids: Sequence[str], labels: Sequence[str]
) -> None:
    """A select box over ids; long lists are narrowed by a search box first."""
    offered: Sequence[str] = ids
    if len(ids) > MAX_OPTIONS:
        text = st.text_input(
            f"Search {label.lower()} by name or id",
            key=Widget.COLD_SAY_SEARCH.of(kind),
            placeholder="Typing errors are fine",
            persist_state="session",
        )
        offered = [ids[place] for place in find_matches(text, ids, labels, limit=N_MATCHES)]
    known = dict(zip(ids, labels, strict=True))
    _select(
        run, kind, label, offered, lambda id_: option_label(id_, known[id_]), "Choose to add a step"
    )


def _select(
    run: RunRecord,
    kind: StepKind,
    label: str,
    options: Sequence[str],
    name: Callable[[str], str],
    placeholder: str,
) -> None:
    key = Widget.COLD_SAY.of(run.dataset_fingerprint, kind)

    def take() -> None:
        value = st.session_state[key]
        st.session_state[key] = None
        if value is not None:
            take_step(run.dataset_fingerprint, Step(kind, value))

    st.selectbox(
        label,
        options,
        index=None,
        format_func=name,
        key=key,
        on_change=take,
        placeholder=placeholder,
        help="Choosing adds a step at once.",
    )
