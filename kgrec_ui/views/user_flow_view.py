"""What counts for one user in the graph: sized marks, wide lines, and the same as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kgrec_core.explanation.user_flow import Carried, UserFlow
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.theme import MODALITY_NAMES, format_count, format_share, format_signed
from kgrec_ui.views.drawing import NOWHERE, Drawing, Line, Mark, Tone, drawing_of
from kgrec_ui.views.exploration_view import link_table
from kgrec_ui.views.layers import MAX_MARK, in_columns
from kgrec_ui.views.name_room import without_touching
from kgrec_ui.views.words import counted, joined

__all__ = ["MAX_WIDTH", "MIN_WIDTH", "UserFlowView", "role_of", "user_flow_view"]

ROLES = ("known about the user", "in between", "recommended")
MIN_SIZE = 4.0
MIN_WIDTH, MAX_WIDTH = 0.8, 6.5
NOTES = (
    "Larger and wider: carries more",
    "Number: part of the scores",
    "Dashed: lowers the scores",
)
ENTITY_COLUMNS = ["Entity", "Type", "Role", "Part of the scores", "Strength", "Paths", "Speaks for"]


@dataclass(frozen=True)
class UserFlowView:
    """Everything that a user's view of the graph shows.

    Attributes:
        drawing: what is known at the left, recommended items at the right; None without a path.
        headline: (label, value, help) of the sums.
        sentence: what the graph gives of the scores.
        drawn: how many paths are drawn, and what they carry.
        entities: one row per entity that carries something, strongest first.
        entity_order: entity of each row.
        links: one row per triple that carries something, strongest first.
        link_order: triple of each row.
        total: what the tables add up to, one sentence.
    """

    drawing: Drawing | None
    headline: tuple[tuple[str, str, str], ...]
    sentence: str
    drawn: str
    entities: pd.DataFrame
    entity_order: tuple[int, ...]
    links: pd.DataFrame
    link_order: tuple[int, ...]
    total: str


def user_flow_view(graph: KnowledgeGraph, flow: UserFlow, *, max_lines: int) -> UserFlowView:
    """The graph part of one user's list.

    Args:
        graph: the graph of the run; triples of the flow are rows of it.
        flow: what its paths carry.
        max_lines: most triples that are drawn; paths are drawn whole, the strongest first.
    """
    entities = sorted(flow.entities, key=lambda index: -flow.entities[index].strength)
    triples = sorted(flow.triples, key=lambda index: -flow.triples[index].strength)
    n_drawn, shown = _strongest_paths(flow, max_lines)
    return UserFlowView(
        drawing=_drawing(graph, flow, n_drawn, shown) if n_drawn else None,
        headline=_headline(flow),
        sentence=_sentence(flow),
        drawn=_drawn(flow, n_drawn),
        entities=_entity_table(graph, flow, entities),
        entity_order=tuple(entities),
        links=_link_table(graph, flow, triples),
        link_order=tuple(triples),
        total=_total(flow),
    )


def _strongest_paths(flow: UserFlow, max_lines: int) -> tuple[int, set[int]]:
    """How many of the paths fit, and their triples."""
    shown: set[int] = set()
    for n, (_, path) in enumerate(flow.paths):
        grown = shown | set(path.triple_indices)
        if len(grown) > max_lines:
            return n, shown
        shown = grown
    return len(flow.paths), shown


def _drawing(graph: KnowledgeGraph, flow: UserFlow, n_drawn: int, shown: set[int]) -> Drawing:
    column_of: dict[int, int] = {}
    for _, path in flow.paths[:n_drawn]:
        for index in path.entity_indices:
            column_of[index] = ROLES.index(role_of(flow, index))
    members = sorted(column_of, key=lambda index: -flow.entities[index].strength)
    triples = np.array(sorted(shown), dtype=np.int64)
    drawn = drawing_of(graph, members, triples, dict.fromkeys(members, NOWHERE), scale=1.0)
    most = max(flow.entities[index].strength for index in members) or 1.0
    widest = max(flow.triples[triple].strength for triple in shown) or 1.0
    sized = replace(
        drawn,
        marks=tuple(_mark(mark, flow.entities[mark.entity_index], most) for mark in drawn.marks),
        lines=tuple(_line(line, flow.triples[line.triple_index], widest) for line in drawn.lines),
        notes=NOTES,
    )
    values = {index: format_signed(flow.entities[index].value) for index in members}
    return without_touching(in_columns(sized, column_of, values))


def _mark(mark: Mark, carried: Carried, most: float) -> Mark:
    value = format_signed(carried.value)
    share = carried.strength / most
    return replace(
        mark,
        size=MIN_SIZE + (MAX_MARK - MIN_SIZE) * share**0.5,
        carried=carried.value,
        title=f"{mark.title}\n{value} of the scores along {counted(carried.n_paths, 'path')}",
    )


def _line(line: Line, carried: Carried, widest: float) -> Line:
    tone: Tone = "negative" if carried.value < 0 else "positive"
    value = format_signed(carried.value)
    return replace(
        line,
        width=MIN_WIDTH + (MAX_WIDTH - MIN_WIDTH) * carried.strength / widest,
        tone=tone,
        shown_label="",
        carried=carried.value,
        title=f"{line.title}\n{value} of the scores along {counted(carried.n_paths, 'path')}",
    )


def role_of(flow: UserFlow, index: int) -> str:
    """What an entity of the flow is for the user: known, in between or recommended."""
    if index in flow.item_indices:
        return ROLES[2]
    return ROLES[0] if index in flow.starts else ROLES[1]


def _headline(flow: UserFlow) -> tuple[tuple[str, str, str], ...]:
    n = len(flow.item_indices)
    parts = sorted(flow.by_modality.items(), key=lambda part: -abs(part[1]))
    return (
        ("Sum of the scores", format_signed(flow.score), f"Of the first {n} recommendations."),
        (MODALITY_NAMES["bias"], format_signed(flow.bias), "What anybody would get."),
        *(
            (MODALITY_NAMES.get(name, name), format_signed(value), "Sum over the list.")
            for name, value in parts
        ),
    )


def _sentence(flow: UserFlow) -> str:
    items = counted(len(flow.item_indices), "item")
    if not flow.paths:
        return (
            f"No path of the graph speaks for or against the {items} of this list, so there is "
            "nothing to lay over the graph."
        )
    share = abs(flow.path_total / flow.score) if flow.score else 0.0
    return (
        f"The graph gives {format_signed(flow.path_total)} of {format_signed(flow.score)} "
        f"({format_share(share)}), along {counted(len(flow.paths), 'path')} to {items}."
    )


def _drawn(flow: UserFlow, n_drawn: int) -> str:
    if not flow.paths:
        return ""
    if not n_drawn:
        return "Not even the strongest path fits; allow more links."
    if n_drawn == len(flow.paths):
        return "All paths are drawn."
    sizes = [abs(path.value) for _, path in flow.paths]
    share = sum(sizes[:n_drawn]) / (sum(sizes) or 1.0)
    n_reached = len({item for item, _ in flow.paths[:n_drawn]})
    return (
        f"{format_count(n_drawn)} of {counted(len(sizes), 'path')} are drawn, strongest first; "
        f"they carry {format_share(share)} of the strength and lead to {format_count(n_reached)} "
        f"of {counted(len(flow.item_indices), 'item')}."
    )


def _total(flow: UserFlow) -> str:
    return (
        f"All paths add up to {format_signed(flow.path_total)}: the sum of the rows with the role "
        "“recommended”, since each path ends in one item. An entity or a link counts every path "
        "that goes through it, so the whole column adds up to more."
    )


def _entity_table(graph: KnowledgeGraph, flow: UserFlow, order: list[int]) -> pd.DataFrame:
    most = max((flow.entities[index].strength for index in order), default=0.0) or 1.0
    rows = [
        (
            graph.entity_labels[index],
            graph.entity_types[index].replace("_", " "),
            role_of(flow, index),
            flow.entities[index].value,
            100 * flow.entities[index].strength / most,
            flow.entities[index].n_paths,
            joined([graph.entity_labels[item] for item in flow.entities[index].item_indices], 3),
        )
        for index in order
    ]
    return pd.DataFrame(rows, columns=ENTITY_COLUMNS)


def _link_table(graph: KnowledgeGraph, flow: UserFlow, order: list[int]) -> pd.DataFrame:
    table = link_table(graph, np.array(order, dtype=np.int64))
    table.insert(3, "Part of the scores", [flow.triples[index].value for index in order])
    table.insert(4, "Paths", [flow.triples[index].n_paths for index in order])
    return table
