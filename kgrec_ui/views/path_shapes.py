"""Boxes and lines of a drawing of paths, from the user on the left to items on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["BEHAVIOR", "BY_BEHAVIOR", "NodeKind", "PathEdge", "PathNode", "PathView"]

BEHAVIOR = "behavior"
BY_BEHAVIOR = -2
"""Stands for the row of a triple where behavior, not a link, ties two boxes."""

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
        share: how strong it is among its kind, in [0, 1]; 0 where that is not told.
    """

    key: str
    label: str
    title: str
    kind: NodeKind
    column: int
    y: float
    share: float = 0.0


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
        is_behavior: the line is no link of the data, but what people chose together.
        passes: height of the line in each column between its ends, as `y` of a node.
    """

    source: str
    target: str
    label: str
    shows_label: bool
    title: str
    value: float
    share: float
    points_left: bool
    is_behavior: bool = False
    passes: tuple[float, ...] = ()


@dataclass(frozen=True)
class PathView:
    """Nodes with positions, lines with widths, and what they stand for in words.

    Attributes:
        n_columns: columns of the drawing.
        n_rows: boxes and passing lines in the fullest column.
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

    @property
    def has_behavior(self) -> bool:
        """True when a line stands for behavior instead of a link of the data."""
        return any(edge.is_behavior for edge in self.edges)
