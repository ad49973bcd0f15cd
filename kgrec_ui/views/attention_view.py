"""How loud each unit of evidence and each modality is in one score, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, Modality, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_count, format_share, format_signed
from kgrec_ui.views.explanation_view import evidence_label, is_in_one_piece
from kgrec_ui.views.words import counted, shortened

__all__ = [
    "AttentionRow",
    "AttentionView",
    "ModalityRow",
    "ModalityView",
    "attention_view",
    "modality_view",
]

N_ATTENTION_ROWS = 15
MODALITIES: tuple[Modality, ...] = get_args(Modality)


@dataclass(frozen=True)
class AttentionRow:
    """How much weight one unit of evidence gets.

    Attributes:
        label: name of the evidence, or "n others".
        weights: attention per modality; a modality is absent when it does not use the evidence.
        weight: the attention, averaged by gate where the modalities differ.
        value: sum of the contributions, the signed part of the score.
        is_rest: the row stands for several units.
    """

    label: str
    weights: dict[Modality, float]
    weight: float
    value: float
    is_rest: bool = False


@dataclass(frozen=True)
class AttentionView:
    """Evidence by falling attention, the tail summed up in the last row."""

    rows: tuple[AttentionRow, ...]
    sentence: str


@dataclass(frozen=True)
class ModalityRow:
    """One modality: its gate and its part of the score.

    Attributes:
        modality: key of the modality.
        label: name for people.
        gate: weight of the modality for this user and item.
        value: signed sum of its contributions.
        share: its part of the sum of absolute contributions, in [0, 1].
        n_contributions: contributions that are not zero.
    """

    modality: Modality
    label: str
    gate: float
    value: float
    share: float
    n_contributions: int


@dataclass(frozen=True)
class ModalityView:
    """The modalities that spoke, in fixed order."""

    rows: tuple[ModalityRow, ...]
    sentence: str


def attention_view(
    explanation: PairExplanation,
    names: Names,
    *,
    n_units: int,
    n_rows: int = N_ATTENTION_ROWS,
) -> AttentionView:
    """Attention over the evidence, largest first.

    Args:
        explanation: its contributions name the evidence that says anything about the item.
        names: looks up labels.
        n_units: all units of evidence of the user, silent ones included.
        n_rows: units with a row of their own; all others share the last row.
    """
    rows = _attention_rows(explanation, names)
    if is_in_one_piece(explanation):
        return AttentionView(tuple(rows), "The model listens to the profile as a whole.")
    if not rows:
        return AttentionView((), "Nothing that is known about this user speaks for this item.")
    kept = rows[:n_rows]
    n_others = max(n_units, len(rows)) - len(kept)
    if n_others:
        kept.append(_others(kept, rows[n_rows:], n_others))
    top, verb = rows[0], "says" if len(rows) == 1 else "say"
    sentence = (
        f"Of {counted(n_units, 'unit')} of evidence, {format_count(len(rows))} {verb} something "
        f"about this item. Most weight among them: {shortened(top.label, 80)} "
        f"({format_share(top.weight)})."
    )
    return AttentionView(tuple(kept), sentence)


def modality_view(explanation: PairExplanation) -> ModalityView:
    """Gate, signed sum and share of each modality."""
    total = sum(abs(contribution.value) for contribution in explanation.contributions)
    rows = []
    for modality in MODALITIES:
        own = [cell for cell in explanation.contributions if cell.modality == modality]
        if not own:
            continue
        size = sum(abs(cell.value) for cell in own)
        rows.append(
            ModalityRow(
                modality,
                MODALITY_NAMES[modality],
                own[0].gate,
                sum(cell.value for cell in own),
                size / total if total else 0.0,
                sum(1 for cell in own if cell.value),
            )
        )
    if not total:
        return ModalityView(tuple(rows), "No modality says anything; the score is the bias alone.")
    main = max(rows, key=lambda row: row.share)
    sentence = (
        f"{main.label} says most: {format_share(main.share)} of all contributions by size, "
        f"{format_signed(main.value)} to the score."
    )
    return ModalityView(tuple(rows), sentence)


def _attention_rows(explanation: PairExplanation, names: Names) -> list[AttentionRow]:
    cells: dict[EvidenceUnit, list[Contribution]] = {}
    for cell in explanation.contributions:
        cells.setdefault(cell.evidence, []).append(cell)
    rows = [
        AttentionRow(
            evidence_label(names, unit),
            {cell.modality: cell.attention for cell in own},
            _mean_attention(own),
            sum(cell.value for cell in own),
        )
        for unit, own in cells.items()
    ]
    return sorted(rows, key=lambda row: -row.weight)


def _mean_attention(cells: Sequence[Contribution]) -> float:
    """The attention of one unit; weighted by the gates where the modalities differ."""
    gates = sum(abs(cell.gate) for cell in cells)
    if not gates:
        return sum(cell.attention for cell in cells) / len(cells)
    return sum(abs(cell.gate) * cell.attention for cell in cells) / gates


def _others(
    kept: Sequence[AttentionRow], tail: Sequence[AttentionRow], n_others: int
) -> AttentionRow:
    """All units without a row: the weight that is left of 1."""
    left = max(0.0, 1.0 - sum(row.weight for row in kept))
    value = sum(row.value for row in tail)
    return AttentionRow(counted(n_others, "other"), {}, left, value, is_rest=True)
