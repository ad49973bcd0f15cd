"""Where entities stand in a drawing: the same input gives the same places, and old ones stay."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import IndexArray
from kgrec_ui.views.drawing import Place

__all__ = ["added_places", "first_places"]

LAYOUT_SEED = 7
LAYOUT_ROUNDS = 300
SPACING = 90.0
"""Pixels between neighbors in a drawing, about."""
WIDENING = 1.25
"""Drawings are wider than high, and labels need width."""
ROOM, MAX_PUSHES = 0.55, 40
"""Least distance in a start, in spacings, and how often it is tried to reach it."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
MAX_CANDIDATES = 4000
Spots = npt.NDArray[np.float64]


def first_places(members: Sequence[int], triples: IndexArray) -> dict[int, Place]:
    """Places of a start, by entity; the first member stands at (0, 0).

    Forces of Fruchterman and Reingold (1991), seeded.

    Args:
        members: entities.
        triples: int64 (m, 3), triples between them.
    """
    import igraph  # brings plotly along when it is there, which views must not

    position = {index: place for place, index in enumerate(members)}
    pairs = {(position[int(head)], position[int(tail)]) for head, _, tail in triples}
    drawn = igraph.Graph(n=len(members), edges=sorted(pairs))
    igraph.set_random_number_generator(random.Random(LAYOUT_SEED))
    layout = drawn.layout_fruchterman_reingold(niter=LAYOUT_ROUNDS)
    # Fruchterman-Reingold puts linked vertices about one unit apart.
    spots = _pushed_apart(np.array(layout.coords, dtype=np.float64).reshape(-1, 2))
    scaled = (spots - spots[:1]) * (SPACING * WIDENING, SPACING)
    return dict(zip(members, [(float(x), float(y)) for x, y in scaled], strict=True))


def added_places(
    places: Mapping[int, Place], fresh: Sequence[int], anchor: int
) -> dict[int, Place]:
    """All old places as they are, and free ones around `anchor` for what is new.

    Candidates lie on a spiral of the golden angle around the anchor; those on the side away from
    the middle of the drawing come first, and none is nearer to another entity than they are in a
    start.

    Args:
        places: where entities stand already, `anchor` among them.
        fresh: new entities, in the order in which they choose.
        anchor: the entity that brought them.
    """
    grown = dict(places)
    waiting = [index for index in fresh if index not in grown]
    if not waiting:
        return grown
    candidates = _candidates(places, anchor)
    taken = np.array(list(places.values()), dtype=np.float64)
    for candidate in candidates:
        distances = np.hypot(*((taken - candidate) / (WIDENING, 1.0)).T)
        if distances.min() < 0.75 * SPACING:
            continue
        grown[waiting.pop(0)] = (float(candidate[0]), float(candidate[1]))
        taken = np.vstack([taken, candidate])
        if not waiting:
            return grown
    # No room within reach: below everything, side by side.
    left, lowest = float(taken[:, 0].min()), float(taken[:, 1].max())
    for column, index in enumerate(waiting):
        grown[index] = (left + column * SPACING * WIDENING, lowest + 2 * SPACING)
    return grown


def _pushed_apart(spots: Spots) -> Spots:
    """The same spots with at least `ROOM` between any two, or nearly so in a crowd.

    Each pair that is too close parts by half of what is missing; a few rounds suffice, because
    the layout leaves few such pairs.
    """
    from scipy.spatial import cKDTree

    grown = spots.copy()
    # Two entities on one spot would not know where to go.
    grown += 1e-4 * np.stack([np.cos(range(len(spots))), np.sin(range(len(spots)))], axis=1)
    for _ in range(MAX_PUSHES):
        pairs = cKDTree(grown).query_pairs(ROOM, output_type="ndarray")
        if not pairs.size:
            break
        ways = grown[pairs[:, 1]] - grown[pairs[:, 0]]
        lengths = np.hypot(*ways.T)[:, None]
        pushes = ways / lengths * (ROOM - lengths) / 2
        np.add.at(grown, pairs[:, 0], -pushes)
        np.add.at(grown, pairs[:, 1], pushes)
    return grown


def _candidates(places: Mapping[int, Place], anchor: int) -> Spots:
    """Spots around the anchor, float64 (n, 2), near ones and outer ones first."""
    x, y = places[anchor]
    steps = np.arange(1, MAX_CANDIDATES)
    radius, angle = 0.62 * SPACING * np.sqrt(steps + 1.0), steps * GOLDEN_ANGLE
    offsets = np.stack([WIDENING * radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    middle = np.mean(np.array(list(places.values()), dtype=np.float64), axis=0)
    outward = np.array([x, y]) - middle
    length = float(np.hypot(*outward))
    if length > 1.0:
        along = offsets @ (outward / length)
        order = np.argsort(np.hypot(*offsets.T) - 0.8 * along, kind="stable")
        offsets = offsets[order]
    return np.asarray(offsets + np.array([x, y]), dtype=np.float64)
