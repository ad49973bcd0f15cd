"""The score of the fusion model as contributions: core, channels and carried scores, merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.recommender.carried_terms import carried_terms
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    Modality,
    PairExplanation,
    PathContribution,
    UserEvidence,
)
from kgrec_core.recommender.core_terms import CoreTerms, UserTerms
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.gating import GatedChannel

__all__ = ["explain", "explain_many"]


@dataclass(frozen=True)
class _Voice:
    """One channel about all items of one user.

    Attributes:
        part: the channel with its gate.
        indices: its sources, int64 (n,).
        units: the same as units of evidence.
        gate: loudness times the sum of the absolute strengths.
        attention: share of each unit, by unit.
        said: signed strength of each source, loudness included, float64 (n,).
    """

    part: GatedChannel
    indices: IndexArray
    units: tuple[EvidenceUnit, ...]
    gate: float
    attention: dict[EvidenceUnit, float]
    said: np.ndarray[tuple[int], np.dtype[np.float64]]

    @property
    def modality(self) -> Modality:
        """Which view speaks."""
        return self.part.channel.modality

    def values(self, item_index: int) -> dict[EvidenceUnit, float]:
        """Signed part of the score of an item, by unit."""
        cells = self.part.channel.kernel.cells(self.indices, item_index)
        return dict(zip(self.units, (self.said * cells).tolist(), strict=True))


_Spoken = tuple[_Voice, dict[EvidenceUnit, float]]
"""A channel, and what it says about one item by unit."""


def explain(model: FusionModel, user: UserEvidence, item_index: int) -> PairExplanation:
    """Bias plus one contribution per (evidence, modality) that is not zero, largest first."""
    return explain_many(model, user, [item_index])[0]


def explain_many(
    model: FusionModel, user: UserEvidence, item_indices: Sequence[int]
) -> list[PairExplanation]:
    """The same for several items of one user, who is scored once."""
    scores, bias = model.score([user])[0], model.bias.astype(np.float64)
    if model.channels:
        bias += model.prior_scores([user])[0]
    known = UserTerms(model, user)
    voices = [_voice(part, user, known) for part in model.channels]
    found = []
    for item in item_indices:
        core = CoreTerms(known, item)
        terms = core.all() + carried_terms(model, core, user, item)
        contributions = _merged(terms, voices, core)
        contributions.sort(key=lambda contribution: -abs(contribution.value))
        told = tuple(contributions)
        found.append(PairExplanation(item, float(scores[item]), float(bias[item]), told))
    return found


def _voice(part: GatedChannel, user: UserEvidence, known: UserTerms) -> _Voice:
    voices = part.channel.listener.voices(user)
    strengths = voices.strengths.astype(np.float64)
    loudness = part.loudness(voices.indices.size)
    total = float(np.abs(strengths).sum())
    same = {(unit.kind, unit.index): unit for unit in known.units}
    units = tuple(
        same.get((voices.kind, index)) or EvidenceUnit(voices.kind, index)
        for index in voices.indices.tolist()
    )
    shares = np.abs(strengths) / total if total else strengths
    attention = dict(zip(units, shares.tolist(), strict=True))
    said = loudness * strengths
    return _Voice(part, voices.indices, units, loudness * total, attention, said)


def _merged(
    terms: Iterable[Contribution], voices: Sequence[_Voice], core: CoreTerms
) -> list[Contribution]:
    """One contribution per evidence and modality: values and gates add up, attention is averaged.

    The mean is weighted by gates, so that attention still sums to 1 over the evidence of a
    modality, and the kernel is what is left of the value: attention * gate * kernel = value.
    """
    told: dict[Modality, dict[EvidenceUnit, list[Contribution]]] = defaultdict(dict)
    for term in terms:
        told[term.modality].setdefault(term.evidence, []).append(term)
    spoken: dict[Modality, list[_Spoken]] = defaultdict(list)
    for voice in voices:
        values = voice.values(core.item)
        spoken[voice.modality].append((voice, values))
        for unit, value in values.items():
            if value:
                told[voice.modality].setdefault(unit, [])
    cells = [
        _cell(modality, unit, parts, spoken[modality], core)
        for modality, by_unit in told.items()
        for unit, parts in by_unit.items()
    ]
    return [cell for cell in cells if cell is not None]


def _cell(
    modality: Modality,
    unit: EvidenceUnit,
    parts: list[Contribution],
    channels: Sequence[_Spoken],
    core: CoreTerms,
) -> Contribution | None:
    """What one unit says in one modality; None where that is nothing."""
    spoken = [(v.gate, v.attention.get(unit, 0.0)) for v, _ in channels if v.gate]
    if modality == "collaborative":
        spoken += core.collaborative_share(unit)
    else:
        spoken += [(part.gate, part.attention) for part in parts]
    value = sum([part.value for part in parts])
    value += sum([values.get(unit, 0.0) for _, values in channels])
    gate = sum([loudness for loudness, _ in spoken])
    attention = sum([loudness * share for loudness, share in spoken]) / gate if gate else 0.0
    if not value or not attention:
        return None
    kernel = value / (attention * gate)
    return Contribution(modality, unit, value, attention, gate, kernel, _paths(parts))


def _paths(parts: list[Contribution]) -> tuple[PathContribution, ...]:
    """All paths, the strongest first."""
    if len(parts) == 1 and len(parts[0].paths) < 2:
        return parts[0].paths
    paths = [path for part in parts for path in part.paths]
    return tuple(sorted(paths, key=lambda path: -abs(path.value)))
