"""How loud each unit of evidence and each modality is in one score, ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from kgrec_core.explanation.attention import UnitSpread, mean_attention
from kgrec_core.explanation.names import Names
from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceKind,
    EvidenceUnit,
    Modality,
    PairExplanation,
    UserEvidence,
)
from kgrec_ui.theme import (
    MODALITY_NAMES,
    format_count,
    format_score,
    format_share,
    format_signed,
)
from kgrec_ui.views.explanation_view import evidence_label, is_in_one_piece
from kgrec_ui.views.words import counted, shortened

__all__ = [
    "AttentionRow",
    "AttentionView",
    "ModalityRow",
    "ModalityView",
    "attention_view",
    "modality_view",
    "uniform_shares",
    "worth_words",
]

N_ATTENTION_ROWS = 15
SAME_WEIGHT = 1e-6
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
        uniform: what it would get if all evidence that shares its attention counted the same;
            None where that is not known.
        spread: smallest and largest attention over runs with other seeds; None without them.
    """

    label: str
    weights: dict[Modality, float]
    weight: float
    value: float
    is_rest: bool = False
    uniform: float | None = None
    spread: tuple[float, float] | None = None


@dataclass(frozen=True)
class AttentionView:
    """Evidence by falling attention, the tail summed up in the last row.

    Attributes:
        rows: the bars.
        sentence: what they say.
        baseline: how far they are from uniform attention, in words; "" where that is not known.
        stability: how far seeds agree, in words; "" without runs of other seeds.
        worth: what attention brings in accuracy, in words; "" where that was not measured.
    """

    rows: tuple[AttentionRow, ...]
    sentence: str
    baseline: str = ""
    stability: str = ""
    worth: str = ""


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
    uniform: Mapping[EvidenceKind, float] | None = None,
    spread: Mapping[EvidenceUnit, UnitSpread] | None = None,
    worth: AttentionWorth | None = None,
) -> AttentionView:
    """Attention over the evidence, largest first.

    Args:
        explanation: its contributions name the evidence that says anything about the item.
        names: looks up labels.
        n_units: all units of evidence of the user, silent ones included.
        n_rows: units with a row of their own; all others share the last row.
        uniform: by kind of evidence, what each unit would get if all counted the same.
        spread: attention of each unit over runs with other seeds.
        worth: what attention brings in accuracy.
    """
    rows = _attention_rows(explanation, names, uniform or {}, spread or {})
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
    return AttentionView(
        tuple(kept), sentence, _baseline_words(rows), _stability_words(rows), worth_words(worth)
    )


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
    main, net = max(rows, key=lambda row: row.share), max(rows, key=lambda row: row.value)
    sentence = (
        f"{main.label} says most: {format_share(main.share)} of all contributions by size, plus "
        f"and minus together, and {format_signed(main.value)} to the score."
    )
    if net is not main:
        sentence += f" {net.label} adds most: {format_signed(net.value)}."
    return ModalityView(tuple(rows), sentence)


def uniform_shares(evidence: UserEvidence) -> dict[EvidenceKind, float]:
    """What each unit would get if all that share their attention counted the same.

    Choices, interests and words share theirs; friends and attributes have each their own.
    """
    n_told = evidence.item_indices.size + evidence.entity_indices.size + len(evidence.texts)
    sizes: dict[EvidenceKind, int] = {
        "item": n_told,
        "entity": n_told,
        "text": n_told,
        "friend": evidence.friend_indices.size,
        "attribute": evidence.attribute_indices.size,
    }
    return {kind: 1.0 / n for kind, n in sizes.items() if n}


def worth_words(worth: AttentionWorth | None) -> str:
    """Whether the lists are better for the attention, with the interval over users."""
    if worth is None:
        return ""
    label, _, k = worth.metric.partition("@")
    difference, low, high = worth.difference
    found = (
        f"{label.upper()}@{k} {format_score(worth.own)} with attention, "
        f"{format_score(worth.uniform)} when all choices count the same "
        f"({format_signed(difference)}, {format_signed(low)} to {format_signed(high)})"
    )
    if worth.carries_little:
        return f"Attention carries little in this run: {found}."
    return f"Attention makes the lists better: {found}."


def _baseline_words(rows: Sequence[AttentionRow]) -> str:
    """How far the largest weight is from uniform attention."""
    ratios = [(row.weight / row.uniform, row) for row in rows if row.uniform]
    if not ratios:
        return ""
    times, top = max(ratios, key=lambda pair: pair[0])
    far = f"{times:.1f} times" if abs(times - 1) >= 0.05 else "about"
    shares = sorted({format_share(row.uniform) for row in rows if row.uniform}, reverse=True)
    if len(shares) == 1:
        return (
            f"The dotted line marks uniform attention: {shares[0]} for each. "
            f"The largest weight is {far} that."
        )
    return (
        f"The dotted lines mark uniform attention: {' or '.join(shares)}, since friends and "
        f"attributes share theirs apart. Most above its line is {shortened(top.label, 80)}: "
        f"{far} as much."
    )


def _stability_words(rows: Sequence[AttentionRow]) -> str:
    """How far seeds agree on the shown weights."""
    widths = [row.spread[1] - row.spread[0] for row in rows if row.spread is not None]
    if not widths:
        return ""
    widest = max(widths)
    if widest < SAME_WEIGHT:
        return "Runs with other seeds give the same weights."
    return (
        f"Whiskers: smallest and largest weight over runs with other seeds; they differ by "
        f"{format_share(widest)} at most."
    )


def _attention_rows(
    explanation: PairExplanation,
    names: Names,
    uniform: Mapping[EvidenceKind, float],
    spread: Mapping[EvidenceUnit, UnitSpread],
) -> list[AttentionRow]:
    cells: dict[EvidenceUnit, list[Contribution]] = {}
    for cell in explanation.contributions:
        cells.setdefault(cell.evidence, []).append(cell)
    rows = [
        AttentionRow(
            evidence_label(names, unit),
            {cell.modality: cell.attention for cell in own},
            mean_attention(own),
            sum(cell.value for cell in own),
            uniform=uniform.get(unit.kind),
            spread=(spread[unit].low, spread[unit].high) if unit in spread else None,
        )
        for unit, own in cells.items()
    ]
    # Evidence that only some modalities listen to can push the sum of these means above 1.
    total = max(1.0, sum(row.weight for row in rows))
    return sorted((_scaled(row, total) for row in rows), key=lambda row: -row.weight)


def _scaled(row: AttentionRow, total: float) -> AttentionRow:
    """Weight, uniform share and spread as parts of `total`, so that they can be compared."""
    uniform = None if row.uniform is None else row.uniform / total
    spread = None if row.spread is None else (row.spread[0] / total, row.spread[1] / total)
    return replace(row, weight=row.weight / total, uniform=uniform, spread=spread)


def _others(
    kept: Sequence[AttentionRow], tail: Sequence[AttentionRow], n_others: int
) -> AttentionRow:
    """All units without a row: the weight that is left of 1."""
    left = max(0.0, 1.0 - sum(row.weight for row in kept))
    value = sum(row.value for row in tail)
    return AttentionRow(counted(n_others, "other"), {}, left, value, is_rest=True)
