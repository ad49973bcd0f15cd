"""Paths from the user to one recommended item: columns from left to right, and a table twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.recommender.contract import PairExplanation, PathContribution
from kgrec_ui.theme import format_score, format_signed
from kgrec_ui.views.words import counted, shortened

__all__ = ["PathEdge", "PathNode", "PathView", "path_table", "path_view"]

N_PATHS = 12
MAX_STRETCH = 2.5
N_SWEEPS = 4
USER_KEY = "user"

NodeKind = Literal["user", "evidence", "entity", "item"]


@dataclass(frozen=True)
class PathNode:
    """A box of the drawing.

    Attributes:
        key: unique within the view.
        label: short text in the box.
        title: full text and type, for the hover box.
        kind: what the box is, which decides its color.
        column: 0 for the user, 1 for evidence, last for the item.
        y: vertical position, 1.0 = height of one row, 0 = middle.
    """

    key: str
    label: str
    title: str
    kind: NodeKind
    column: int
    y: float


@dataclass(frozen=True)
class PathEdge:
    """A line of the drawing; `share` of the largest line decides its width.

    Attributes:
        source: key of the left node.
        target: key of the right node.
        label: relation in words; "" between the user and his evidence.
        shows_label: False where the line to the item says the same, to keep the drawing quiet.
        title: value and provenance, for the hover box.
        value: signed sum of the paths that run along this line.
        share: |value| / the largest |value|, in [0, 1].
        points_left: True when the triple reads from right to left.
    """

    source: str
    target: str
    label: str
    shows_label: bool
    title: str
    value: float
    share: float
    points_left: bool


@dataclass(frozen=True)
class PathView:
    """Nodes with positions, lines with widths, and what they stand for in words.

    Attributes:
        n_columns: columns of the drawing.
        n_rows: boxes in the fullest column.
        sentence: how much of the score the drawn paths carry; says so when there are none.
    """

    nodes: tuple[PathNode, ...]
    edges: tuple[PathEdge, ...]
    n_columns: int
    n_rows: int
    sentence: str

    @property
    def is_empty(self) -> bool:
        """True when no path leads to the item."""
        return not self.edges


def path_view(
    explanation: PairExplanation, names: Names, *, user_label: str, n_paths: int = N_PATHS
) -> PathView:
    """The `n_paths` paths that count most, laid out from left to right."""
    paths = _all_paths(explanation)
    if not paths:
        return PathView((), (), 0, 0, _no_path_sentence(names, explanation.item_index))
    shown = paths[:n_paths]
    n_columns = 1 + max(len(path.entity_indices) for path in shown)
    labels: dict[str, PathNode] = {}
    sums: dict[tuple[str, str, int], float] = {}
    for path in shown:
        keys = _place(path, names, user_label, n_columns, labels)
        for source, target, triple in zip(keys, keys[1:], (-1, *path.triple_indices), strict=False):
            sums[source, target, triple] = sums.get((source, target, triple), 0.0) + path.value
    heights = _heights(labels, sums, n_columns)
    nodes = tuple(
        PathNode(node.key, node.label, node.title, node.kind, node.column, heights[node.key])
        for node in labels.values()
    )
    columns = [node.column for node in nodes]
    return PathView(
        nodes,
        _edges(sums, names),
        n_columns,
        max(columns.count(column) for column in set(columns)),
        _sentence(paths, shown, explanation),
    )


def path_table(explanation: PairExplanation, names: Names) -> pl.DataFrame:
    """Every path as a row, strongest first: the path in words, its value, where it is stated."""
    paths = _all_paths(explanation)
    return pl.DataFrame(
        {
            "path": [_in_words(path, names) for path in paths],
            "relations": [
                ", ".join(_relation(names, triple) for triple in path.triple_indices)
                for path in paths
            ],
            "value": [path.value for path in paths],
            "stated in": [
                "; ".join(names.provenance(triple) for triple in path.triple_indices)
                for path in paths
            ],
        },
        schema={
            "path": pl.String,
            "relations": pl.String,
            "value": pl.Float64,
            "stated in": pl.String,
        },
    )


def _all_paths(explanation: PairExplanation) -> list[PathContribution]:
    """All paths, largest absolute value first."""
    paths = [path for cell in explanation.contributions for path in cell.paths if path.value]
    return sorted(paths, key=lambda path: -abs(path.value))


def _in_words(path: PathContribution, names: Names) -> str:
    """The path as "Heat —directed by→ Michael Mann ←directed by— The Insider"."""
    words = [names.entity(path.entity_indices[0])]
    for left, right, triple in zip(
        path.entity_indices, path.entity_indices[1:], path.triple_indices, strict=False
    ):
        relation = _relation(names, triple)
        arrow = f"←{relation}—" if _points_left(names, triple, left) else f"—{relation}→"
        words.append(f"{arrow} {names.entity(right)}")
    return " ".join(words)


def _relation(names: Names, triple: int) -> str:
    return relation_words(names.graph.relations.id_of(int(names.graph.triples[triple, 1])))


def _points_left(names: Names, triple: int, left_entity: int) -> bool:
    return int(names.graph.triples[triple, 0]) != left_entity


def _place(
    path: PathContribution,
    names: Names,
    user_label: str,
    n_columns: int,
    labels: dict[str, PathNode],
) -> list[str]:
    """Add the nodes of one path to `labels` (y still 0) and return their keys, user first."""
    labels.setdefault(
        USER_KEY, PathNode(USER_KEY, shortened(user_label, 24), user_label, "user", 0, 0.0)
    )
    keys = [USER_KEY]
    for hop, entity in enumerate(path.entity_indices):
        is_last = hop == len(path.entity_indices) - 1
        column = n_columns - 1 if is_last else hop + 1
        kind: NodeKind = "item" if is_last else "evidence" if hop == 0 else "entity"
        key = f"{column}:{entity}"
        label = names.entity(entity)
        title = f"{label} ({names.graph.entity_types[entity].replace('_', ' ')})"
        labels.setdefault(key, PathNode(key, shortened(label, 26), title, kind, column, 0.0))
        keys.append(key)
    return keys


def _heights(
    nodes: dict[str, PathNode], sums: dict[tuple[str, str, int], float], n_columns: int
) -> dict[str, float]:
    """Rows that cross little: each column is sorted by the mean height of its neighbors."""
    columns = [
        [key for key, node in nodes.items() if node.column == column] for column in range(n_columns)
    ]
    heights = {key: y for keys in columns for key, y in _spread(keys).items()}
    for sweep in range(N_SWEEPS):
        for keys in columns if sweep % 2 == 0 else reversed(columns):
            centers = {key: _center(key, sums, heights) for key in keys}
            heights.update(_spread(sorted(keys, key=lambda key: centers[key])))
    tallest = max((len(keys) for keys in columns), default=1)
    for keys in columns:  # a short column uses the free height: its lines and labels part
        stretch = min(tallest / max(len(keys), 1), MAX_STRETCH)
        heights.update({key: stretch * heights[key] for key in keys})
    return heights


def _spread(keys: Sequence[str]) -> dict[str, float]:
    """Heights one apart, centered on 0."""
    return {key: position - (len(keys) - 1) / 2 for position, key in enumerate(keys)}


def _center(key: str, sums: dict[tuple[str, str, int], float], heights: dict[str, float]) -> float:
    """Mean height of the nodes that `key` is joined to, weighted by the size of the lines."""
    joined = [
        (heights[target if source == key else source], abs(value))
        for (source, target, _), value in sums.items()
        if key in (source, target)
    ]
    weight = sum(size for _, size in joined)
    if not weight:
        return heights[key]
    return sum(height * size for height, size in joined) / weight


def _edges(sums: dict[tuple[str, str, int], float], names: Names) -> tuple[PathEdge, ...]:
    largest = max((abs(value) for value in sums.values()), default=0.0) or 1.0
    relations = {key: _relation(names, key[2]) for key in sums if key[2] >= 0}
    said_later = {(source, relation) for (source, _, _), relation in relations.items()}
    edges = []
    for (source, target, triple), value in sums.items():
        if triple < 0:
            label, where, left = "", "part of what is known about the user", False
        else:
            label = relations[source, target, triple]
            where = f"{label}, stated in {names.provenance(triple)}"
            left = _points_left(names, triple, int(source.split(":")[1]))
        title = f"{format_signed(value)} to the score; {where}"
        share = abs(value) / largest
        shows = bool(label) and (target, label) not in said_later
        edges.append(PathEdge(source, target, label, shows, title, value, share, left))
    return tuple(edges)


def _sentence(
    paths: Sequence[PathContribution],
    shown: Sequence[PathContribution],
    explanation: PairExplanation,
) -> str:
    total = sum(path.value for path in paths)
    drawn = sum(path.value for path in shown)
    score = format_score(explanation.score)
    if len(paths) == 1:
        return f"There is one path. It adds {format_signed(total)} to the score {score}."
    if len(shown) == len(paths):
        return (
            f"All {len(paths)} paths are drawn. Together they add {format_signed(total)} to the "
            f"score {score}."
        )
    return (
        f"The {len(shown)} strongest of {counted(len(paths), 'path')} are drawn. They carry "
        f"{format_signed(drawn)} of the {format_signed(total)} that all paths add to the score "
        f"{score}."
    )


def _no_path_sentence(names: Names, item_index: int) -> str:
    return (
        f"No path of the knowledge graph leads from this user's evidence to "
        f"“{names.item(item_index)}”. The graph adds nothing to this score."
    )
