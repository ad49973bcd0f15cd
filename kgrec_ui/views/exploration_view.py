"""An exploration of the graph: what is drawn, how much was left out, and the same as tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
import pandas as pd

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.exploring import MAX_SHOWN, Exploration, Explored, Step
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.theme import format_count
from kgrec_ui.views.drawing import Drawing, Place, drawing_of, provenance_words
from kgrec_ui.views.graph_view import relation_words
from kgrec_ui.views.name_room import without_touching
from kgrec_ui.views.words import counted, ended, joined, shortened

__all__ = [
    "STRENGTH_HELP",
    "EntityCard",
    "ExplorationView",
    "entity_card",
    "exploration_view",
    "link_table",
    "steps_from_text",
    "steps_to_text",
]

STRENGTH_HELP = (
    "A link is strong when both of its ends have few other links: 1 / √(links of the one end × "
    "links of the other end). Over several steps the strengths multiply. So what only two "
    "entities share comes before what half of the catalog has."
)
LINK_COLUMNS = ["From", "Relation", "To", "Stated in"]
ENTITY_COLUMNS = ["Entity", "Type", "Steps", "Links", "Links drawn", "Strength", "Through"]
MARK_LENGTH = 6


@dataclass(frozen=True)
class ExplorationView:
    """Everything that an exploration shows.

    Attributes:
        drawing: the center first.
        sentence: how many entities there are and how many are drawn.
        expansion_sentence: the same for each expanded entity; "" without one.
        entities: one row per drawn entity.
        entity_order: entity of each row.
        links: one row per drawn triple, with file and row.
        link_order: triple of each row.
    """

    drawing: Drawing
    sentence: str
    expansion_sentence: str
    entities: pd.DataFrame
    entity_order: tuple[int, ...]
    links: pd.DataFrame
    link_order: tuple[int, ...]


@dataclass(frozen=True)
class EntityCard:
    """What is said about the selected entity.

    Attributes:
        name: its whole name.
        facts: type and number of links.
        entity_id: its id.
        by_relation: "12 has genre, 3 directed by"; "" without links.
        n_hidden: neighbors that are not drawn.
        is_open: it was expanded.
    """

    name: str
    facts: str
    entity_id: str
    by_relation: str
    n_hidden: int
    is_open: bool


def exploration_view(
    graph: KnowledgeGraph, asked: Exploration, found: Explored, places: Mapping[int, Place]
) -> ExplorationView:
    """An exploration in words, marks and tables.

    Args:
        graph: the whole graph.
        asked: what was asked for.
        found: what it shows.
        places: of all entities that it shows.
    """
    members = found.entity_indices.tolist()
    drawing = drawing_of(graph, members, found.triple_indices, places, n_fitted=found.n_start)
    opened = {expansion.entity_index for expansion in found.expansions}
    marks = tuple(
        replace(
            mark,
            is_center=mark.entity_index == asked.center,
            is_open=mark.entity_index in opened,
            size=mark.size * (1.6 if mark.entity_index == asked.center else 1.0),
        )
        for mark in drawing.marks
    )
    hops = _hops_of_start(found, asked.center)
    known = opened | {asked.center}
    lines = tuple(
        replace(line, is_faint=not _is_followed(line.head_index, line.tail_index, known, hops))
        for line in drawing.lines
    )
    return ExplorationView(
        drawing=without_touching(_sided(replace(drawing, marks=marks, lines=lines))),
        sentence=_sentence(graph, asked, found),
        expansion_sentence=_expansion_sentence(graph, found),
        entities=_entity_table(graph, asked, found),
        entity_order=tuple(members),
        links=link_table(graph, found.triple_indices),
        link_order=tuple(found.triple_indices.tolist()),
    )


def entity_card(graph: KnowledgeGraph, found: Explored, entity_index: int) -> EntityCard:
    """The selected entity in words, and what may be done with it."""
    ends = graph.triples[:, [0, 2]]
    own = np.flatnonzero((ends == entity_index).any(axis=1))
    relations = Counter(graph.triples[own, 1].tolist())
    told = [
        f"{format_count(n)} {shortened(relation_words(graph.relations.id_of(relation)))}"
        for relation, n in relations.most_common()
    ]
    neighbors = np.setdiff1d(ends[own].ravel(), [entity_index])
    n_hidden = int((~np.isin(neighbors, found.entity_indices)).sum())
    n_links = counted(int(graph.degrees[entity_index]), "link")
    return EntityCard(
        name=graph.entity_labels[entity_index],
        facts=f"{graph.entity_types[entity_index].replace('_', ' ')} · {n_links}",
        entity_id=graph.entities.id_of(entity_index),
        by_relation=joined(told, 6),
        n_hidden=n_hidden,
        is_open=any(part.entity_index == entity_index for part in found.expansions),
    )


def link_table(graph: KnowledgeGraph, triple_indices: IndexArray) -> pd.DataFrame:
    """Triples in words, each with file, line and column in one cell."""
    labels = graph.entity_labels
    triples = graph.triples[triple_indices].tolist()
    sources = graph.provenance[triple_indices.tolist()].iter_rows(named=True)
    rows = [
        (
            labels[head],
            relation_words(graph.relations.id_of(relation)),
            labels[tail],
            provenance_words(source),
        )
        for (head, relation, tail), source in zip(triples, sources, strict=True)
    ]
    return pd.DataFrame(rows, columns=LINK_COLUMNS)


def steps_to_text(graph: KnowledgeGraph, steps: tuple[Step, ...]) -> str:
    """Steps for an address; they only fit the same graph, whose mark stands before them."""
    if not steps:
        return ""
    words = [f"{'e' if step.is_open else 'c'}{step.entity_index}" for step in steps]
    return ".".join([graph.fingerprint[:MARK_LENGTH], *words])


def steps_from_text(graph: KnowledgeGraph, text: str) -> tuple[Step, ...]:
    """What `steps_to_text` gave; steps of another graph, or that make no sense, are left out."""
    mark, *words = text.split(".")
    if mark != graph.fingerprint[:MARK_LENGTH]:
        return ()
    return tuple(
        Step(int(word[1:]), word[0] == "e")
        for word in words
        if word[:1] in ("e", "c")
        and word[1:].isdecimal()
        and word[1:].isascii()
        and int(word[1:]) < graph.n_entities
    )


def _sided(drawing: Drawing) -> Drawing:
    """Names on the side of their marks that fewer lines come from; faint lines do not count."""
    places = {mark.entity_index: mark for mark in drawing.marks}
    pull: dict[int, float] = defaultdict(float)
    for line in drawing.lines:
        head, tail = places[line.head_index], places[line.tail_index]
        length = hypot(tail.x - head.x, tail.y - head.y)
        if length and not line.is_faint:
            down = (tail.y - head.y) / length
            pull[line.head_index] += down
            pull[line.tail_index] -= down
    marks = tuple(
        replace(mark, side="above" if pull[mark.entity_index] > 0 else "below")
        if not mark.is_center
        else mark
        for mark in drawing.marks
    )
    return replace(drawing, marks=marks)


def _hops_of_start(found: Explored, center: int) -> dict[int, int]:
    """Hops of the entities that were there before any expansion."""
    rows = zip(
        found.entity_indices.tolist(),
        found.n_hops.tolist(),
        found.brought_by.tolist(),
        strict=True,
    )
    return {index: hops for index, hops, owner in rows if owner == center}


def _is_followed(head: int, tail: int, known: set[int], hops: dict[int, int]) -> bool:
    """Whether a link leads on; others only happen to join two entities that are drawn."""
    if head in known or tail in known:
        return True
    return head in hops and tail in hops and abs(hops[head] - hops[tail]) == 1


def _sentence(graph: KnowledgeGraph, asked: Exploration, found: Explored) -> str:
    label = shortened(graph.entity_labels[asked.center], 60)
    n_around, n_shown = found.n_total - 1, found.n_start - 1
    if not n_around:
        narrowed = " along the chosen relations" if asked.relations is not None else ""
        return f"{label} has no links{narrowed} in this graph."
    reach = "one step" if asked.n_hops == 1 else f"{asked.n_hops} steps"
    if n_shown < n_around:
        return (
            f"{format_count(n_shown)} of {counted(n_around, 'entity', 'entities')} within {reach} "
            f"of {label}, strongest first."
        )
    if n_shown == 1:
        return ended(f"One entity is within {reach} of {label}.")
    return ended(f"All {format_count(n_shown)} entities within {reach} of {label}.")


def _expansion_sentence(graph: KnowledgeGraph, found: Explored) -> str:
    told = [
        f"{shortened(graph.entity_labels[part.entity_index])} "
        f"({format_count(part.n_shown)} of {counted(part.n_total, 'neighbor')})"
        for part in found.expansions
    ]
    words = f"Expanded: {joined(told, 4)}." if told else ""
    if found.is_full:
        words += f" More than {format_count(MAX_SHOWN)} entities are not drawn; collapse some."
    return words


def _entity_table(graph: KnowledgeGraph, asked: Exploration, found: Explored) -> pd.DataFrame:
    drawn = Counter(graph.triples[found.triple_indices][:, [0, 2]].ravel().tolist())
    strongest = float(found.strengths[1:].max(initial=0.0)) or 1.0
    members = zip(
        found.entity_indices.tolist(),
        found.n_hops.tolist(),
        found.strengths.tolist(),
        found.brought_by.tolist(),
        strict=True,
    )
    rows = [
        (
            graph.entity_labels[index],
            graph.entity_types[index].replace("_", " "),
            hops,
            int(graph.degrees[index]),
            drawn[index],
            None if index == asked.center else 100 * strength / strongest,
            "" if owner == asked.center else graph.entity_labels[owner],
        )
        for index, hops, strength, owner in members
    ]
    return pd.DataFrame(rows, columns=ENTITY_COLUMNS)
