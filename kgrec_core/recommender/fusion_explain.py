"""The score of the fusion model as contributions: core, channels and carried scores, merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.recommender.carried_terms import carried_terms
from kgrec_core.recommender.channels.channel import Voices
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    Modality,
    PairExplanation,
    UserEvidence,
)
from kgrec_core.recommender.core_terms import CoreTerms
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.gating import GatedChannel

__all__ = ["explain", "explain_many"]


@dataclass(frozen=True)
class _ChannelTerms:
    """One channel about one pair.

    Attributes:
        modality: which view speaks.
        gate: loudness times the sum of the absolute strengths.
        attention: share of each unit, by unit.
        values: signed part of the score, by unit.
    """

    modality: Modality
    gate: float
    attention: dict[EvidenceUnit, float]
    values: dict[EvidenceUnit, float]


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
    heard = [(part, part.channel.listener.voices(user)) for part in model.channels]
    found = []
    for item in item_indices:
        core = CoreTerms(model, user, item)
        spoken = [_channel_terms(part, voices, item) for part, voices in heard]
        terms = core.all() + carried_terms(model, core, user, item)
        contributions = _merged(terms, spoken, core)
        contributions.sort(key=lambda contribution: -abs(contribution.value))
        told = tuple(contributions)
        found.append(PairExplanation(item, float(scores[item]), float(bias[item]), told))
    return found


def _channel_terms(part: GatedChannel, voices: Voices, item_index: int) -> _ChannelTerms:
    strengths = voices.strengths.astype(np.float64)
    loudness = part.loudness(voices.indices.size)
    cells = part.channel.kernel.cells(voices.indices, item_index)
    total = float(np.abs(strengths).sum())
    units = [EvidenceUnit(voices.kind, int(index)) for index in voices.indices]
    shares = np.abs(strengths) / total if total else strengths
    return _ChannelTerms(
        part.channel.modality,
        loudness * total,
        dict(zip(units, shares.tolist(), strict=True)),
        dict(zip(units, (loudness * strengths * cells).tolist(), strict=True)),
    )


def _merged(
    terms: Iterable[Contribution], channels: list[_ChannelTerms], core: CoreTerms
) -> list[Contribution]:
    """One contribution per evidence and modality: values and gates add up, attention is averaged.

    The mean is weighted by gates, so that attention still sums to 1 over the evidence of a
    modality, and the kernel is what is left of the value: attention * gate * kernel = value.
    """
    told: dict[tuple[Modality, EvidenceUnit], list[Contribution]] = defaultdict(list)
    for term in terms:
        told[term.modality, term.evidence].append(term)
    for channel in channels:
        for unit, value in channel.values.items():
            if value:
                told.setdefault((channel.modality, unit), [])
    found = []
    for (modality, unit), parts in told.items():
        of_modality = [channel for channel in channels if channel.modality == modality]
        spoken = [(c.gate, c.attention.get(unit, 0.0)) for c in of_modality if c.gate]
        if modality == "collaborative":
            spoken += core.collaborative_share(unit)
        else:
            spoken += [(part.gate, part.attention) for part in parts]
        value = sum(part.value for part in parts)
        value += sum(channel.values.get(unit, 0.0) for channel in of_modality)
        gate = sum(loudness for loudness, _ in spoken)
        attention = sum(loudness * share for loudness, share in spoken) / gate if gate else 0.0
        if not value or not attention:
            continue
        paths = tuple(path for part in parts for path in part.paths)
        ordered = tuple(sorted(paths, key=lambda path: -abs(path.value)))
        kernel = value / (attention * gate)
        found.append(Contribution(modality, unit, value, attention, gate, kernel, ordered))
    return found
