"""Where the boxes of a path drawing stand, so that few lines cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

__all__ = ["Lines", "Rows", "column_heights", "column_rows", "n_crossings"]

MAX_STRETCH = 2.5
N_SWEEPS, N_SWAP_ROUNDS = 9, 4

Lines = dict[tuple[str, str, int], float]
"""Left box, right box and triple -> signed value of the line."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Rows:
    """Where boxes stand, and where lines pass the columns between their boxes.

    Attributes:
        heights: vertical position of each box and each passing line, by key; 1.0 = height of one
            row, 0 = middle.
        column_of: column of each of these keys.
        passes: left and right box -> keys of the free rows between them, from the left.
    """

    heights: dict[str, float]
    column_of: dict[str, int]
    passes: dict[Pair, tuple[str, ...]]


def column_rows(column_of: Mapping[str, int], lines: Lines) -> Rows:
    """Rows that cross little, with a row for each line that passes a column.

    Args:
        column_of: column of each box, by key.
        lines: what joins the boxes; none runs to the left.
    """
    columns = dict(column_of)
    passes: dict[Pair, tuple[str, ...]] = {}
    joined: Lines = {}
    for (start, end, row), value in lines.items():
        between = range(column_of[start] + 1, column_of[end])
        keys = tuple(f"{start} {end} {column}" for column in between)
        columns.update(zip(keys, between, strict=True))
        passes[start, end] = keys
        for one, other in pairwise((start, *keys, end)):
            joined[one, other, row] = value
    return Rows(column_heights(columns, joined), columns, passes)


def column_heights(column_of: dict[str, int], lines: Lines) -> dict[str, float]:
    """Rows that cross little.

    Each column is sorted by the mean height of its neighbors, from the left, from the right and
    from both sides in turn; the best of these orders is kept, and neighbors in it change places as
    long as that unties something (Sugiyama, Tagawa and Toda 1981; Gansner et al. 1993).

    Args:
        column_of: column of each box, by key.
        lines: what joins the boxes.

    Returns:
        Vertical position of each box, by key; 1.0 = height of one row, 0 = middle.
    """
    columns = [
        [key for key, own in column_of.items() if own == column]
        for column in range(1 + max(column_of.values(), default=0))
    ]
    pairs = _weights(lines)
    columns = _swapped(_swept(columns, pairs), pairs)
    heights = {key: y for keys in columns for key, y in _spread(keys).items()}
    tallest = max((len(keys) for keys in columns), default=1)
    for keys in columns:  # a short column uses the free height: its lines and labels part
        stretch = min(tallest / max(len(keys), 1), MAX_STRETCH)
        heights.update({key: stretch * heights[key] for key in keys})
    return heights


def n_crossings(
    column_of: Mapping[str, int], heights: Mapping[str, float], pairs: Sequence[Pair]
) -> int:
    """How many lines cross another one between the same two columns.

    Args:
        column_of: column of each box, by key.
        heights: vertical position of each box.
        pairs: left and right box of each line.
    """
    ends = [(column_of[a], column_of[b], heights[a], heights[b]) for a, b in pairs]
    if len(ends) < 2:
        return 0
    left, right, start, end = np.array(ends, dtype=np.float64).T
    is_same_gap = (left[:, None] == left) & (right[:, None] == right)
    is_crossing = (start[:, None] - start) * (end[:, None] - end) < 0
    return int((is_same_gap & is_crossing).sum()) // 2


def _weights(lines: Lines) -> dict[Pair, float]:
    found: dict[Pair, float] = {}
    for (source, target, _), value in lines.items():
        found[source, target] = found.get((source, target), 0.0) + abs(value)
    return found


def _swept(columns: list[list[str]], pairs: Mapping[Pair, float]) -> list[list[str]]:
    """The order with the fewest crossings of all sweeps."""
    column_of = {key: column for column, keys in enumerate(columns) for key in keys}
    heights = {key: y for keys in columns for key, y in _spread(keys).items()}
    best, fewest = columns, n_crossings(column_of, heights, list(pairs))
    for sweep in range(N_SWEEPS):
        side = sweep % 3  # 0: by the left neighbors, 1: by the right ones, 2: by all
        for keys in columns if side != 1 else reversed(columns):
            centers = _centers(keys, pairs, heights, side)
            heights.update(_spread(sorted(keys, key=centers.__getitem__)))
        count = n_crossings(column_of, heights, list(pairs))
        if count < fewest:
            best = [sorted(keys, key=heights.__getitem__) for keys in columns]
            fewest = count
    return best


def _swapped(columns: list[list[str]], pairs: Mapping[Pair, float]) -> list[list[str]]:
    """Neighbors within a column change places as long as fewer lines cross."""
    order = [list(keys) for keys in columns]
    for _ in range(N_SWAP_ROUNDS):
        is_better = False
        for column, keys in enumerate(order):
            ranks = {key: rank for other in order for rank, key in enumerate(other)}
            near = _neighbors(order, column, pairs, ranks)
            for row in range(len(keys) - 1):
                upper, lower = near[keys[row]], near[keys[row + 1]]
                if _tangled(lower, upper) < _tangled(upper, lower):
                    keys[row], keys[row + 1] = keys[row + 1], keys[row]
                    is_better = True
        if not is_better:
            break
    return order


def _neighbors(
    order: list[list[str]], column: int, pairs: Mapping[Pair, float], ranks: Mapping[str, int]
) -> dict[str, list[tuple[int, int]]]:
    """(column, rank) of what each box of a column is joined to."""
    column_of = {key: place for place, keys in enumerate(order) for key in keys}
    near: dict[str, list[tuple[int, int]]] = {key: [] for key in order[column]}
    for source, target in pairs:
        for own, other in ((source, target), (target, source)):
            if own in near:
                near[own].append((column_of[other], ranks[other]))
    return near


def _tangled(upper: list[tuple[int, int]], lower: list[tuple[int, int]]) -> int:
    """Crossings between the lines of two boxes of a column, of which one stands above."""
    return sum(a == c and b > d for a, b in upper for c, d in lower)


def _spread(keys: Sequence[str]) -> dict[str, float]:
    """Heights one apart, centered on 0."""
    return {key: position - (len(keys) - 1) / 2 for position, key in enumerate(keys)}


def _centers(
    keys: Sequence[str], pairs: Mapping[Pair, float], heights: Mapping[str, float], side: int
) -> dict[str, float]:
    """Mean height of what each box is joined to on a side, weighted by the size of the lines."""
    sums = {key: [0.0, 0.0] for key in keys}
    for (source, target), size in pairs.items():
        ends = ((target, source), (source, target))
        for own, other in (ends[:1], ends[1:], ends)[side]:
            if own in sums:
                sums[own][0] += size * heights[other]
                sums[own][1] += size
    return {key: total / size if size else heights[key] for key, (total, size) in sums.items()}
