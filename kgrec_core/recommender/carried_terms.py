"""What content carries over from known items to an item that nobody touched, term by term.

A score that is carried is one sum over landmarks of what is said about them. So it is read from
behind: the weights of the landmarks go through each kernel once, and what a unit of evidence says
about all of them comes out as one number per link, however long the history is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.core_terms import CoreTerms
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.gating import GatedChannel

__all__ = ["carried_terms"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]


def carried_terms(
    model: FusionModel, core: CoreTerms, user: UserEvidence, item_index: int
) -> list[Contribution]:
    """Graph and text terms of a cold item; none for an item that is not cold.

    A path starts at the entity through which the score was carried: behavior, not a triple, ties
    the evidence to it. What is carried is what the model says with all its parts: muting a part
    takes away the terms that bear its name and leaves the others as they were.
    """
    cold = model.cold
    if cold is None or not model.is_cold[item_index]:
        return []
    ends, shares = cold.link_shares(item_index)
    weights = np.zeros((model.n_items, len(ends) + 1), dtype=np.float32)
    weights[cold.landmarks] = np.concatenate([shares, cold.text_share(item_index)], axis=1)
    found = []
    for unit, attention, told in _told(model.whole or model, core, user, weights):
        if not attention:
            continue
        *by_link, text = told.tolist()
        paths = tuple(
            PathContribution((entity, item_index), (triple,), value)
            for (entity, triple), value in zip(ends, by_link, strict=True)
            if value
        )
        value = sum(path.value for path in paths)
        if value:
            kernel = value / (attention * cold.gate)
            found.append(Contribution("graph", unit, value, attention, cold.gate, kernel, paths))
        if text:
            kernel = text / (attention * cold.gate)
            found.append(Contribution("text", unit, text, attention, cold.gate, kernel))
    return found


def _told(
    model: FusionModel, core: CoreTerms, user: UserEvidence, weights: Matrix
) -> list[tuple[EvidenceUnit, float, FloatArray]]:
    """All units of evidence with their attention and what each says in weighed sums of items.

    Args:
        model: with all its parts.
        core: supplies the units of the core.
        user: what is known.
        weights: what each item counts in each sum, float32 (n_items, n).

    Returns:
        (unit, attention, float32 (n,)).
    """
    units: dict[EvidenceUnit, float] = dict(core.units())
    rows = dict(zip(units, _of_core(model, core, user, weights), strict=True))
    for part in model.channels:
        for unit, attention, told in _of_channel(part, user, weights):
            units.setdefault(unit, attention)
            rows[unit] = rows[unit] + told if unit in rows else told
    return [(unit, attention, rows[unit]) for unit, attention in units.items()]


def _of_channel(
    part: GatedChannel, user: UserEvidence, weights: Matrix
) -> list[tuple[EvidenceUnit, float, FloatArray]]:
    voices = part.channel.listener.voices(user)
    said = voices.strengths * np.float32(part.loudness(voices.indices.size))
    told = part.channel.kernel.weighed(voices.indices, weights) * said[:, None]
    shares = np.abs(voices.strengths) / (float(np.abs(voices.strengths).sum()) or 1.0)
    units = [EvidenceUnit(voices.kind, index) for index in voices.indices.tolist()]
    return list(zip(units, shares.tolist(), told, strict=True))


def _of_core(model: FusionModel, core: CoreTerms, user: UserEvidence, weights: Matrix) -> Matrix:
    """What items, entities and texts say in the core, float32 (n_units, n)."""
    strengths = core.attention * np.float32(core.scale)
    scaled = weights * model.target_scale[:, None]
    told = [model.weighed(user.item_indices, scaled) * strengths[: core.n_items, None]]
    for position in range(core.n_items, strengths.size):
        alone = np.zeros(strengths.size - core.n_items, dtype=np.float32)
        alone[position - core.n_items] = strengths[position]
        told.append((model.content_of_stated(user, alone) @ scaled)[None, :])
    return np.concatenate(told)
