"""One score taken apart, ready to show: waterfall, attention, modalities, and the whole table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.recommender.contract import Contribution, EvidenceUnit, Modality, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_score, format_share, format_signed
from kgrec_ui.views.lexicon import Lexicon
from kgrec_ui.views.words import counted

__all__ = [
    "AttentionRow",
    "AttentionView",
    "ModalityRow",
    "ModalityView",
    "WaterfallStep",
    "WaterfallView",
    "attention_view",
    "contribution_table",
    "modality_view",
    "waterfall_view",
]

N_STEPS = 12
N_ATTENTION_ROWS = 15
RESIDUAL_LIMIT = 1e-5
MODALITIES: tuple[Modality, ...] = ("collaborative", "graph", "text")

StepKind = Literal["bias", "contribution", "rest", "score"]


@dataclass(frozen=True)
class WaterfallStep:
    """One bar: it starts where the bar above ended.

    Attributes:
        label: what the bar stands for.
        kind: "bias", "contribution", "rest" (all smaller ones) or "score".
        modality: which view speaks; None for bias, rest and score.
        start: running sum before this step.
        value: signed length of the bar.
        detail: evidence and arithmetic in words, for the hover box.
    """

    label: str
    kind: StepKind
    modality: Modality | None
    start: float
    value: float
    detail: str

    @property
    def end(self) -> float:
        """Running sum after this step."""
        return self.start + self.value


@dataclass(frozen=True)
class WaterfallView:
    """From bias to score in steps, with the sum in words.

    Attributes:
        statement: "bias + contributions = score" with the numbers and the residual.
        is_exact: the residual is below the limit that is promised.
        n_decimals: decimals that suit all steps.
    """

    steps: tuple[WaterfallStep, ...]
    statement: str
    is_exact: bool
    n_decimals: int


@dataclass(frozen=True)
class AttentionRow:
    """How much weight one unit of evidence gets.

    Attributes:
        label: name of the evidence, or "n others".
        weights: attention per modality; a modality is absent when it does not use the evidence.
        mean: weighted by the gates of the modalities; all rows add up to 1.
        value: sum of the contributions, the signed part of the score.
        is_rest: the row stands for several units.
    """

    label: str
    weights: dict[Modality, float]
    mean: float
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


def waterfall_view(
    explanation: PairExplanation, lexicon: Lexicon, *, n_steps: int = N_STEPS
) -> WaterfallView:
    """Bias, the `n_steps` largest contributions by size, the rest as one step, the score."""
    ordered = _by_size(explanation.contributions)
    steps = [WaterfallStep("Start: bias of the item", "bias", None, 0.0, explanation.bias, "")]
    for contribution in ordered[:n_steps]:
        steps.append(
            WaterfallStep(
                lexicon.evidence(contribution.evidence),
                "contribution",
                contribution.modality,
                steps[-1].end,
                contribution.value,
                _arithmetic(contribution),
            )
        )
    rest = ordered[n_steps:]
    if rest:
        steps.append(
            WaterfallStep(
                counted(len(rest), "smaller one"),
                "rest",
                None,
                steps[-1].end,
                sum(contribution.value for contribution in rest),
                "All contributions too small for a bar of their own; the table has each.",
            )
        )
    steps.append(WaterfallStep("Score", "score", None, 0.0, explanation.score, ""))
    exact = explanation.residual < RESIDUAL_LIMIT
    statement = _sum_statement(explanation, len(ordered))
    return WaterfallView(tuple(steps), statement, exact, _n_decimals(steps))


def attention_view(
    explanation: PairExplanation, lexicon: Lexicon, *, n_rows: int = N_ATTENTION_ROWS
) -> AttentionView:
    """Attention over the evidence, largest first; what is beyond `n_rows` becomes one row."""
    rows = _attention_rows(explanation, lexicon)
    if not rows:
        return AttentionView((), "Nothing is known about this user, so there is no attention.")
    kept, tail = rows[:n_rows], rows[n_rows:]
    if tail:
        kept.append(_summed_row(tail))
    top = rows[0]
    sentence = (
        f"“{top.label}” gets most attention: {format_share(top.mean)} of the weight "
        f"over {counted(len(rows), 'unit')} of evidence."
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


def contribution_table(explanation: PairExplanation, lexicon: Lexicon) -> pl.DataFrame:
    """Every contribution as a row, largest first; the values plus the bias add up to the score."""
    cells = _by_size(explanation.contributions)
    return pl.DataFrame(
        {
            "evidence": [lexicon.evidence(cell.evidence) for cell in cells],
            "kind": [cell.evidence.kind for cell in cells],
            "id": [lexicon.evidence_id(cell.evidence) for cell in cells],
            "modality": [MODALITY_NAMES[cell.modality] for cell in cells],
            "attention": [cell.attention for cell in cells],
            "gate": [cell.gate for cell in cells],
            "kernel": [cell.kernel for cell in cells],
            "contribution": [cell.value for cell in cells],
            "paths": [len(cell.paths) for cell in cells],
        },
        schema={
            "evidence": pl.String,
            "kind": pl.String,
            "id": pl.String,
            "modality": pl.String,
            "attention": pl.Float64,
            "gate": pl.Float64,
            "kernel": pl.Float64,
            "contribution": pl.Float64,
            "paths": pl.Int64,
        },
    )


def _n_decimals(steps: Sequence[WaterfallStep]) -> int:
    """Three decimals for scores around 1, fewer for large ones, more for small ones."""
    largest = max(abs(step.value) for step in steps)
    if not 0 < largest < math.inf:
        return 3
    magnitude = math.floor(math.log10(largest))
    return min(6, max(0, (3 if magnitude >= 0 else 2) - magnitude))


def _by_size(contributions: Sequence[Contribution]) -> list[Contribution]:
    """Contributions that are not zero, largest absolute value first, ties as given."""
    spoken = [contribution for contribution in contributions if contribution.value]
    return sorted(spoken, key=lambda contribution: -abs(contribution.value))


def _arithmetic(cell: Contribution) -> str:
    """The product behind one contribution, with the number of its paths."""
    factors = {"attention": cell.attention, "gate": cell.gate, "kernel": cell.kernel}
    product = " × ".join(f"{name} {format_score(value)}" for name, value in factors.items())
    paths = f", along {counted(len(cell.paths), 'path')}" if cell.paths else ""
    return f"{MODALITY_NAMES[cell.modality]}: {product} = {format_signed(cell.value)}{paths}"


def _sum_statement(explanation: PairExplanation, n_contributions: int) -> str:
    total = sum(contribution.value for contribution in explanation.contributions)
    sum_in_words = (
        f"Bias {format_score(explanation.bias)} {'−' if total < 0 else '+'} "
        f"{counted(n_contributions, 'contribution')} {format_score(abs(total))} "
        f"= score {format_score(explanation.score)}"
    )
    residual = f"{explanation.residual:.0e}" if explanation.residual else "0"
    if explanation.residual < RESIDUAL_LIMIT:
        return f"{sum_in_words}. Residual {residual}: the reasons are the whole score."
    return (
        f"{sum_in_words}, but the residual is {residual} and must stay below "
        f"{RESIDUAL_LIMIT:.0e}. Do not trust this explanation; train the run again."
    )


def _attention_rows(explanation: PairExplanation, lexicon: Lexicon) -> list[AttentionRow]:
    cells: dict[EvidenceUnit, list[Contribution]] = {}
    for cell in explanation.contributions:
        cells.setdefault(cell.evidence, []).append(cell)
    sizes = {unit: sum(c.attention * abs(c.gate) for c in own) for unit, own in cells.items()}
    total = sum(sizes.values()) or 1.0
    rows = [
        AttentionRow(
            lexicon.evidence(unit),
            {cell.modality: cell.attention for cell in own},
            sizes[unit] / total,
            sum(cell.value for cell in own),
        )
        for unit, own in cells.items()
    ]
    return sorted(rows, key=lambda row: -row.mean)


def _summed_row(rows: Sequence[AttentionRow]) -> AttentionRow:
    weights: dict[Modality, float] = {}
    for row in rows:
        for modality, weight in row.weights.items():
            weights[modality] = weights.get(modality, 0.0) + weight
    return AttentionRow(
        counted(len(rows), "other"),
        weights,
        sum(row.mean for row in rows),
        sum(row.value for row in rows),
        is_rest=True,
    )
