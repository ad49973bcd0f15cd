"""One user's contributions as a layer on an exploration: rings, wide lines, words and tables.

The drawing stays what the exploration shows. Whatever carries a part of the scores of the user's
list gets a ring or a wide line and a badge; what carries and is not drawn is counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd

from kgrec_core.explanation.user_flow import Carried, UserFlow
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_ui.theme import format_count, format_share, format_signed
from kgrec_ui.views.drawing import Drawing, Line, Mark, Tone
from kgrec_ui.views.exploration_view import ExplorationView
from kgrec_ui.views.user_flow_view import MAX_WIDTH, MIN_WIDTH, role_of
from kgrec_ui.views.words import counted, joined, shortened

__all__ = ["Overlay", "carried_words", "overlay_of"]

MIN_RING, MAX_RING = 2.0, 8.0
"""Pixels; the strongest entity of the whole list has the widest ring."""
KNOWN = "known"
PLUS, MINUS = "+", "−"
NOTES = (
    "Ring: carries a part of the scores, the wider the more",
    "#1: recommended, at this rank",
    "known: known about the user",
    "+ and −: in between, raises or lowers",
    "Wide line: carries; dashed: lowers",
)
OF_THE_WALK = ("Links drawn", "Strength", "Through")
"""Columns of the exploration that make room for those of the overlay."""
PART, STRENGTH, PATHS, ROLE = "Part of the scores", "Share of the strongest", "Paths", "Role"


@dataclass(frozen=True)
class Overlay:
    """An exploration with one user's contributions on it.

    Attributes:
        drawing: the same marks and lines at the same places, ringed, wide or dim.
        sentence: how much of what is drawn carries something, and how much of the scores runs
            wholly inside of the drawing.
        outside: what carries and is not drawn; "" when nothing is left out.
        strongest_outside: the entity that carries most of what is not drawn; None without one.
        entities: the drawn entities, those that carry most first, with their parts.
        entity_order: entity of each row.
        links: the drawn triples in the same way.
        link_order: triple of each row.
    """

    drawing: Drawing
    sentence: str
    outside: str
    strongest_outside: int | None
    entities: pd.DataFrame
    entity_order: tuple[int, ...]
    links: pd.DataFrame
    link_order: tuple[int, ...]


def overlay_of(
    graph: KnowledgeGraph, view: ExplorationView, flow: UserFlow, *, user: str
) -> Overlay:
    """Lay what the paths of a user's list carry over an exploration.

    Args:
        graph: the whole graph; triples of flow and view are rows of it.
        view: what is drawn.
        flow: what the paths of the list carry.
        user: whose list it is, for the sentences.
    """
    entities = _strongest_first(view.entity_order, flow.entities)
    links = _strongest_first(view.link_order, flow.triples)
    beyond = [index for index in flow.entities if index not in set(view.entity_order)]
    return Overlay(
        drawing=_drawing(view.drawing, flow) if flow.paths else view.drawing,
        sentence=_sentence(view, flow, user),
        outside=_outside(graph, view, flow, beyond),
        strongest_outside=_strongest_first(beyond, flow.entities)[0] if beyond else None,
        entities=_with_parts(view.entities, view.entity_order, entities, flow.entities, flow),
        entity_order=tuple(entities),
        links=_with_parts(view.links, view.link_order, links, flow.triples),
        link_order=tuple(links),
    )


def carried_words(graph: KnowledgeGraph, flow: UserFlow, entity_index: int, user: str) -> str:
    """What one entity carries, for its card."""
    carried = flow.entities.get(entity_index)
    if carried is None:
        return f"Carries nothing of the scores of {user.removesuffix('.')}."
    items = joined([shortened(graph.entity_labels[item]) for item in carried.item_indices], 3)
    return (
        f"{role_of(flow, entity_index).capitalize()}; carries {format_signed(carried.value)} of "
        f"the scores of {user} along {counted(carried.n_paths, 'path')}, to {items}."
    )


def _strongest_first(order: Collection[int], carried: dict[int, Carried]) -> list[int]:
    """Those that carry most first; the others keep their order behind them."""
    return sorted(order, key=lambda i: -carried[i].strength if i in carried else 0.0)


def _drawing(drawing: Drawing, flow: UserFlow) -> Drawing:
    most = max(carried.strength for carried in flow.entities.values()) or 1.0
    widest = max(carried.strength for carried in flow.triples.values()) or 1.0
    return replace(
        drawing,
        marks=tuple(_mark(mark, flow, most, drawing.scale) for mark in drawing.marks),
        lines=tuple(_line(line, flow, widest) for line in drawing.lines),
        notes=NOTES,
    )


def _mark(mark: Mark, flow: UserFlow, most: float, scale: float) -> Mark:
    carried = flow.entities.get(mark.entity_index)
    if carried is None:
        return replace(mark, is_dim=True)
    share = (carried.strength / most) ** 0.5
    return replace(
        mark,
        ring=scale * (MIN_RING + (MAX_RING - MIN_RING) * share),
        tone=_tone(carried),
        badge=_badge(flow, mark.entity_index, carried),
        carried=carried.value,
        title=f"{mark.title}\n{_part(carried)}",
    )


def _line(line: Line, flow: UserFlow, widest: float) -> Line:
    carried = flow.triples.get(line.triple_index)
    if carried is None:
        return replace(line, is_faint=True)
    return replace(
        line,
        width=MIN_WIDTH + (MAX_WIDTH - MIN_WIDTH) * (carried.strength / widest) ** 0.5,
        tone=_tone(carried),
        is_faint=False,
        carried=carried.value,
        title=f"{line.title}\n{_part(carried)}",
    )


def _tone(carried: Carried) -> Tone:
    return "negative" if carried.value < 0 else "positive"


def _badge(flow: UserFlow, entity_index: int, carried: Carried) -> str:
    if entity_index in flow.item_indices:
        return f"#{flow.item_indices.index(entity_index) + 1}"
    if entity_index in flow.starts:
        return KNOWN
    return MINUS if carried.value < 0 else PLUS


def _part(carried: Carried) -> str:
    return f"{format_signed(carried.value)} of the scores along {counted(carried.n_paths, 'path')}"


def _sentence(view: ExplorationView, flow: UserFlow, user: str) -> str:
    n = len(flow.item_indices)
    if not flow.paths:
        return (
            f"No path of the graph speaks for or against the {counted(n, 'recommendation')} of "
            f"{user}, so nothing lies over the drawing."
        )
    drawn = set(view.link_order)
    inside = [path.value for _, path in flow.paths if drawn.issuperset(path.triple_indices)]
    n_entities = sum(index in flow.entities for index in view.entity_order)
    n_links = sum(index in flow.triples for index in view.link_order)
    is_one = len(inside) == 1
    drawn_entities = counted(len(view.entity_order), "drawn entity", "drawn entities")
    return (
        f"{format_count(n_entities)} of {drawn_entities} and {format_count(n_links)} of "
        f"{counted(len(view.link_order), 'drawn link')} carry a part of the scores of {user}’s "
        f"first {counted(n, 'recommendation')}. {format_count(len(inside))} of "
        f"{counted(len(flow.paths), 'path')} {'runs' if is_one else 'run'} wholly inside of the "
        f"drawing and {'gives' if is_one else 'give'} {format_signed(sum(inside))} of "
        f"{format_signed(flow.path_total)}."
    )


def _outside(
    graph: KnowledgeGraph, view: ExplorationView, flow: UserFlow, beyond: list[int]
) -> str:
    n_links = len(set(flow.triples) - set(view.link_order))
    if not beyond and not n_links:
        return ""
    words = (
        f"Not drawn: {counted(len(beyond), 'entity', 'entities')} and "
        f"{counted(n_links, 'link')} that carry something too"
    )
    if not beyond:
        return f"{words}."
    sizes = [carried.strength for carried in flow.entities.values()]
    strongest = _strongest_first(beyond, flow.entities)[0]
    share = sum(flow.entities[index].strength for index in beyond) / (sum(sizes) or 1.0)
    return (
        f"{words}; these entities have {format_share(share)} of the strength of all. The strongest "
        f"of them is {shortened(graph.entity_labels[strongest])} "
        f"({format_signed(flow.entities[strongest].value)})."
    )


def _with_parts(
    table: pd.DataFrame,
    old_order: tuple[int, ...],
    order: list[int],
    carried: dict[int, Carried],
    flow: UserFlow | None = None,
) -> pd.DataFrame:
    """The rows in the new order with what they carry; the role too, for the entities of `flow`."""
    row_of = {index: row for row, index in enumerate(old_order)}
    found = table.iloc[[row_of[index] for index in order]].reset_index(drop=True)
    found = found.drop(columns=[name for name in OF_THE_WALK if name in found])
    most = max((part.strength for part in carried.values()), default=0.0) or 1.0
    own = [carried.get(index) for index in order]
    parts: dict[str, list[object]] = {
        PART: [part.value if part else 0.0 for part in own],
        STRENGTH: [100 * part.strength / most if part else 0.0 for part in own],
        PATHS: [part.n_paths if part else 0 for part in own],
    }
    if flow is not None:
        parts[ROLE] = [role_of(flow, i) if i in flow.entities else "–" for i in order]
    place = 2 if flow is not None else 3
    for offset, (name, values) in enumerate(parts.items()):
        found.insert(place + offset, name, values)
    return found
