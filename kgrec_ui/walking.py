"""Where a visitor is in the graph: start, selected entity and steps, kept in the page address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kgrec_core.graph.exploring import Step
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.state import Param, get_state
from kgrec_ui.views.exploration_view import steps_from_text, steps_to_text

__all__ = [
    "Walk",
    "asked_entity",
    "can_go_back",
    "collapse",
    "current_walk",
    "expand",
    "go_back",
    "select",
    "start_at",
    "start_over",
]

MAX_TRAIL = 50
PARAMS = (Param.ENTITY, Param.CENTER, Param.OPEN)


@dataclass(frozen=True)
class Walk:
    """One place in a graph.

    Attributes:
        center: entity that the drawing starts from.
        selected: entity that is told about; drawn or not.
        steps: expansions and collapses since the start.
    """

    center: int
    selected: int
    steps: tuple[Step, ...]


def current_walk(graph: KnowledgeGraph) -> Walk:
    """The place in the address, else that of this session, else the best linked item."""
    kept = get_state().kept
    is_asked = Param.ENTITY in st.query_params
    words = {str(p): st.query_params.get(p, "") if is_asked else kept.get(p, "") for p in PARAMS}
    selected = asked_entity(graph, words[Param.ENTITY], is_asked=is_asked)
    center = selected
    steps: tuple[Step, ...] = ()
    if words[Param.CENTER] in graph.entities and words[Param.ENTITY] in graph.entities:
        center = graph.entities.index_of(words[Param.CENTER])
        steps = steps_from_text(graph, words[Param.OPEN])
    walk = Walk(center, selected, steps)
    _write(graph, walk)
    return walk


def asked_entity(graph: KnowledgeGraph, entity_id: str, *, is_asked: bool) -> int:
    """The entity with this id, else the best linked item; a link to an unknown one is told."""
    if entity_id in graph.entities:
        return graph.entities.index_of(entity_id)
    among = graph.degrees[: graph.n_items] if graph.n_items else graph.degrees
    fallback = int(among.argmax())
    if is_asked:
        st.warning(
            f"The link asks for the entity “{entity_id}”, which is not in this graph. "
            f"Shown instead: {graph.entity_labels[fallback]}.",
            icon=":material/link_off:",
        )
    return fallback


def select(graph: KnowledgeGraph, entity_index: int, triple_index: int | None = None) -> None:
    """Tell about another entity; the drawing stays. May name the triple that was clicked."""
    walk = _walk(graph)
    get_state().picked_triple = triple_index
    _write(graph, Walk(walk.center, entity_index, walk.steps))


def start_at(graph: KnowledgeGraph, entity_index: int) -> None:
    """Draw anew around an entity."""
    _remember()
    get_state().picked_triple = None
    _write(graph, Walk(entity_index, entity_index, ()))


def start_over(graph: KnowledgeGraph) -> None:
    """Undo all expansions."""
    start_at(graph, _walk(graph).center)


def expand(graph: KnowledgeGraph, entity_index: int) -> None:
    """Draw the neighbors of an entity too."""
    _step(graph, Step(entity_index))


def collapse(graph: KnowledgeGraph, entity_index: int) -> None:
    """Take back what the expansions of an entity brought."""
    _step(graph, Step(entity_index, is_open=False))


def can_go_back() -> bool:
    """Whether there was a place before this one."""
    return bool(get_state().trail)


def go_back() -> None:
    """To the place before the last step."""
    state = get_state()
    if state.trail:
        _put(state.trail.pop())


def _step(graph: KnowledgeGraph, step: Step) -> None:
    walk = _walk(graph)
    _remember()
    get_state().picked_triple = None
    _write(graph, Walk(walk.center, step.entity_index, (*walk.steps, step)))


def _walk(graph: KnowledgeGraph) -> Walk:
    """The place of the last run of the page, which wrote it to the address."""
    index = graph.entities.index_of
    selected = index(st.query_params[Param.ENTITY])
    center = st.query_params.get(Param.CENTER)
    steps = steps_from_text(graph, st.query_params.get(Param.OPEN, ""))
    return Walk(selected if center is None else index(center), selected, steps)


def _write(graph: KnowledgeGraph, walk: Walk) -> None:
    """Into address and session; what follows from the selected entity is left out."""
    is_plain = walk.center == walk.selected and not walk.steps
    words = {str(Param.ENTITY): graph.entities.id_of(walk.selected)}
    if not is_plain:
        words[Param.CENTER] = graph.entities.id_of(walk.center)
    if walk.steps:
        words[Param.OPEN] = steps_to_text(graph, walk.steps)
    _put(words)


def _put(words: dict[str, str]) -> None:
    kept = get_state().kept
    for param in PARAMS:
        kept.pop(param, None)
        if param in words:
            kept[param] = words[param]
            if st.query_params.get(param) != words[param]:
                st.query_params[param] = words[param]
        else:
            st.query_params.pop(param, None)


def _remember() -> None:
    trail = get_state().trail
    words = {str(param): st.query_params[param] for param in PARAMS if param in st.query_params}
    trail.append(words)
    del trail[:-MAX_TRAIL]
