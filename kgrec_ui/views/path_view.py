"""Paths from the user to one recommended item: columns from left to right, and a table twin.

A path may start at an entity that behavior, not a link of the data, ties to the evidence; that tie
is drawn and told as "behavior", never as a link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.path_layout import Lines, Rows, column_rows
from kgrec_core.explanation.reasons import starts_at_evidence
from kgrec_core.recommender.contract import (
    EvidenceUnit,
    PairExplanation,
    PathContribution,
)
from kgrec_ui.theme import format_score, format_signed
from kgrec_ui.views.explanation_view import evidence_label
from kgrec_ui.views.path_shapes import (
    BEHAVIOR,
    BY_BEHAVIOR,
    NodeKind,
    PathEdge,
    PathNode,
    PathView,
)
from kgrec_ui.views.words import counted, shortened

__all__ = ["path_table", "path_view"]

NO_LINKS = (
    "The data has no links between items and anything else, so there is no knowledge graph, and "
    "it adds nothing to any score."
)
N_PATHS = 12
BOX_LETTERS = 22
"""Letters that a box shows on one line; a second line would touch the box below."""
USER_KEY = "user"
TO_EVIDENCE = -1
"""Stands for the row of a triple between the user and the evidence."""


@dataclass(frozen=True)
class _Walk:
    """One path with the evidence that it speaks for.

    Attributes:
        evidence: where it starts from.
        path: entities, links and value.
        by_behavior: the path starts at an entity that behavior ties to the evidence.
    """

    evidence: EvidenceUnit
    path: PathContribution
    by_behavior: bool

    @property
    def value(self) -> float:
        """Signed part of the score."""
        return self.path.value

    @property
    def links(self) -> tuple[int, ...]:
        """Rows of the triples from the evidence on; the tie by behavior counts as one."""
        tie = (BY_BEHAVIOR,) if self.by_behavior else ()
        return (*tie, *self.path.triple_indices)


def path_view(
    explanation: PairExplanation, names: Names, *, user_label: str, n_paths: int = N_PATHS
) -> PathView:
    """The `n_paths` paths that count most, laid out from left to right."""
    walks = _all_walks(explanation)
    if not walks:
        return PathView((), (), 0, 0, _no_path_sentence(names, explanation.item_index))
    shown = walks[:n_paths]
    n_columns = 2 + max(len(walk.links) for walk in shown)
    labels: dict[str, PathNode] = {}
    sums: Lines = {}
    for walk in shown:
        keys = _place(walk, names, user_label, n_columns, labels)
        for source, target, triple in zip(keys, keys[1:], (TO_EVIDENCE, *walk.links), strict=False):
            sums[source, target, triple] = sums.get((source, target, triple), 0.0) + walk.value
    rows = column_rows({key: node.column for key, node in labels.items()}, sums)
    nodes = tuple(replace(node, y=rows.heights[node.key]) for node in labels.values())
    return PathView(
        nodes,
        _edges(sums, names, rows),
        n_columns,
        max(Counter(rows.column_of.values()).values()),
        _sentence(walks, shown, explanation),
    )


def path_table(explanation: PairExplanation, names: Names) -> pl.DataFrame:
    """Every path as a row, strongest first: the path in words, its value, where it is stated."""
    walks = _all_walks(explanation)
    return pl.DataFrame(
        {
            "path": [_in_words(walk, names) for walk in walks],
            "relations": [
                ", ".join(_relation(names, triple) for triple in walk.links) for walk in walks
            ],
            "value": [walk.value for walk in walks],
            "stated in": [
                "; ".join(_stated_in(names, triple) for triple in walk.links) for walk in walks
            ],
        },
        schema={
            "path": pl.String,
            "relations": pl.String,
            "value": pl.Float64,
            "stated in": pl.String,
        },
    )


def _all_walks(explanation: PairExplanation) -> list[_Walk]:
    """All paths, largest absolute value first."""
    walks = [
        _Walk(cell.evidence, path, not starts_at_evidence(cell, path))
        for cell in explanation.contributions
        for path in cell.paths
        if path.value
    ]
    return sorted(walks, key=lambda walk: -abs(walk.value))


def _in_words(walk: _Walk, names: Names) -> str:
    """The path as "Heat —directed by→ Michael Mann ←directed by— The Insider".

    A tie by behavior has no arrow: "Heat ···behavior··· Michael Mann ←directed by— The Insider".
    """
    path = walk.path
    words = [names.entity(path.entity_indices[0])]
    if walk.by_behavior:
        words = [evidence_label(names, walk.evidence), f"···{BEHAVIOR}···", *words]
    for left, right, triple in zip(
        path.entity_indices, path.entity_indices[1:], path.triple_indices, strict=False
    ):
        relation = _relation(names, triple)
        arrow = f"←{relation}—" if _points_left(names, triple, left) else f"—{relation}→"
        words.append(f"{arrow} {names.entity(right)}")
    return " ".join(words)


def _relation(names: Names, triple: int) -> str:
    if triple == BY_BEHAVIOR:
        return BEHAVIOR
    return relation_words(names.graph.relations.id_of(int(names.graph.triples[triple, 1])))


def _stated_in(names: Names, triple: int) -> str:
    return "the histories" if triple == BY_BEHAVIOR else names.provenance(triple)


def _points_left(names: Names, triple: int, left_entity: int) -> bool:
    return int(names.graph.triples[triple, 0]) != left_entity


def _place(
    walk: _Walk, names: Names, user_label: str, n_columns: int, labels: dict[str, PathNode]
) -> list[str]:
    """Add the nodes of one path to `labels` (y still 0) and return their keys, user first."""
    labels.setdefault(
        USER_KEY, PathNode(USER_KEY, shortened(user_label, BOX_LETTERS), user_label, "user", 0, 0.0)
    )
    keys = [USER_KEY]
    if walk.by_behavior:
        unit = walk.evidence
        is_node = unit.kind in ("item", "entity")  # the same box, whichever way it speaks
        key = f"1:{unit.index}" if is_node else f"1:{unit.kind}-{unit.index}"
        title = f"{names.evidence_label(unit)} ({unit.kind})"
        text = shortened(evidence_label(names, unit), BOX_LETTERS)
        labels.setdefault(key, PathNode(key, text, title, "evidence", 1, 0.0))
        keys.append(key)
    entities = walk.path.entity_indices
    for hop, entity in enumerate(entities):
        is_last = hop == len(entities) - 1
        column = n_columns - 1 if is_last else len(keys)
        kind: NodeKind = "item" if is_last else "evidence" if column == 1 else "entity"
        key = f"{column}:{entity}"
        label = names.entity(entity)
        title = f"{label} ({names.graph.entity_types[entity].replace('_', ' ')})"
        labels.setdefault(
            key, PathNode(key, shortened(label, BOX_LETTERS), title, kind, column, 0.0)
        )
        keys.append(key)
    return keys


def _edges(sums: Lines, names: Names, rows: Rows) -> tuple[PathEdge, ...]:
    largest = max((abs(value) for value in sums.values()), default=0.0) or 1.0
    relations = {key: _relation(names, key[2]) for key in sums if key[2] != TO_EVIDENCE}
    said_later = {(source, relation) for (source, _, _), relation in relations.items()}
    edges = []
    for (source, target, triple), value in sums.items():
        label = relations.get((source, target, triple), "")
        where, left = "part of what is known about the user", False
        if triple == BY_BEHAVIOR:
            where = "no link of the data: people with the one often choose what has the other"
        elif label:
            where = f"{label}, stated in {names.provenance(triple)}"
            left = _points_left(names, triple, int(source.split(":")[1]))
        title = f"{format_signed(value)} to the score; {where}"
        share = abs(value) / largest
        shows = bool(label) and (target, label) not in said_later
        passes = tuple(rows.heights[key] for key in rows.passes[source, target])
        is_tie = triple == BY_BEHAVIOR
        edges.append(
            PathEdge(source, target, label, shows, title, value, share, left, is_tie, passes)
        )
    return tuple(edges)


def _sentence(
    walks: Sequence[_Walk],
    shown: Sequence[_Walk],
    explanation: PairExplanation,
) -> str:
    total = sum(walk.value for walk in walks)
    drawn = sum(walk.value for walk in shown)
    score = format_score(explanation.score)
    if len(walks) == 1:
        return f"There is one path. It adds {format_signed(total)} to the score {score}."
    if len(shown) == len(walks):
        return (
            f"All {len(walks)} paths are drawn. Together they add {format_signed(total)} to the "
            f"score {score}."
        )
    return (
        f"The {len(shown)} strongest of {counted(len(walks), 'path')} are drawn. They carry "
        f"{format_signed(drawn)} of the {format_signed(total)} that all paths add to the score "
        f"{score}."
    )


def _no_path_sentence(names: Names, item_index: int) -> str:
    if not names.graph.triples.size:
        return NO_LINKS
    return (
        f"No path of the knowledge graph leads from this user's evidence to "
        f"“{names.item(item_index)}”. The graph adds nothing to this score."
    )
