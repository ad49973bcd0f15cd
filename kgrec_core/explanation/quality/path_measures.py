"""Recency, popularity, diversity and concentration of the shown paths, at any length of list.

EXPLANATION_METRICS.md, section 4; the smoothing and the names are those of Balloccu et al. 2022
(Post Processing Recommender Systems with Knowledge Graphs for Recency, Popularity, and Diversity of
Explanations).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.explanation.quality.paths import ShownPath
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import UserEvidence

__all__ = [
    "BETA",
    "PathScales",
    "concentration",
    "coverage",
    "diversity",
    "entity_popularity",
    "interaction_recency",
    "mean_popularity",
    "mean_recency",
    "smoothed",
]

BETA = 0.3
"""Weight of each next value in the smoothing, as in the source."""
Float64 = np.ndarray[tuple[int], np.dtype[np.float64]]
Shown = Sequence[ShownPath | None]
"""The shown path of each item of a list, best first; None where an item has none."""


@dataclass(frozen=True)
class PathScales:
    """What paths are measured with.

    Attributes:
        recency: of each item of the user's history, in [0, 1]; empty where it is undefined.
        popularity: of each entity within its type, in [0, 1], float64 (n_entities,); NaN where a
            type has no two different degrees.
    """

    recency: dict[int, float]
    popularity: Float64


def smoothed(values: Float64, beta: float = BETA) -> Float64 | None:
    """Exponential smoothing over the different values in rising order, scaled to [0, 1].

    L_1 = v_1, L_i = (1 - beta) L_{i-1} + beta v_i; equal values share one L.

    Args:
        values: float64 (n,), in any order.
        beta: in (0, 1].

    Returns:
        float64 (n,) in the order of `values`; None without two different values.
    """
    different, places = np.unique(values, return_inverse=True)
    if different.size < 2:
        return None
    levels = np.empty_like(different)
    level = levels[0] = different[0]
    for at in range(1, different.size):
        level = levels[at] = (1.0 - beta) * level + beta * different[at]
    scaled = (levels - levels[0]) / (levels[-1] - levels[0])
    return np.asarray(scaled[places])


def interaction_recency(user: UserEvidence, beta: float = BETA) -> dict[int, float]:
    """Recency of each item of a history, by item; empty where it is undefined.

    A single interaction, and interactions of one moment, have no order; those without a time are
    left out.
    """
    timed = user.item_times != NO_TIME
    found = smoothed(user.item_times[timed].astype(np.float64), beta)
    if found is None:
        return {}
    return dict(zip(user.item_indices[timed].tolist(), found.tolist(), strict=True))


def entity_popularity(graph: KnowledgeGraph, beta: float = BETA) -> Float64:
    """Popularity of each entity among those of its type, by degree, float64 (n_entities,).

    NaN for types in which all entities have the same degree.
    """
    types = np.array(graph.entity_types)
    found = np.full(graph.n_entities, np.nan)
    for type_ in np.unique(types):
        own = np.flatnonzero(types == type_)
        scaled = smoothed(graph.degrees[own].astype(np.float64), beta)
        if scaled is not None:
            found[own] = scaled
    return found


def coverage(shown: Shown, k: int) -> float:
    """Explained items among the first k, over k also where the list is shorter."""
    return sum(path is not None for path in shown[:k]) / k


def mean_recency(shown: Shown, k: int, scales: PathScales) -> float | None:
    """LIR@k: mean recency of the linking interactions of the first k items; None without one."""
    linking = [path.linking_item for path in shown[:k] if path is not None]
    values = [scales.recency[item] for item in linking if item in scales.recency]
    return sum(values) / len(values) if values else None


def mean_popularity(shown: Shown, k: int, scales: PathScales) -> float | None:
    """SEP@k: mean popularity of the shared entities of the first k items; None without one."""
    shared = [path.shared_entity for path in shown[:k] if path is not None]
    found = [float(scales.popularity[entity]) for entity in shared if entity is not None]
    values = [value for value in found if not np.isnan(value)]
    return sum(values) / len(values) if values else None


def diversity(types: Sequence[str | None], k: int, n_types: int) -> float | None:
    """ETD@k: different path types among the first k items / min(k, types there are).

    Args:
        types: of the shown path of each item, best first; None where an item has none.
        k: length of the list.
        n_types: path types that there are.
    """
    found = {type_ for type_ in types[:k] if type_ is not None}
    return len(found) / min(k, n_types) if found else None


def concentration(shown: Shown, k: int) -> float | None:
    """PTC@k = 1 - sum n_i (n_i - 1) / (N (N - 1)) over the path types of the first k items.

    None with fewer than two paths.
    """
    counts = Counter(path.type for path in shown[:k] if path is not None)
    total = counts.total()
    if total < 2:
        return None
    return 1.0 - sum(n * (n - 1) for n in counts.values()) / (total * (total - 1))
