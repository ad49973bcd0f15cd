"""What content carries over from known items to an item that nobody touched, term by term."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.core_terms import CoreTerms
from kgrec_core.recommender.fusion_model import FusionModel

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
    units, said = _said(model.whole or model, core, user)
    if not units:
        return []
    place = int(np.searchsorted(cold.items, item_index))
    text = said[:, cold.landmarks] @ cold.coefficients[1][:, place] * cold.gate
    shares = [(*link, values.tolist()) for *link, values in cold.entity_shares(said, item_index)]
    found = []
    for position, (unit, attention) in enumerate(units):
        paths = tuple(
            PathContribution((entity, item_index), (triple,), values[position])
            for entity, triple, values in shares
            if values[position]
        )
        value = sum(path.value for path in paths)
        if value and attention:
            kernel = value / (attention * cold.gate)
            found.append(Contribution("graph", unit, value, attention, cold.gate, kernel, paths))
        if text[position] and attention:
            kernel = float(text[position]) / (attention * cold.gate)
            told = Contribution("text", unit, float(text[position]), attention, cold.gate, kernel)
            found.append(told)
    return found


def _said(
    model: FusionModel, core: CoreTerms, user: UserEvidence
) -> tuple[list[tuple[EvidenceUnit, float]], Matrix]:
    """All units of evidence with their attention, and what each says, (n_units, n_items)."""
    units: dict[EvidenceUnit, float] = dict(core.units())
    rows: dict[EvidenceUnit, Matrix] = dict(zip(units, _of_core(model, core, user), strict=True))
    for part in model.channels:
        voices = part.channel.listener.voices(user)
        loudness = part.loudness(voices.indices.size)
        spread = part.channel.kernel.spread(
            _diagonal(
                voices.indices, voices.strengths * np.float32(loudness), part.channel.n_sources
            )
        )
        total = float(np.abs(voices.strengths).sum()) or 1.0
        for row, index in enumerate(voices.indices):
            unit = EvidenceUnit(voices.kind, int(index))
            units.setdefault(unit, abs(float(voices.strengths[row])) / total)
            rows[unit] = rows[unit] + spread[row] if unit in rows else spread[row]
    found = list(units.items())
    empty = np.zeros((0, model.n_items), dtype=np.float32)
    return found, np.stack([rows[unit] for unit, _ in found]) if found else empty


def _of_core(model: FusionModel, core: CoreTerms, user: UserEvidence) -> Matrix:
    """What items, entities and texts say in the core, float32 (n_units, n_items)."""
    strengths = core.attention * np.float32(core.scale)
    items = _diagonal(user.item_indices, strengths[: core.n_items], model.n_items)
    said = [model.spread(items) * model.target_scale]
    for position in range(core.n_items, strengths.size):
        alone = np.zeros(strengths.size - core.n_items, dtype=np.float32)
        alone[position - core.n_items] = strengths[position]
        said.append((model.content_of_stated(user, alone) * model.target_scale)[None, :])
    return np.concatenate(said)


def _diagonal(columns: Any, values: Any, n_columns: int) -> sp.csr_array:
    indptr = np.arange(columns.size + 1, dtype=np.int64)
    return sp.csr_array((values, columns, indptr), shape=(columns.size, n_columns))
