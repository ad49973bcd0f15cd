"""The paths of the knowledge graph behind one score: a drawing from left to right, and a table.

A path may start at an entity that behavior, not a link of the data, ties to what is known about
the user; that tie is drawn dotted and called "behavior", never a link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.path_layout import Lines, column_heights
from kgrec_core.explanation.reasons import starts_at_evidence
from kgrec_core.figures import format_signed
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation, PathContribution
from kgrec_core.report.canvas import WIDTH, Scale, canvas, label
from kgrec_core.report.markup import Markup, tag

__all__ = ["PathPicture", "PathRow", "draw_paths", "path_picture"]

N_DRAWN, N_LISTED = 6, 12
BEHAVIOR = "behavior"
TIE = -1
"""Stands for the row of a triple where behavior, not a link, joins two boxes."""
Line = tuple[str, str, str, float, bool, bool]
"""Left box, right box, relation, value, stated from right to left, is behavior."""
BOX_HEIGHT, ROW_HEIGHT, TOP = 30.0, 46.0, 10.0
MOST_BOX, LEAST_GAP = 178.0, 92.0


@dataclass(frozen=True)
class PathRow:
    """One path in words, with its part of the score and where its links are stated."""

    words: str
    value: float
    stated_in: str


@dataclass(frozen=True)
class Box:
    """A box: key, text, type of what it holds, column from 0, height in rows around 0."""

    key: str
    label: str
    kind: str
    column: int
    y: float


@dataclass(frozen=True)
class PathPicture:
    """What is drawn and what is listed.

    Attributes:
        boxes: placed.
        lines: between them.
        rows: the strongest paths in words.
        n_paths: all paths of the pair.
        total: what all of them add to the score.
        drawn: what the drawn ones add.
    """

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    rows: tuple[PathRow, ...]
    n_paths: int
    n_drawn: int
    total: float
    drawn: float


@dataclass(frozen=True)
class _Walk:
    evidence: EvidenceUnit
    path: PathContribution
    by_behavior: bool

    def links(self) -> tuple[int, ...]:
        return (*((TIE,) if self.by_behavior else ()), *self.path.triple_indices)


def path_picture(explanation: PairExplanation, names: Names) -> PathPicture | None:
    """The paths of a pair, the strongest drawn; None when there is none."""
    walks = sorted(
        (
            _Walk(cell.evidence, path, not starts_at_evidence(cell, path))
            for cell in explanation.contributions
            for path in cell.paths
            if path.value
        ),
        key=lambda walk: -abs(walk.path.value),
    )
    if not walks:
        return None
    shown = walks[:N_DRAWN]
    n_columns = 1 + max(len(walk.links()) for walk in shown)
    boxes: dict[str, Box] = {}
    sums: Lines = {}
    for walk in shown:
        keys = _placed(walk, names, n_columns, boxes)
        for left, right, triple in zip(keys, keys[1:], walk.links(), strict=False):
            sums[left, right, triple] = sums.get((left, right, triple), 0.0) + walk.path.value
    heights = column_heights({key: box.column for key, box in boxes.items()}, sums)
    return PathPicture(
        tuple(Box(b.key, b.label, b.kind, b.column, heights[b.key]) for b in boxes.values()),
        tuple(_line(key, value, names) for key, value in sums.items()),
        tuple(_row(walk, names) for walk in walks[:N_LISTED]),
        len(walks),
        len(shown),
        sum(walk.path.value for walk in walks),
        sum(walk.path.value for walk in shown),
    )


def draw_paths(picture: PathPicture, *, title: str, description: str) -> Markup:
    """Boxes in columns; thicker lines count more, dashed ones speak against the item."""
    n_columns = 1 + max(box.column for box in picture.boxes)
    width = min(MOST_BOX, (WIDTH - LEAST_GAP * (n_columns - 1)) / n_columns)
    x = Scale(0, max(n_columns - 1, 1), 0.0, WIDTH - width)
    top, low = min(b.y for b in picture.boxes), max(b.y for b in picture.boxes)
    height = TOP + ROW_HEIGHT * (low - top) + BOX_HEIGHT + TOP
    at = {b.key: (x(b.column), TOP + ROW_HEIGHT * (b.y - top)) for b in picture.boxes}
    largest = max(abs(line[3]) for line in picture.lines)
    lines = [_drawn_line(line, at, width, largest) for line in picture.lines]
    boxes = [_drawn_box(box, at[box.key], width) for box in picture.boxes]
    words = [_line_words(line, place, at, width) for line, place in _named_lines(picture.lines)]
    return canvas(title, description, height, lines, boxes, words)


def _placed(walk: _Walk, names: Names, n_columns: int, boxes: dict[str, Box]) -> list[str]:
    keys = []
    if walk.by_behavior:
        unit = walk.evidence
        key = f"0:{unit.kind}-{unit.index}"
        if unit.kind == "item":
            key = f"0:{unit.index}"  # the same box, whichever way it speaks
        boxes.setdefault(key, Box(key, names.evidence_label(unit), unit.kind, 0, 0.0))
        keys.append(key)
    entities = walk.path.entity_indices
    for hop, entity in enumerate(entities):
        is_last = hop == len(entities) - 1
        column = n_columns - 1 if is_last else len(keys)
        key = f"{column}:{entity}"
        kind = "goal" if is_last else names.graph.entity_types[entity]
        boxes.setdefault(key, Box(key, names.entity(entity), kind, column, 0.0))
        keys.append(key)
    return keys


def _line(key: tuple[str, str, int], value: float, names: Names) -> Line:
    left, right, triple = key
    if triple == TIE:
        return left, right, BEHAVIOR, value, False, True
    start = int(left.split(":")[1])
    points_left = int(names.graph.triples[triple, 0]) != start
    return left, right, _relation(names, triple), value, points_left, False


def _relation(names: Names, triple: int) -> str:
    return relation_words(names.graph.relations.id_of(int(names.graph.triples[triple, 1])))


def _row(walk: _Walk, names: Names) -> PathRow:
    """The path as "Heat → directed by → Michael Mann ← directed by ← The Insider"."""
    entities = walk.path.entity_indices
    words = names.entity(entities[0])
    if walk.by_behavior:
        words = f"{names.evidence_label(walk.evidence)} ··· {BEHAVIOR} ··· {words}"
    stated = ["the histories"] if walk.by_behavior else []
    for left, right, triple in zip(entities, entities[1:], walk.path.triple_indices, strict=False):
        arrow = "→" if int(names.graph.triples[triple, 0]) == left else "←"
        words += f" {arrow} {_relation(names, triple)} {arrow} {names.entity(right)}"
        stated.append(names.provenance(triple))
    return PathRow(words, walk.path.value, "; ".join(stated))


def _drawn_line(
    line: Line,
    at: dict[str, tuple[float, float]],
    width: float,
    largest: float,
) -> Markup:
    left, right, relation, value, points_left, is_behavior = line
    (x0, y0), (x1, y1) = at[left], at[right]
    x0, y0, y1 = x0 + width, y0 + BOX_HEIGHT / 2, y1 + BOX_HEIGHT / 2
    bend = (x1 - x0) * 0.45
    course = (
        f"M{x0:.1f} {y0:.1f}C{x0 + bend:.1f} {y0:.1f} {x1 - bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    )
    kind = "tie" if is_behavior else "against" if value < 0 else "for"
    stroke = 1.2 + 5.0 * abs(value) / (largest or 1.0)
    arrow = "←" if points_left else "→"
    hover = f"{relation} {'' if is_behavior else arrow} {format_signed(value)}"
    return tag("path", tag("title", hover), d=course, class_=f"way {kind}", stroke_width=stroke)


def _drawn_box(box: Box, at: tuple[float, float], width: float) -> list[Markup]:
    x, y = at
    shape = "goal" if box.kind == "goal" else "item" if box.kind == "item" else "thing"
    return [
        tag(
            "rect",
            tag("title", f"{box.label} ({'recommended' if shape == 'goal' else box.kind})"),
            x=x + 0.75,
            y=y + 0.75,
            width=width - 1.5,
            height=BOX_HEIGHT - 1.5,
            rx=15.0 if shape == "thing" else 4.0,
            class_=f"box {shape}",
        ),
        label(
            x + width / 2,
            y + BOX_HEIGHT / 2 + 4.5,
            box.label,
            width=width - 16,
            anchor="middle",
            kind="strong" if shape == "goal" else "",
        ),
    ]


def _named_lines(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    """Lines that get words, and where the words stand: "start", "end" or "middle".

    A line whose box goes on by the same relation needs no words of its own. Words stand at the end
    at which no other line with words begins or arrives.
    """
    going_on = {(line[0], line[2]) for line in lines}
    named = {line[:3]: line for line in lines if (line[1], line[2]) not in going_on}
    starts = Counter(line[0] for line in named.values())
    ends = Counter(line[1] for line in named.values())
    return [
        (
            line,
            "start" if starts[line[0]] == 1 else "end" if ends[line[1]] == 1 else "middle",
        )
        for line in named.values()
    ]


def _line_words(line: Line, place: str, at: dict[str, tuple[float, float]], width: float) -> Markup:
    """The relation beside its line, with the direction in which the data states it."""
    left, right, relation, _, points_left, is_behavior = line
    (x0, y0), (x1, y1) = at[left], at[right]
    room = x1 - x0 - width
    words = relation if is_behavior else f"← {relation}" if points_left else f"{relation} →"
    x = {"start": x0 + width + 4, "end": x1 - 4, "middle": x0 + width + room / 2}[place]
    y = {"start": y0, "end": y1, "middle": (y0 + y1) / 2}[place] + BOX_HEIGHT / 2 - 5
    return label(x, y, words, width=room - 4, anchor=place, kind="halo", size=11.0)
