"""The waterfall of one score: bars from bias to score, and every term behind them as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Reason, reasons
from kgrec_core.palette import SHORT_NAMES
from kgrec_core.recommender.contract import Contribution, Modality, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_count, format_score, format_signed
from kgrec_ui.views.explanation_view import by_size, evidence_label
from kgrec_ui.views.words import counted

__all__ = [
    "WaterfallStep",
    "WaterfallView",
    "reason_waterfall_view",
    "spoken_modalities",
    "terms_of",
    "terms_sentence",
    "waterfall_view",
]

N_STEPS = 12
SMALLEST_BAR = 0.01
"""Part of the largest bar below which a bar is a line."""
RESIDUAL_LIMIT = 1e-5
OWN_BAR, SHARED_BAR = "its own", "smaller ones"
TERM_SCHEMA = {
    "what": pl.String,
    "modality": pl.String,
    "part of the score": pl.Float64,
    "bar": pl.String,
}

StepKind = Literal["bias", "contribution", "rest", "score"]


@dataclass(frozen=True)
class _Bar:
    """A term before it is known whether it gets a bar of its own."""

    label: str
    modality: Modality
    value: float
    detail: str
    axis: str = ""


@dataclass(frozen=True)
class WaterfallStep:
    """One bar: it starts where the bar above ended.

    Attributes:
        label: what the bar stands for.
        kind: "bias", "contribution", "rest" (all smaller ones of a modality) or "score".
        modality: which view speaks; None for bias and score.
        start: running sum before this step.
        value: signed length of the bar.
        detail: evidence and arithmetic in words, for the hover box.
        axis: the label cut with care for the axis; "" where any cut will do.
    """

    label: str
    kind: StepKind
    modality: Modality | None
    start: float
    value: float
    detail: str
    axis: str = ""

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
        terms: every term, largest first: what it is, its modality, its part of the score, and
            whether it has a bar of its own. With the bias the parts add up to the score.
    """

    steps: tuple[WaterfallStep, ...]
    statement: str
    is_exact: bool
    n_decimals: int
    terms: pl.DataFrame


def waterfall_view(
    explanation: PairExplanation, names: Names, *, n_steps: int = N_STEPS
) -> WaterfallView:
    """Bias, the `n_steps` largest contributions by size, the rest by modality, the score."""
    bars = [
        _Bar(evidence_label(names, cell.evidence), cell.modality, cell.value, _arithmetic(cell))
        for cell in by_size(explanation.contributions)
    ]
    return _waterfall(explanation, bars, n_steps)


def reason_waterfall_view(
    explanation: PairExplanation, names: Names, *, n_steps: int = N_STEPS
) -> WaterfallView:
    """Like `waterfall_view`, but contributions that say the same are one step.

    All paths through one entity by one relation become one reason; the sum stays the same.
    """
    found = [reason for reason in reasons(explanation, names) if reason.value]
    bars = [
        _Bar(_reason_label(reason), reason.modality, reason.value, reason.text, reason.axis)
        for reason in found
    ]
    return _waterfall(explanation, bars, n_steps)


def spoken_modalities(view: WaterfallView) -> dict[str, int]:
    """Modalities that have terms, most terms first, with the number of terms."""
    counts = view.terms.group_by("modality", maintain_order=True).len()
    return {str(name): int(n) for name, n in counts.sort("len", descending=True).rows()}


def terms_of(view: WaterfallView, modality_name: str | None) -> pl.DataFrame:
    """The terms of one modality, by its name for people; all of them for None."""
    if modality_name is None:
        return view.terms
    return view.terms.filter(pl.col("modality") == modality_name)


def terms_sentence(view: WaterfallView, modality_name: str | None) -> str:
    """How the terms of a modality are spread over the bars; the numbers add up."""
    terms = terms_of(view, modality_name)
    parts = {
        kind: terms.filter(pl.col("bar") == kind)["part of the score"]
        for kind in (OWN_BAR, SHARED_BAR)
    }
    own, shared = parts[OWN_BAR], parts[SHARED_BAR]
    total = float(terms["part of the score"].sum())
    who = modality_name or "All modalities"
    words = f"{who}: {counted(terms.height, 'term')}, together {format_signed(total)}."
    if not shared.len():
        return f"{words} Each has a bar of its own."
    tail = (
        f"{format_count(shared.len())} {'is' if shared.len() == 1 else 'are'} in the bars of "
        f"smaller ones ({format_signed(float(shared.sum()))})."
    )
    if not own.len():
        return f"{words} All {tail}"
    has = "has" if own.len() == 1 else "have"
    return (
        f"{words} {format_count(own.len())} {has} a bar of {'its' if own.len() == 1 else 'their'} "
        f"own ({format_signed(float(own.sum()))}), {tail}"
    )


def _waterfall(explanation: PairExplanation, bars: Sequence[_Bar], n_steps: int) -> WaterfallView:
    """Steps of `bars`, largest first as given; what is beyond `n_steps` is added up by modality."""
    steps = [WaterfallStep("Start: bias of the item", "bias", None, 0.0, explanation.bias, "")]
    n_shown = _n_worth_a_bar(bars, n_steps)
    shared = _by_modality(bars[n_shown:])
    for bar in bars[:n_shown]:
        steps.append(_own_step(bar, steps[-1].end))
    for modality, own in shared:
        start = steps[-1].end
        steps.append(_own_step(own[0], start) if len(own) == 1 else _rest(modality, own, start))
    steps.append(WaterfallStep("Score", "score", None, 0.0, explanation.score, ""))
    summed_up = {id(bar) for _, own in shared if len(own) > 1 for bar in own}
    return WaterfallView(
        tuple(steps),
        _sum_statement(explanation, len(by_size(explanation.contributions))),
        explanation.residual < RESIDUAL_LIMIT,
        _n_decimals(step.value for step in steps),
        _terms(bars, [SHARED_BAR if id(bar) in summed_up else OWN_BAR for bar in bars]),
    )


def _own_step(bar: _Bar, start: float) -> WaterfallStep:
    return WaterfallStep(
        bar.label, "contribution", bar.modality, start, bar.value, bar.detail, bar.axis
    )


def _rest(modality: Modality, bars: Sequence[_Bar], start: float) -> WaterfallStep:
    """All smaller ones of a modality as one step."""
    label = f"{SHORT_NAMES[modality]}: {format_count(len(bars))} smaller"
    return WaterfallStep(label, "rest", modality, start, _sum(bars), _range_words(bars))


def _by_modality(bars: Sequence[_Bar]) -> list[tuple[Modality, list[_Bar]]]:
    """Bars of each modality, the modality with the largest sum first."""
    groups: dict[Modality, list[_Bar]] = {}
    for bar in bars:
        groups.setdefault(bar.modality, []).append(bar)
    return sorted(groups.items(), key=lambda group: -abs(_sum(group[1])))


def _sum(bars: Sequence[_Bar]) -> float:
    return math.fsum(bar.value for bar in bars)


def _range_words(bars: Sequence[_Bar]) -> str:
    values = [bar.value for bar in bars]
    return (
        f"{counted(len(bars), 'term')} too small for a bar of their own, from "
        f"{format_signed(min(values))} to {format_signed(max(values))} each. Choose the modality "
        "below to list them."
    )


def _terms(bars: Sequence[_Bar], places: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "what": [bar.label for bar in bars],
            "modality": [MODALITY_NAMES[bar.modality] for bar in bars],
            "part of the score": [bar.value for bar in bars],
            "bar": list(places),
        },
        schema=TERM_SCHEMA,
    )


def _n_worth_a_bar(bars: Sequence[_Bar], n_steps: int) -> int:
    """At most `n_steps`, none that could not be seen; a single bar is not worth summing up."""
    visible = sum(1 for bar in bars if abs(bar.value) >= SMALLEST_BAR * abs(bars[0].value))
    n_shown = min(visible, n_steps)
    return len(bars) if len(bars) - n_shown == 1 else n_shown


def _n_decimals(values: Iterable[float]) -> int:
    """Three decimals for scores around 1, fewer for large ones, more for small ones."""
    largest = max(abs(value) for value in values)
    if not 0 < largest < math.inf:
        return 3
    magnitude = math.floor(math.log10(largest))
    return min(6, max(0, (3 if magnitude >= 0 else 2) - magnitude))


def _reason_label(reason: Reason) -> str:
    """A graph reason is a statement; the others go by their evidence."""
    if reason.modality == "text":
        return f"text near {reason.label}"
    return f"{reason.label} (friend)" if reason.modality == "social" else reason.label


def _arithmetic(cell: Contribution) -> str:
    """The product behind one contribution, with the number of its paths."""
    factors = {"attention": cell.attention, "gate": cell.gate, "kernel": cell.kernel}
    product = " × ".join(f"{name} {format_score(value)}" for name, value in factors.items())
    paths = f", along {counted(len(cell.paths), 'path')}" if cell.paths else ""
    return f"{MODALITY_NAMES[cell.modality]}: {product} = {format_signed(cell.value)}{paths}"


def _sum_statement(explanation: PairExplanation, n_contributions: int) -> str:
    total = sum(contribution.value for contribution in explanation.contributions)
    # The same decimals for all three, so that a reader who adds them up gets the score.
    values = (explanation.bias, abs(total), explanation.score)
    n_decimals = _n_decimals(values)
    bias, parts, score = (f"{value:.{n_decimals}f}".replace("-", "−") for value in values)
    sum_in_words = (
        f"Bias {bias} {'−' if total < 0 else '+'} "
        f"{counted(n_contributions, 'contribution')} {parts} = score {score}"
    )
    residual = f"{explanation.residual:.0e}" if explanation.residual else "0"
    if explanation.residual < RESIDUAL_LIMIT:
        return f"{sum_in_words}. Residual {residual}: the reasons are the whole score."
    return (
        f"{sum_in_words}, but the residual is {residual} and must stay below "
        f"{RESIDUAL_LIMIT:.0e}. Do not trust this explanation; train the run again."
    )
