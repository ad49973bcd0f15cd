"""The interest portrait ready to show: history on the left, entities on the right, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.path_layout import Lines, column_heights
from kgrec_core.explanation.portrait import Interest, Portrait, Source
from kgrec_core.recommender.contract import EvidenceUnit
from kgrec_ui.theme import format_share, format_signed
from kgrec_ui.views.explanation_view import evidence_label
from kgrec_ui.views.path_shapes import BEHAVIOR, BY_BEHAVIOR, PathEdge, PathNode, PathView
from kgrec_ui.views.words import counted, joined, shortened, shortened_pair

__all__ = ["NO_GRAPH", "PortraitView", "portrait_view"]

N_INTERESTS = 8
N_SOURCES = 3
BOX_LETTERS, LINK_LETTERS = 26, 30
"""Letters on one line of a box, for a choice and for a link, whose letters can be larger."""
NO_LINKS = (
    "The data has no links between items and anything else, so no entity stands between a choice "
    "and an item."
)
NO_GRAPH = "This run does not use the knowledge graph, so no path leads from a choice to an item."
SCHEMA = {
    "interest": pl.String,
    "kind": pl.String,
    "by": pl.String,
    "part of the scores": pl.Float64,
    "items of the list": pl.Int64,
    "from the history": pl.String,
}


@dataclass(frozen=True)
class PortraitView:
    """What the list owes to which entities.

    Attributes:
        drawing: history items and entities; empty when no path speaks.
        table: every entity as a row, strongest first.
        sentence: the strongest in words, or why there is none.
    """

    drawing: PathView
    table: pl.DataFrame
    sentence: str

    @property
    def is_empty(self) -> bool:
        """True when no entity carries anything."""
        return self.table.height == 0


def portrait_view(
    portrait: Portrait, names: Names, *, uses_graph: bool, n_interests: int = N_INTERESTS
) -> PortraitView:
    """The strongest interests drawn, all of them in the table."""
    if not portrait.interests:
        return PortraitView(
            PathView((), (), 0, 0, ""),
            pl.DataFrame(schema=SCHEMA),
            _none(portrait, names, uses_graph=uses_graph),
        )
    shown = portrait.interests[:n_interests]
    sentence = _sentence(portrait, names)
    return PortraitView(_drawing(shown, names, sentence), _table(portrait, names), sentence)


def _none(portrait: Portrait, names: Names, *, uses_graph: bool) -> str:
    if not names.graph.triples.size:
        return NO_LINKS
    if not uses_graph:
        return NO_GRAPH
    if not portrait.n_paths:
        return (
            "No path of the knowledge graph leads from this user's choices to the items of the "
            "list, so no entity carries any of the scores."
        )
    return "All paths are direct links between two items, so no entity lies in the middle."


def _sentence(portrait: Portrait, names: Names) -> str:
    top = portrait.interests[0]
    share = portrait.path_absolute / portrait.absolute_total if portrait.absolute_total else 0.0
    others = [
        f"“{names.brief().entity(interest.entity_index)}”" for interest in portrait.interests[1:3]
    ]
    more = f", then {' and '.join(others)}" if others else ""
    return (
        f"Paths carry {format_share(share)} of all contributions to the list by size, plus and "
        "minus together. Most goes through "
        f"“{names.brief().entity(top.entity_index)}”: {format_signed(top.value)} over "
        f"{len(top.items)} of {counted(portrait.n_items, 'item')}{more}."
    )


def _table(portrait: Portrait, names: Names) -> pl.DataFrame:
    found = portrait.interests
    return pl.DataFrame(
        {
            "interest": [names.entity(interest.entity_index) for interest in found],
            "kind": [_kind(names, interest.entity_index) for interest in found],
            "by": [
                joined([relation_words(id_) for id_ in interest.relation_ids], 3)
                for interest in found
            ],
            "part of the scores": [interest.value for interest in found],
            "items of the list": [len(interest.items) for interest in found],
            "from the history": [joined(_source_labels(interest, names), 3) for interest in found],
        },
        schema=SCHEMA,
    )


def _source_labels(interest: Interest, names: Names) -> list[str]:
    labels = [
        f"{evidence_label(names, source.evidence)}{'' if source.relation_id else ' (behavior)'}"
        for source in interest.sources
    ]
    return list(dict.fromkeys(labels))


def _drawing(shown: Sequence[Interest], names: Names, sentence: str) -> PathView:
    """Two columns; only the strongest history items of each entity, so that lines can be told."""
    nodes: dict[str, PathNode] = {}
    lines: Lines = {}
    told: dict[tuple[str, str, int], Source] = {}
    largest = max(abs(interest.value) for interest in shown)
    for interest in shown:
        target = f"1:{interest.entity_index}"
        label = names.entity(interest.entity_index)
        title = (
            f"{label} ({_kind(names, interest.entity_index)}): {format_signed(interest.value)} "
            f"over {counted(len(interest.items), 'item')} of the list"
        )
        share = abs(interest.value) / largest
        text = shortened_pair(relation_words(interest.relation_ids[0]), label, LINK_LETTERS)
        nodes[target] = PathNode(target, text, title, "entity", 1, 0.0, share)
        for source in interest.sources[:N_SOURCES]:
            key = _key(source.evidence)
            text = evidence_label(names, source.evidence)
            nodes.setdefault(
                key, PathNode(key, shortened(text, BOX_LETTERS), text, "evidence", 0, 0.0)
            )
            row = BY_BEHAVIOR if source.triple_index is None else source.triple_index
            lines[key, target, row] = lines.get((key, target, row), 0.0) + source.value
            told[key, target, row] = source
    heights = column_heights({key: node.column for key, node in nodes.items()}, lines)
    placed = tuple(
        PathNode(n.key, n.label, n.title, n.kind, n.column, heights[n.key], n.share)
        for n in nodes.values()
    )
    columns = [node.column for node in placed]
    n_rows = max(columns.count(0), columns.count(1))
    return PathView(placed, _edges(lines, told, names), 2, n_rows, sentence)


def _edges(
    lines: Lines, told: dict[tuple[str, str, int], Source], names: Names
) -> tuple[PathEdge, ...]:
    largest = max((abs(value) for value in lines.values()), default=0.0) or 1.0
    edges = []
    for (source_key, target, row), value in lines.items():
        source = told[source_key, target, row]
        by_behavior = row == BY_BEHAVIOR
        label = BEHAVIOR if by_behavior else relation_words(source.relation_id)
        where = (
            "no link of the data: people with the one often choose what has the other"
            if by_behavior
            else f"{label}, stated in {names.provenance(row)}"
        )
        left = not by_behavior and int(names.graph.triples[row, 0]) != source.evidence.index
        edges.append(
            PathEdge(
                source_key,
                target,
                label,
                False,  # the box says it; on the lines the words would cover each other
                f"{format_signed(value)} over the list; {where}",
                value,
                abs(value) / largest,
                left,
                by_behavior,
            )
        )
    return tuple(edges)


def _key(unit: EvidenceUnit) -> str:
    return f"0:{unit.kind}-{unit.index}"


def _kind(names: Names, entity_index: int) -> str:
    return names.graph.entity_types[entity_index].replace("_", " ")
