"""A part of the graph as it is drawn: marks, lines and places, whatever draws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.theme import format_count
from kgrec_ui.views.graph_view import relation_words, type_words
from kgrec_ui.views.words import counted, shortened

__all__ = [
    "MAX_LABEL",
    "MAX_RELATION",
    "NOWHERE",
    "Drawing",
    "Line",
    "Mark",
    "Place",
    "Side",
    "Tone",
    "drawing_of",
    "provenance_words",
]

Place = tuple[float, float]
NOWHERE: Place = (0.0, 0.0)
"""For marks that get their place later."""
Tone = Literal["", "positive", "negative", "chosen"]
"""What a line says about a score, or that it was chosen; "" for all others."""
Side = Literal["below", "above", "left", "right", "plate"]
"""Where a name stands; on a plate it stands right of its mark, and both cover what runs below."""

FITTED = (760.0, 520.0)
"""Pixels that a start of an exploration is shown in, about."""
MAX_LABEL = 28
MAX_RELATION = 24
"""Letters of a name beside its mark, and of the words on a link."""
MAX_NODE_LABELS = 60
MAX_EDGE_LABELS = 24
"""With more links their words would cover the picture; pointing at a link tells them."""


@dataclass(frozen=True)
class Mark:
    """One entity of a drawing.

    Attributes:
        entity_index: row of the graph.
        entity_id: its id.
        label: its whole name.
        shown_label: what is written beside it; "" in a crowd.
        entity_type: decides on color and shape.
        title: what pointing at it tells.
        x: pixels to the right of the middle.
        y: pixels below the middle.
        size: radius in pixels.
        is_center: where the drawing begins.
        is_open: it was expanded.
        side: where its name stands.
        plate_reach: pixels from its middle to the right edge of its plate, at least.
        ring: width in pixels of a ring around it, what it carries of a user's scores; 0 for none.
        tone: of the ring; negative ones are dashed.
        badge: a word or sign at its upper right; "" for none.
        is_dim: others matter more in this drawing.
        carried: its signed part of the scores; None without an overlay.
    """

    entity_index: int
    entity_id: str
    label: str
    shown_label: str
    entity_type: str
    title: str
    x: float
    y: float
    size: float
    is_center: bool = False
    is_open: bool = False
    side: Side = "below"
    plate_reach: float = 0.0
    ring: float = 0.0
    tone: Tone = ""
    badge: str = ""
    is_dim: bool = False
    carried: float | None = None


@dataclass(frozen=True)
class Line:
    """One triple of a drawing, from head to tail.

    Attributes:
        triple_index: row of the graph.
        head_index: entity where the arrow begins.
        tail_index: entity that it points at.
        relation: in words.
        shown_label: the same, shortened, or "" where words would cover the picture.
        title: what pointing at it tells: the triple and its place in the files.
        width: pixels.
        tone: whether it speaks for or against a score.
        is_faint: it was not followed, it only happens to join two entities that are drawn.
        bends: where it turns on its way, from head to tail; () for a straight line.
        carried: its signed part of the scores; None without an overlay.
    """

    triple_index: int
    head_index: int
    tail_index: int
    relation: str
    shown_label: str
    title: str
    width: float = 1.0
    tone: Tone = ""
    is_faint: bool = False
    bends: tuple[Place, ...] = ()
    carried: float | None = None


@dataclass(frozen=True)
class Drawing:
    """Everything that is drawn.

    Attributes:
        marks: the most important first; it lies on top.
        lines: all triples between them that are shown.
        scale: by how much the whole is shrunk to fit; letters and marks grow by as much.
        notes: what rings, badges and lines mean, for the legend.
    """

    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    scale: float = 1.0
    notes: tuple[str, ...] = ()

    @property
    def type_counts(self) -> tuple[tuple[str, int], ...]:
        """(entity type, how many are drawn), most first."""
        return tuple(Counter(mark.entity_type for mark in self.marks).most_common())


def drawing_of(
    graph: KnowledgeGraph,
    members: Sequence[int],
    triple_indices: IndexArray,
    places: Mapping[int, Place],
    *,
    n_fitted: int | None = None,
    scale: float | None = None,
) -> Drawing:
    """Marks sized by their links, and plain lines.

    Args:
        graph: the whole graph.
        members: entities, the most important first.
        triple_indices: triples between them.
        places: where they stand.
        n_fitted: so many of the first members decide on the scale; None for all.
        scale: given instead, for places that need no shrinking.
    """
    if scale is None:
        scale = _scale([places[index] for index in members[: n_fitted or len(members)]])
    named = _named(graph, members)
    shown = Counter(graph.triples[triple_indices][:, [0, 2]].ravel().tolist())
    marks = tuple(
        _mark(graph, index, places[index], scale, shown[index], has_name=index in named)
        for index in members
    )
    has_words = len(triple_indices) <= MAX_EDGE_LABELS
    sources = graph.provenance[triple_indices.tolist()].iter_rows(named=True)
    lines = tuple(
        _line(graph, int(triple), source, has_words=has_words)
        for triple, source in zip(triple_indices, sources, strict=True)
    )
    return Drawing(marks, lines, scale)


def provenance_words(source: Mapping[str, Any]) -> str:
    """A row of the provenance in words: "films.csv, line 12, column genres"."""
    parts = [str(source["file"])]
    if source["row"]:
        parts.append(f"line {source['row']}")
    if source["column"]:
        parts.append(f"column {source['column']}")
    words = ", ".join(parts)
    n_more = int(source["n_sources"]) - 1
    return f"{words} and {counted(n_more, 'more row')}" if n_more > 0 else words


def _scale(places: Sequence[Place]) -> float:
    if not places:
        return 1.0
    width, height = np.ptp(np.array(places, dtype=np.float64), axis=0)
    return float(max(1.0, width / FITTED[0], height / FITTED[1]))


def _named(graph: KnowledgeGraph, members: Sequence[int]) -> set[int]:
    """All of a few; of a crowd the center and the best linked."""
    by_links = sorted(members[1:], key=lambda index: -int(graph.degrees[index]))
    return {*members[:1], *by_links[:MAX_NODE_LABELS]}


def _mark(
    graph: KnowledgeGraph, index: int, place: Place, scale: float, n_shown: int, *, has_name: bool
) -> Mark:
    label, kind = graph.entity_labels[index], graph.entity_types[index]
    n_links = int(graph.degrees[index])
    links = counted(n_links, "link")
    drawn = "" if n_shown == n_links else f", {format_count(n_shown)} drawn"
    return Mark(
        entity_index=index,
        entity_id=graph.entities.id_of(index),
        label=label,
        shown_label=shortened(label, MAX_LABEL) if has_name else "",
        entity_type=kind,
        title=f"{label}\n{type_words(kind)}, {links}{drawn}",
        x=place[0],
        y=place[1],
        size=scale**0.8 * (7 + min(n_links, 60) ** 0.5),
    )


def _line(
    graph: KnowledgeGraph, triple_index: int, source: Mapping[str, Any], *, has_words: bool
) -> Line:
    head, relation_index, tail = (int(value) for value in graph.triples[triple_index])
    relation = relation_words(graph.relations.id_of(relation_index))
    names = graph.entity_labels
    return Line(
        triple_index=triple_index,
        head_index=head,
        tail_index=tail,
        relation=relation,
        shown_label=shortened(relation, MAX_RELATION) if has_words else "",
        title=f"{names[head]} – {relation} – {names[tail]}\n{provenance_words(source)}",
    )
