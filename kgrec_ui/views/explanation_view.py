"""One score taken apart, ready to show: the waterfall and the whole table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Reason, reasons
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, Modality, PairExplanation
from kgrec_ui.theme import (
    MODALITY_NAMES,
    format_score,
    format_signed,
)
from kgrec_ui.views.words import counted

__all__ = [
    "WaterfallStep",
    "WaterfallView",
    "contribution_table",
    "evidence_label",
    "is_in_one_piece",
    "reason_waterfall_view",
    "waterfall_view",
]

N_STEPS = 12
SMALLEST_BAR = 0.01
"""Part of the largest bar below which a bar is a line."""
RESIDUAL_LIMIT = 1e-5

Bar = tuple[str, Modality, float, str]
"""Label, modality, value and hover text of one bar."""
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


def waterfall_view(
    explanation: PairExplanation, names: Names, *, n_steps: int = N_STEPS
) -> WaterfallView:
    """Bias, the `n_steps` largest contributions by size, the rest as one step, the score."""
    bars = [
        (evidence_label(names, cell.evidence), cell.modality, cell.value, _arithmetic(cell))
        for cell in _by_size(explanation.contributions)
    ]
    return _waterfall(explanation, bars, n_steps)


def reason_waterfall_view(
    explanation: PairExplanation, names: Names, *, n_steps: int = N_STEPS
) -> WaterfallView:
    """Like `waterfall_view`, but contributions that say the same are one step.

    All paths through one entity by one relation become one reason; the sum stays the same.
    """
    found = [reason for reason in reasons(explanation, names) if reason.value]
    bars = [(_reason_label(reason), reason.modality, reason.value, reason.text) for reason in found]
    return _waterfall(explanation, bars, n_steps)


def contribution_table(explanation: PairExplanation, names: Names) -> pl.DataFrame:
    """Every contribution as a row, largest first; the values plus the bias add up to the score."""
    cells = _by_size(explanation.contributions)
    return pl.DataFrame(
        {
            "evidence": [evidence_label(names, cell.evidence) for cell in cells],
            "kind": [cell.evidence.kind for cell in cells],
            "id": [names.evidence_id(cell.evidence) for cell in cells],
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


def evidence_label(names: Names, unit: EvidenceUnit) -> str:
    """Label of the evidence; words are quoted, so that nobody takes them for a title."""
    label = names.evidence_label(unit)
    if unit.kind == "text":
        return f"“{label}”"
    return f"{label} (friend)" if unit.kind == "friend" else label


def is_in_one_piece(explanation: PairExplanation) -> bool:
    """True when the model only knows the user as a whole, so that no choice has a part of its own.

    A score that is bias alone is not: nothing is hidden in it.
    """
    kinds = {cell.evidence.kind for cell in explanation.contributions}
    return kinds == {"profile"}


def _reason_label(reason: Reason) -> str:
    """A graph reason is a statement; the others go by their evidence."""
    if reason.modality == "text":
        return f"text near {reason.label}"
    return f"{reason.label} (friend)" if reason.modality == "social" else reason.label


def _waterfall(explanation: PairExplanation, bars: Sequence[Bar], n_steps: int) -> WaterfallView:
    """Steps of `bars`, largest first as given; what is beyond `n_steps` becomes one step."""
    steps = [WaterfallStep("Start: bias of the item", "bias", None, 0.0, explanation.bias, "")]
    n_shown = _n_worth_a_bar(bars, n_steps)
    for label, modality, value, detail in bars[:n_shown]:
        start = steps[-1].end
        steps.append(WaterfallStep(label, "contribution", modality, start, value, detail))
    rest = bars[n_shown:]
    if rest:
        label, value = counted(len(rest), "smaller one"), sum(bar[2] for bar in rest)
        detail = "Too small for a bar of their own; the table at the end of the page has each."
        steps.append(WaterfallStep(label, "rest", None, steps[-1].end, value, detail))
    steps.append(WaterfallStep("Score", "score", None, 0.0, explanation.score, ""))
    n_spoken = len(_by_size(explanation.contributions))
    return WaterfallView(
        tuple(steps),
        _sum_statement(explanation, n_spoken),
        explanation.residual < RESIDUAL_LIMIT,
        _n_decimals(steps),
    )


def _n_worth_a_bar(bars: Sequence[Bar], n_steps: int) -> int:
    """At most `n_steps`, none that could not be seen; a single bar is not worth summing up."""
    visible = sum(1 for bar in bars if abs(bar[2]) >= SMALLEST_BAR * abs(bars[0][2]))
    n_shown = min(visible, n_steps)
    return len(bars) if len(bars) - n_shown == 1 else n_shown


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
